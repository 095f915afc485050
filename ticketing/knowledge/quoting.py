"""Puts figures into sentences where they are named: a value, the year of a day, the number of a document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ticketing.domain.errors import DataFault
from ticketing.knowledge.items import Document, Value

PLACE = re.compile(r"\{([a-z0-9_]+)(?:\.([a-z_]+))?\}")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence with its figures in place, and which values it quotes."""

    text: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotable:
    """Everything a sentence may quote."""

    values: Mapping[str, Value]
    documents: Mapping[str, Document]
    #: How a day is written, with {year}, {month} and {day}.
    day_words: str

    def fill(self, template: str, *, where: str) -> Quoted:
        """The sentence as residents read it; raises DataFault for a name that stands for nothing."""
        quoted: dict[str, None] = {}

        def figure(place: re.Match[str]) -> str:
            name, part = place[1], place[2] or ""
            if name in self.values:
                quoted[name] = None
            shown = self._shown(name, part)
            if not shown:
                raise DataFault(detail=f"{where}: nothing to quote as {place[0]}")
            return shown

        text = PLACE.sub(figure, template)
        if "{" in text or "}" in text:
            raise DataFault(detail=f"{where}: a brace that quotes nothing")
        return Quoted(text, tuple(quoted))

    def _shown(self, name: str, part: str) -> str:
        """Words for a value or a document's own figure; empty when there is none."""
        value, document = self.values.get(name), self.documents.get(name)
        if value is not None:
            return shown(value, part, self.day_words)
        if document is None:
            return ""
        if part == "number":
            return document.number
        first = document.in_force_from if part == "in_force_from" else None
        return "" if first is None else in_words(first, self.day_words)


def shown(value: Value, part: str, day_words: str) -> str:
    """A value in words; empty when it has no such part."""
    if value.day is not None:
        year = day_words.partition("{month}")[0]
        return in_words(value.day, {"": day_words, "year": year}.get(part, ""))
    if part or value.number is None:
        return ""
    return f"{value.number.normalize():f}{value.unit}"


def in_words(day: date, words: str) -> str:
    """A day by its pattern."""
    return words.format(year=day.year, month=day.month, day=day.day)
