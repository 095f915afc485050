"""What the search may be trusted with: to answer, to offer, or to say nothing.

Chosen on the 5,442 training questions, a part at a time held out of the index, and on 866 messages about
other things (small talk, other departments, complaints); looked at once more on 574 sentences of the
independent set. From ``OFFER_FROM`` on 91 of 100 held-out questions are offered something, with the right
topic among three for 98 of them, and 4 of 100 pieces of small talk. Where the first leads by ``SURE_LEAD``
it is the right one for 97 of 100 held-out questions and 99 of 100 independent ones. A test holds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ticketing.knowledge.policies import Hit

#: Below this score nothing is offered.
OFFER_FROM = 14.0
#: Beside one that does, these may stand.
NEAR_FROM = 7.0
#: By so much the best must lead for its answer to be given.
SURE_LEAD = 10.0
OFFERED_MAX = 3


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for a text."""

    #: Best first; empty when nothing comes near enough.
    hits: tuple[Hit, ...]
    #: The first is what was meant, as far as words can tell.
    is_sure: bool


class Searched(Protocol):
    """What finds topics by words."""

    def search(self, text: str, limit: int) -> Sequence[Hit]:
        """Topics nearest to a text, best first."""
        ...


def retrieve(knowledge: Searched, text: str) -> Retrieved:
    """Topics that a text may be about, never one below the threshold."""
    return judged(knowledge.search(text, OFFERED_MAX))


def judged(hits: Sequence[Hit]) -> Retrieved:
    """What of a search's hits may be used, and how."""
    if not hits or hits[0].score < OFFER_FROM:
        return Retrieved((), is_sure=False)
    second = hits[1].score if len(hits) > 1 else 0.0
    near = tuple(hit for hit in hits if hit.score >= NEAR_FROM)
    return Retrieved(near, is_sure=hits[0].score - second >= SURE_LEAD)
