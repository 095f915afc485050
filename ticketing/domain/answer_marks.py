"""What is known of something the bot said: the item and revision it answers from, or that it did not answer.

Kept with the line in the ledger as JSON, and carried through the dialogue as JSON, so that a resident's vote
and an editor's question "what did we say, from which version" find the answer whichever way it was given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

#: Name of the whole within a line's JSON, and within a message of the dialogue.
MARK = "mark"
#: Longer than any slug or digest of ours.
WORD_CHARACTERS_MAX = 64
FACTS_MAX = 50
NO_FACTS: Mapping[str, int] = MappingProxyType({})


class Gap(StrEnum):
    """How a question was left open."""

    #: Matters were offered to choose from.
    OFFERED = "offered"
    #: Nothing came near.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """Either a topic or a gap."""

    topic: str | None = None
    aspect: str | None = None
    #: State of the item's files.
    revision: str = ""
    #: City field → id of the entry stated.
    facts: Mapping[str, int] = field(default=NO_FACTS)
    gap: Gap | None = None

    def as_json(self) -> dict[str, object]:
        """For the ledger and the dialogue; without what is empty."""
        told: dict[str, object] = {
            "topic": self.topic,
            "aspect": self.aspect,
            "revision": self.revision,
            "facts": dict(self.facts),
            "gap": self.gap.value if self.gap else None,
        }
        return {key: value for key, value in told.items() if value}


def mark_of(payload: object) -> AnswerMark | None:
    """The mark in a line's or message's JSON; None for anything that is none of ours."""
    told = payload.get(MARK) if isinstance(payload, Mapping) else None
    if not isinstance(told, Mapping):
        return None
    topic, gap = _word(told, "topic"), _word(told, "gap")
    known = gap if gap in set(Gap) else None
    if topic is None and known is None:
        return None
    return AnswerMark(
        topic=topic,
        aspect=_word(told, "aspect"),
        revision=_word(told, "revision") or "",
        facts=_facts(told.get("facts")),
        gap=Gap(known) if known else None,
    )


def payload_of(mark: AnswerMark | None) -> dict[str, object]:
    """What is kept with a line; nothing for one without a mark."""
    return {} if mark is None else {MARK: mark.as_json()}


def _word(told: Mapping[object, object], key: str) -> str | None:
    value = told.get(key)
    return value if isinstance(value, str) and 0 < len(value) <= WORD_CHARACTERS_MAX else None


def _facts(value: object) -> Mapping[str, int]:
    if not isinstance(value, Mapping):
        return NO_FACTS
    kept = {key: one for key, one in value.items() if isinstance(key, str) and type(one) is int}
    return kept if len(kept) <= FACTS_MAX else NO_FACTS
