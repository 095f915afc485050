"""What the search may be trusted with: to answer, to offer, or to say nothing.

Chosen on the questions of the training data, a part at a time held out of the index, and on all its small
talk, 2,500 pieces, most of them written to sound like questions or danger. From ``OFFER_FROM`` on
fewer than 10 of 100 are offered anything. Where the first leads clearly, as it does for 58 of 100 held-out
questions, it is given as the answer; of 100 pieces of small talk for two. A test holds both, and how often
these are right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ticketing.knowledge.policies import Hit

#: Below this score nothing is offered.
OFFER_FROM = 17.5
#: Beside one that does, these may stand.
NEAR_FROM = 7.0
#: By so much the best must lead for every character of the text, and for so many more, for its answer to be
#: given: a long story shares words with something by chance.
SURE_LEAD_A_CHARACTER = 0.58
CHARACTERS_MORE = 3
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
    return judged(knowledge.search(text, OFFERED_MAX), text)


def judged(hits: Sequence[Hit], text: str) -> Retrieved:
    """What of a search's hits for ``text`` may be used, and how."""
    if not hits or hits[0].score < OFFER_FROM:
        return Retrieved((), is_sure=False)
    second = hits[1].score if len(hits) > 1 else 0.0
    near = tuple(hit for hit in hits if hit.score >= NEAR_FROM)
    wanted = SURE_LEAD_A_CHARACTER * (len(text) + CHARACTERS_MORE)
    return Retrieved(near, is_sure=hits[0].score - second >= wanted)
