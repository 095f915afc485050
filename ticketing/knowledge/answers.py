"""Composes what a resident reads from an item's sections; every fixed word comes from the phrases."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ticketing.knowledge.items import BASIS_ASPECT, Citation, Document, PolicyItem, Section, Shelf

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

    def text(self, aspect: str | None) -> str:
        """Main statement, what the city must add, basis with dates, next step; each on its own line."""
        section = self._section(aspect)
        main = self._all_documents(section) if aspect == BASIS_ASPECT else _joined(section)
        lines = [*self._warnings(section), main, *self._city_lines(section)]
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

    def _section(self, aspect: str | None) -> Section:
        unwritten = Section((), (), "") if aspect == BASIS_ASPECT else self.item.overview
        return self.item.aspects.get(aspect or "", unwritten)

    def _warnings(self, section: Section) -> Iterator[str]:
        """Says so when the item or its basis may no longer hold."""
        if self.today > self.item.review_by:
            yield self._say("past_review", date=self._day(self.item.review_by))
        for document in self._documents(section):
            if document.in_force_to and self.today > document.in_force_to:
                yield self._say("past_force", title=document.title, date=self._day(document.in_force_to))

    def _city_lines(self, section: Section) -> Iterator[str]:
        """What the city filled in, then one line for all it has not."""
        filled = self.shelf.city.get(self.item.slug, {})
        missing = []
        for key in section.city:
            field = self.item.city_fields[key]
            value = filled.get(key)
            if value is None or value.valid_from > self.today:
                missing.append(field)
                continue
            yield self._say(
                "city_value",
                label=field.label,
                value=value.value + field.unit,
                source=value.source,
                date=self._day(value.valid_from),
            )
        if missing:
            labels = self.shelf.phrases["label_joint"].join(field.label for field in missing)
            asks = dict.fromkeys(field.ask or self.shelf.phrases["ask_default"] for field in missing)
            yield self._say("city_missing", labels=labels, ask=self.shelf.phrases["or_joint"].join(asks))

    def _basis_line(self, section: Section) -> str:
        cited = [one for statement in section.statements for one in statement.citations]
        if not cited:
            return self._checked()
        shown = [self._cited(document, articles) for document, articles in self._grouped(cited)]
        documents = self.shelf.phrases["list_joint"].join(shown[:DOCUMENTS_SHOWN_MAX])
        return self._say("basis", documents=documents, verified=self._day(self.item.verified_on))

    def _all_documents(self, section: Section) -> str:
        """Own statements of the section, then the documents the item cites, the section's own first."""
        own = (one for statement in section.statements for one in statement.citations)
        grouped = self._grouped([*own, *self.item.citations()])
        listed = [self._cited(document, ()) for document, _ in grouped][:DOCUMENTS_LISTED_MAX]
        whole = self._say("all_documents", documents=self.shelf.phrases["list_joint"].join(listed))
        return _joined(section) + whole

    def _grouped(self, citations: Iterable[Citation]) -> Iterator[tuple[Document, tuple[str, ...]]]:
        """Documents in order of first citation with their articles, each article once."""
        articles: dict[str, dict[str, None]] = {}
        for citation in citations:
            mine = articles.setdefault(citation.document, {})
            mine.update(dict.fromkeys(filter(None, [citation.article])))
        for slug, found in articles.items():
            yield self.shelf.documents[slug], tuple(found)

    def _documents(self, section: Section) -> Iterator[Document]:
        cited = (one for statement in section.statements for one in statement.citations)
        return (document for document, _ in self._grouped(cited))

    def _cited(self, document: Document, articles: tuple[str, ...]) -> str:
        start = document.in_force_from
        in_force = self._say("in_force", date=self._day(start)) if start else ""
        notes = list(filter(None, [document.number, in_force, document.dated]))
        joined = self.shelf.phrases["notes_joint"].join(notes)
        return self._say(
            "described" if document.descriptive else "document",
            title=document.title,
            articles=self.shelf.phrases["list_joint"].join(articles),
            notes=self._say("notes", notes=joined) if notes else "",
        )

    def _checked(self) -> str:
        return self._say("checked", verified=self._day(self.item.verified_on))

    def _day(self, day: date) -> str:
        return self._say("date", year=str(day.year), month=str(day.month), day=str(day.day))

    def _say(self, key: str, **params: str) -> str:
        return self.shelf.phrases[key].format_map(params)


def ask_text(shelf: Shelf, item: PolicyItem, aspect: str) -> str:
    """A question about this aspect as a resident would type it."""
    usual: Mapping[str, str] = shelf.phrases
    return item.asks.get(aspect) or usual[f"ask_{aspect}"].format(name=item.name)


def _joined(section: Section) -> str:
    return "".join(statement.text for statement in section.statements)
