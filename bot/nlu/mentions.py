"""Entities in a text, by the patterns of the lexicon; pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.lexicon import EntityLexicon, EntityPattern
from bot.nlu.normalise import same_length_folded
from bot.nlu.numerals import number


@dataclass(frozen=True)
class Found:
    """An entity and its place in the raw text."""

    entity: str
    value: str | float
    start: int
    end: int


def find_entities(text: str, lexicon: EntityLexicon) -> list[Found]:
    """Every entity of ``text``, in the order of the patterns; positions are those of ``text``."""
    folded = same_length_folded(text)
    return [
        Found(pattern.entity, value, match.start(), match.end())
        for pattern in lexicon.patterns
        for match in pattern.pattern.finditer(folded)
        if (value := _value(pattern, match.groupdict().get("value") or match.group(), lexicon)) is not None
    ]


def _value(pattern: EntityPattern, written: str, lexicon: EntityLexicon) -> str | float | None:
    if pattern.kind == "number":
        return number(written, lexicon)
    if pattern.kind == "digits":
        return "".join(str(lexicon.digits[sign]) for sign in written)
    if pattern.kind == "score":
        return float(lexicon.scores[written])
    return written if pattern.kind == "text" else pattern.kind
