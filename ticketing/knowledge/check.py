"""Holds a policies folder to its own rules: nothing stated without a source, nothing left unanswered."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from ticketing.domain.city_facts import FieldKind
from ticketing.knowledge.figures import Figures
from ticketing.knowledge.items import (
    ASPECTS,
    BASIS_ASPECT,
    Confidence,
    Document,
    PolicyItem,
    Section,
    Shelf,
    Statement,
    Value,
)
from ticketing.knowledge.reading import SCHEMA_NAME, read_folder

#: Sites of the bodies that issue or announce the documents; anything else may be a copy.
OFFICIAL_HOSTS = ("gov.cn", "gqt.org.cn", "news.cn", "xinhuanet.com")
#: Confidences that may stand as a fact.
FACT = frozenset({Confidence.FULL_TEXT.value, Confidence.EXCERPT.value})
ALLOWED = FACT | {Confidence.CITY.value}
#: A plan announces intentions and totals of its years; its numbers are nobody's entitlement.
PLAN = "plan"
#: Kinds of city field whose value is nothing without a unit.
WITH_UNIT = frozenset({FieldKind.MONEY, FieldKind.NUMBER})
ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend before the folder may be used."""

    where: str
    what: str

    def __str__(self) -> str:
        """One line for a terminal."""
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One statement resting on one document; ``document`` is empty where the city has to speak."""

    topic: str
    aspect: str
    statement: str
    document: str
    article: str
    confidence: str


def problems(folder: Path, *, today: date) -> list[str]:
    """Everything wrong with the folder, a line each; empty when it may be used."""
    return [str(problem) for problem in check(folder, today=today)]


def check(folder: Path, *, today: date) -> list[Problem]:
    """Everything wrong with the folder as of ``today``."""
    if not (folder / SCHEMA_NAME).is_file():
        return [Problem(str(folder), f"no policies here: {SCHEMA_NAME} is missing")]
    reading = read_folder(folder)
    shelf = reading.shelf
    found = [Problem(fault.where, fault.what) for fault in reading.faults]
    found += [Problem(topic, "no item for this topic") for topic in _topics(folder) - shelf.items.keys()]
    for slug in shelf.documents:
        found += _document_problems(shelf.documents[slug])
    figures = Figures.of(shelf.figure_words, shelf.numbers, shelf.prose)
    for value in shelf.values.values():
        found += _value_problems(shelf, value, today)
    for item in shelf.items.values():
        found += _ItemCheck(shelf, item, today, figures).problems()
    return [*found, *_unused_problems(shelf), *_file_name_problems(folder, shelf)]


def trace(folder: Path) -> list[TraceRow]:
    """Item → statement → basis → confidence, for whoever reviews the content."""
    return [
        row
        for item in read_folder(folder).shelf.items.values()
        for aspect, section in item.sections.items()
        for statement in section.statements
        for row in _rows(item.slug, aspect, statement)
    ]


def _rows(topic: str, aspect: str, statement: Statement) -> Iterator[TraceRow]:
    text, confidence = statement.text, statement.confidence
    if not statement.citations:
        yield TraceRow(topic, aspect, text, "", "", confidence)
    for citation in statement.citations:
        yield TraceRow(topic, aspect, text, citation.document, citation.article, confidence)


def _topics(folder: Path) -> set[str]:
    """The public vocabulary, as the schema has it."""
    schema = json.loads((folder / SCHEMA_NAME).read_text(encoding="utf-8"))
    return set(schema["$defs"]["topic"]["enum"])


def _document_problems(document: Document) -> Iterator[Problem]:
    where = f"documents.yml {document.slug}"
    if not document.source:
        yield Problem(where, "missing source")
    if ADDRESS.search(document.source):
        yield Problem(where, "an address belongs into url, where its host is checked")
    host = urlsplit(document.url).hostname or ""
    if document.url and not any(host == one or host.endswith("." + one) for one in OFFICIAL_HOSTS):
        yield Problem(where, f"not a site of the issuing body: {host}")


def _value_problems(shelf: Shelf, value: Value, today: date) -> Iterator[Problem]:
    where = f"values.yml {value.key}"
    for citation in value.citations:
        document = shelf.documents.get(citation.document)
        if document is None:
            yield Problem(where, f"unknown basis {citation.document}")
        elif document.kind == PLAN:
            yield Problem(where, "a figure that only a plan backs")
    if value.last_day is not None and value.last_day < today:
        yield Problem(where, f"expired on {value.last_day}")


def _unused_problems(shelf: Shelf) -> Iterator[Problem]:
    """Figures and allowances that nothing needs any more."""
    sections = [section for item in shelf.items.values() for section in item.sections.values()]
    statements = [statement for section in sections for statement in section.statements]
    quoted = {key for statement in statements for key in statement.quotes}
    for key in shelf.values.keys() - quoted:
        yield Problem(f"values.yml {key}", "quoted nowhere")
    written = "".join([*(one.template for one in statements), *_asides(shelf)])
    for words in shelf.prose:
        if words not in written:
            yield Problem(f"prose.yml {words}", "allowed, but written nowhere")


def _asides(shelf: Shelf) -> Iterator[str]:
    """Everything of an item that is no statement but is read by residents."""
    for item in shelf.items.values():
        yield from (item.title, item.next_step, *item.asks.values())
        yield from (section.next_step for section in item.sections.values())
        yield from (field.label for field in item.city_fields.values())


def _file_name_problems(folder: Path, shelf: Shelf) -> Iterator[Problem]:
    for slug in shelf.items:
        if not (folder / f"{slug}.yml").is_file():
            yield Problem(slug, "file is not named after its slug")


@dataclass(frozen=True, slots=True)
class _ItemCheck:
    """The rules for one item."""

    shelf: Shelf
    item: PolicyItem
    today: date
    figures: Figures

    def problems(self) -> Iterator[Problem]:
        """All complaints about the item."""
        yield from self._of_the_item()
        yield from self._of_city_fields()
        for aspect, section in self.item.sections.items():
            yield from self._of_section(section, f"{self.item.slug}.{aspect}")

    def _of_the_item(self) -> Iterator[Problem]:
        item = self.item
        if item.last_day < self.today:
            yield Problem(item.slug, f"expired: to be reviewed by {item.last_day}")
        if item.verified_on > self.today:
            yield Problem(item.slug, f"verified in the future: {item.verified_on}")
        for aspect in ASPECTS:
            answered = aspect in item.aspects or (aspect == BASIS_ASPECT and item.citations())
            if not answered:
                yield Problem(item.slug, f"missing aspect {aspect}")
        for topic in item.related:
            if topic not in self.shelf.items:
                yield Problem(item.slug, f"related topic {topic} has no item")
        yield from self._of_unsourced_text(item.next_step, f"{item.slug}.next")
        yield from self._of_unsourced_text(item.title, f"{item.slug}.title")
        for aspect, question in item.asks.items():
            yield from self._of_unsourced_text(question, f"{item.slug}.asks.{aspect}")

    def _of_city_fields(self) -> Iterator[Problem]:
        item = self.item
        for field in item.city_fields.values():
            where = f"{item.slug}.city_fields.{field.key}"
            yield from self._of_unsourced_text(field.label, where)
            if field.kind in WITH_UNIT and not field.unit:
                yield Problem(where, f"{field.kind} without a unit")
        asked = {key for section in item.sections.values() for key in section.city}
        for key in item.city_fields.keys() - asked:
            yield Problem(f"{item.slug}.city_fields.{key}", "told in no answer")

    def _of_section(self, section: Section, where: str) -> Iterator[Problem]:
        for key in section.city:
            if key not in self.item.city_fields:
                yield Problem(where, f"unknown city field {key}")
        yield from self._of_unsourced_text(section.next_step, f"{where}.next")
        for statement in section.statements:
            yield from self._of_statement(statement, where)

    def _of_statement(self, statement: Statement, where: str) -> Iterator[Problem]:
        if statement.confidence not in ALLOWED:
            yield Problem(where, f"confidence {statement.confidence} may not be stated")
        if ADDRESS.search(statement.text):
            yield Problem(where, "an address in a statement")
        for figure in self.figures.written(statement.template):
            yield Problem(where, f"figure {figure} is written out: quote it from values.yml")
        yield from self._of_quotes(statement, where)
        yield from self._of_citations(statement, where)
        if statement.confidence in FACT and not statement.citations:
            yield Problem(where, "statement without basis")
        if not statement.citations:
            yield from self._of_unsourced_text(statement.text, where)
        for number in self.figures.unlisted_phones(statement.text):
            yield Problem(where, f"number {number} is not in the directory")

    def _of_quotes(self, statement: Statement, where: str) -> Iterator[Problem]:
        """A figure is told together with the document it stands in."""
        cited = {citation.document for citation in statement.citations}
        for key in statement.quotes:
            if not cited & {citation.document for citation in self.shelf.values[key].citations}:
                yield Problem(where, f"quotes {key} without citing its document")

    def _of_citations(self, statement: Statement, where: str) -> Iterator[Problem]:
        known = []
        for citation in statement.citations:
            document = self.shelf.documents.get(citation.document)
            if document is None:
                yield Problem(where, f"unknown basis {citation.document}")
                continue
            known.append(document)
            if document.in_force_to and document.in_force_to < self.today:
                yield Problem(where, f"basis {document.slug} ended on {document.in_force_to}")
        only_plans = bool(known) and all(document.kind == PLAN for document in known)
        if only_plans and self.figures.in_text(statement.text):
            yield Problem(where, "a figure that only a plan backs")
        if statement.confidence == Confidence.CITY.value and self.figures.in_text(statement.text):
            yield Problem(where, "a figure marked CITY")

    def _of_unsourced_text(self, text: str, where: str) -> Iterator[Problem]:
        """Text nobody vouches for: no figure, no address."""
        if self.figures.in_text(text):
            yield Problem(where, "a figure without basis")
        if ADDRESS.search(text):
            yield Problem(where, "an address without source")
