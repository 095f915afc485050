"""When something happened, as people say it: yesterday evening, Wednesday of last week; pure.

The day of writing is not known here, so the value tells how far back, in the notation of
``ticketing/domain/moments.py``: ``d-1@evening``, ``w-1.3``, ``md.11.20@15:30``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NOON, _HALF_DAY = 12, 12
#: Parts of the day in which three o'clock is fifteen.
_LATE_PARTS = frozenset({"noon", "afternoon", "evening"})
_HOURS, _MINUTES = range(24), range(60)
#: At noon eleven is before twelve, one after it.
_FORENOON_FROM = 10


@dataclass(frozen=True)
class MomentLexicon:
    """The words of entities.yml for times."""

    #: What to look for, and the value with places for what was found.
    rows: Sequence[tuple[re.Pattern[str], str]]
    parts: Mapping[str, str]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class Span:
    """A time told, and its place in the text."""

    value: str
    start: int
    end: int


def moment_lexicon(data: Mapping[str, Any], numbers: Mapping[str, int]) -> MomentLexicon:
    """The section ``moments`` of entities.yml, compiled; ``numbers`` are the numerals up to ninety-nine."""
    rows = [(re.compile(row["pattern"] + data["tail"]), row["anchor"]) for row in data["rows"]]
    parts = {word: part for part, words in data["parts"].items() for word in words}
    return MomentLexicon(rows, parts, data["weekdays"], numbers)


def find_moments(folded: str, lexicon: MomentLexicon) -> list[Span]:
    """Times told in a text, in its order; where two readings overlap the earlier row counts."""
    found: list[Span] = []
    for span in _spans(folded, lexicon):
        if all(span.end <= other.start or other.end <= span.start for other in found):
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def _spans(folded: str, lexicon: MomentLexicon) -> Iterator[Span]:
    for pattern, anchor in lexicon.rows:
        for match in pattern.finditer(folded):
            value = _value(match, anchor, lexicon)
            if value is not None:
                yield Span(value, match.start(), match.end())


def _value(match: re.Match[str], anchor: str, lexicon: MomentLexicon) -> str | None:
    told = match.groupdict()
    places = {name: _number(name, word, lexicon) for name, word in told.items() if word and name in anchor}
    if any(value is None for value in places.values()):
        return None
    day = anchor.format(**places)
    part = lexicon.parts.get(told["part"] or "")
    clock = _clock(told, part, lexicon)
    return day if (clock or part) is None else f"{day}@{clock or part}"


def _number(name: str, word: str, lexicon: MomentLexicon) -> int | None:
    if name == "weekday":
        return lexicon.weekdays[word]
    return int(word) if word.isdecimal() else lexicon.numbers.get(word)


def _clock(told: Mapping[str, str | None], part: str | None, lexicon: MomentLexicon) -> str | None:
    """Hour and minute; None where none was told or it may be either half of the day."""
    if told["hour"] is None:
        return None
    hour = _number("hour", told["hour"], lexicon)
    minute = int(told["minute"] or (30 if told["half"] else 0))
    if hour is None or minute not in _MINUTES:
        return None
    if part in _LATE_PARTS and hour < _NOON and not (part == "noon" and hour >= _FORENOON_FROM):
        hour += _HALF_DAY
    is_plain = part is not None or hour > _NOON
    is_midnight = part == "evening" and hour == _NOON
    return f"{hour:02}:{minute:02}" if hour in _HOURS and is_plain and not is_midnight else None
