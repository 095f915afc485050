"""Danger told over several messages, none of which tells it alone; pure."""

from collections.abc import Sequence

from bot import safety_net
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Risk


def said_in_pieces(earlier: Sequence[str], text: str) -> Finding:
    """The danger that ``text`` completes; what the earlier ones told together was raised by then."""
    fresh = _not_yet_raised(earlier)
    together = safety_net.scan_turns((*fresh, text)) if fresh else Finding.nothing()
    if together.risk is Risk.NONE:
        return Finding.nothing()
    is_graver = together.risk.rank > safety_net.scan_turns(fresh).risk.rank
    return together if is_graver else Finding.nothing()


def _not_yet_raised(earlier: Sequence[str]) -> tuple[str, ...]:
    """What came after the last message that raised by itself, oldest first: that one has its ticket."""
    fresh: list[str] = []
    for text in reversed(earlier):
        if safety_net.scan(text).risk is not Risk.NONE:
            break
        fresh.insert(0, text)
    return tuple(fresh)
