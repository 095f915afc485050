"""Holds a policies folder to its own rules: nothing stated without a source, nothing left unanswered."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from ticketing.knowledge.figures import DIGITS, Figures
from ticketing.knowledge.items import (
    ASPECTS,
    BASIS_ASPECT,
    Confidence,
    Document,
    PolicyItem,
    Section,
    Shelf,
    Statement,
)
from ticketing.knowledge.reading import SCHEMA_NAME, read_folder

#: Sites of the bodies that issue or announce the documents; anything else may be a copy.
OFFICIAL_HOSTS = ("gov.cn", "gqt.org.cn", "news.cn", "xinhuanet.com")
#: Confidences that may stand as a fact.
FACT = frozenset({Confidence.FULL_TEXT.value, Confidence.EXCERPT.value})
ALLOWED = FACT | {Confidence.CITY.value}
#: A plan announces intentions and totals of its years; its numbers are nobody's entitlement.
PLAN = "plan"
#: City fields whose value is nothing without a number.
WITH_DIGITS = frozenset({"money", "phone", "date"})
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
    figures = Figures.of(shelf.figure_words, shelf.numbers)
    for item in shelf.items.values():
        found += _ItemCheck(shelf, item, today, figures).problems()
    return [*found, *_city_problems(shelf), *_file_name_problems(folder, shelf)]


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


def _city_problems(shelf: Shelf) -> Iterator[Problem]:
    for topic, values in shelf.city.items():
        fields = shelf.items[topic].city_fields if topic in shelf.items else {}
        for key, value in values.items():
            if key not in fields:
                yield Problem(f"city {topic}", f"unknown field {key}")
            elif fields[key].kind in WITH_DIGITS and not DIGITS.search(value.value):
                yield Problem(f"city {topic}", f"{key} is a {fields[key].kind} without a number")


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
        for aspect, section in self.item.sections.items():
            yield from self._of_section(section, f"{self.item.slug}.{aspect}")

    def _of_the_item(self) -> Iterator[Problem]:
        item = self.item
        if item.review_by < self.today:
            yield Problem(item.slug, f"expired: to be reviewed by {item.review_by}")
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
        for field in item.city_fields.values():
            yield from self._of_unsourced_text(field.label, f"{item.slug}.city_fields.{field.key}")

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
        yield from self._of_citations(statement, where)
        if statement.confidence in FACT and not statement.citations:
            yield Problem(where, "statement without basis")
        if not statement.citations:
            yield from self._of_unsourced_text(statement.text, where)
        for number in self.figures.unlisted_phones(statement.text):
            yield Problem(where, f"number {number} is not in the directory")

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
