"""Composes what a resident reads from an item's sections; every fixed word comes from the phrases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

from ticketing.domain.city_facts import CityField, Fact, FieldKind, Standing, Timelines, standing
from ticketing.domain.item_forms import FormGiven
from ticketing.knowledge.items import (
    BASIS_ASPECT,
    MATERIALS_ASPECT,
    Citation,
    Document,
    PolicyItem,
    Section,
    Shelf,
)
from ticketing.knowledge.quoting import in_words
from ticketing.knowledge.shelf_life import over

#: More would not be read.
DOCUMENTS_SHOWN_MAX = 3
#: The same for whoever asks for the documents.
DOCUMENTS_LISTED_MAX = 5
#: Buttons under an answer; a phone shows about this many without scrolling.
BUTTONS_MAX = 4


@dataclass(frozen=True, slots=True)
class Composer:
    """Turns sections into text as of ``today``."""

    shelf: Shelf
    item: PolicyItem
    today: date
    #: What the city entered for this topic.
    city: Timelines
    #: Application forms the city gives out for it.
    forms: tuple[FormGiven, ...] = ()

    def text(self, aspect: str | None) -> str:
        """Main statement, what the city adds, basis with dates, next step; each on its own line."""
        section = self.section(aspect)
        lines = [*self.statements(section)]
        if aspect == BASIS_ASPECT:
            lines = ["".join([*lines, self._all_documents(section)])]
        lines += self.city_lines(section.city)
        if aspect == MATERIALS_ASPECT and self.forms:
            names = self.shelf.phrases["list_joint"].join(form.name for form in self.forms)
            lines.append(self._say("forms", names=names))
        basis = self._checked() if aspect == BASIS_ASPECT else self._basis_line(section)
        next_step = section.next_step or self.item.next_step
        return "\n".join(filter(None, [*lines, basis, self._say("next", step=next_step)]))

    def buttons(self, aspect: str | None) -> tuple[str, ...]:
        """Likely follow-up questions, worded as a resident would send them."""
        asks = [ask_text(self.shelf, self.item, one) for one in self.item.follow_ups if one != aspect]
        related = [self.shelf.items[one] for one in self.item.related if one in self.shelf.items]
        others = [ask_text(self.shelf, one, "procedure") for one in related]
        kept = asks[: BUTTONS_MAX - min(1, len(others))]
        return tuple([*kept, *others][:BUTTONS_MAX])

    def facts(self, aspect: str | None) -> Mapping[str, int]:
        """Ids of the city's entries that the answer to this aspect states, by field."""
        stands = {key: standing(self.city.get(key, ()), self.today) for key in self.section(aspect).city}
        stated = {key: one.now or one.past for key, one in stands.items()}
        return {key: fact.revision for key, fact in stated.items() if fact is not None}

    def section(self, aspect: str | None) -> Section:
        """The answer to an aspect; the overview where nothing is written for it."""
        unwritten = Section((), (), "") if aspect == BASIS_ASPECT else self.item.overview
        return self.item.aspects.get(aspect or "", unwritten)

    def statements(self, section: Section) -> Iterator[str]:
        """What holds as it is; what is over only with its last day and where to ask."""
        ended = partial(over, self.shelf, self.item, today=self.today)
        for end, group in groupby(section.statements, ended):
            text = "".join(statement.text for statement in group)
            if end is None:
                yield text
            else:
                yield self._say(end.phrase, title=end.title, date=self.day(end.day), text=text)

    def city_lines(self, keys: Iterable[str]) -> Iterator[str]:
        """What the city entered, then one line for all it has not."""
        missing = []
        for key in keys:
            field, stands = self.item.city_fields[key], standing(self.city.get(key, ()), self.today)
            if stands.now is None and stands.past is None:
                missing.append(field)
            yield from self.field_lines(field, stands)
        if missing:
            labels = self.shelf.phrases["label_joint"].join(field.label for field in missing)
            asks = dict.fromkeys(self._ask(field) for field in missing)
            yield self._say("city_missing", labels=labels, ask=self.shelf.phrases["or_joint"].join(asks))

    def field_lines(self, field: CityField, stands: Standing) -> Iterator[str]:
        """What is stated of one field: as present, as past, or as coming; nothing while it is empty."""
        if stands.now is not None:
            end = stands.now.valid_to
            until = "" if end is None else self._say("city_until", date=self.day(end))
            yield self._of_fact("city_value", field, stands.now, until=until)
        elif stands.past is not None:
            last = self.day(stands.past.last_day or stands.past.valid_from)
            yield self._of_fact("city_past", field, stands.past, date=last, ask=self._ask(field))
        if stands.coming is not None:
            yield self._of_fact("city_coming", field, stands.coming)

    def shown(self, field: CityField, value: str) -> str:
        """A kept value as residents read it."""
        if field.kind is FieldKind.DATE:
            return self.day(date.fromisoformat(value))
        return self._say("percent", value=value) if field.kind is FieldKind.PERCENT else value + field.unit

    def sources(self, limit: int) -> str:
        """The documents the overview rests on, or else the item, without their articles."""
        cited = [one for statement in self.item.overview.statements for one in statement.citations]
        grouped = self._grouped(cited or self.item.citations())
        listed = [self._cited(document, ()) for document, _ in grouped][:limit]
        return self.shelf.phrases["list_joint"].join(listed)

    def day(self, day: date) -> str:
        """A day in words."""
        return in_words(day, self.shelf.phrases["date"])

    def _of_fact(self, phrase: str, field: CityField, fact: Fact, **params: str) -> str:
        told = {"date": self.day(fact.valid_from), **params}
        return self._say(
            phrase, label=field.label, value=self.shown(field, fact.value), source=fact.source, **told
        )

    def _ask(self, field: CityField) -> str:
        return field.ask or self.shelf.phrases["ask_default"]

    def _basis_line(self, section: Section) -> str:
        cited = [one for statement in section.statements for one in statement.citations]
        if not cited:
            return self._checked()
        shown = [self._cited(document, articles) for document, articles in self._grouped(cited)]
        documents = self.shelf.phrases["list_joint"].join(shown[:DOCUMENTS_SHOWN_MAX])
        return self._say("basis", documents=documents, verified=self.day(self.item.verified_on))

    def _all_documents(self, section: Section) -> str:
        """The documents the item cites, those of the section's own statements first."""
        own = (one for statement in section.statements for one in statement.citations)
        grouped = self._grouped([*own, *self.item.citations()])
        listed = [self._cited(document, ()) for document, _ in grouped][:DOCUMENTS_LISTED_MAX]
        return self._say("all_documents", documents=self.shelf.phrases["list_joint"].join(listed))

    def _grouped(self, citations: Iterable[Citation]) -> Iterator[tuple[Document, tuple[str, ...]]]:
        """Documents in order of first citation with their articles, each article once."""
        articles: dict[str, dict[str, None]] = {}
        for citation in citations:
            mine = articles.setdefault(citation.document, {})
            mine.update(dict.fromkeys(filter(None, [citation.article])))
        for slug, found in articles.items():
            yield self.shelf.documents[slug], tuple(found)

    def _cited(self, document: Document, articles: tuple[str, ...]) -> str:
        start, end = document.in_force_from, document.in_force_to
        in_force = self._say("in_force", date=self.day(start)) if start else ""
        ended = self._say("out_of_force", date=self.day(end)) if end and end < self.today else ""
        notes = list(filter(None, [document.number, in_force, document.dated, ended]))
        joined = self.shelf.phrases["notes_joint"].join(notes)
        return self._say(
            "described" if document.descriptive else "document",
            title=document.title,
            articles=self.shelf.phrases["list_joint"].join(articles),
            notes=self._say("notes", notes=joined) if notes else "",
        )

    def _checked(self) -> str:
        return self._say("checked", verified=self.day(self.item.verified_on))

    def _say(self, key: str, **params: str) -> str:
        return self.shelf.phrases[key].format_map(params)


def ask_text(shelf: Shelf, item: PolicyItem, aspect: str) -> str:
    """A question about this aspect as a resident would type it."""
    usual: Mapping[str, str] = shelf.phrases
    return item.asks.get(aspect) or usual[f"ask_{aspect}"].format(name=item.name)
