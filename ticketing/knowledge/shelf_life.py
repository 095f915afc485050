"""Until when a statement may be made as it is, and what ends it: its item, a document or a figure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ticketing.knowledge.items import PolicyItem, Section, Shelf, Statement


@dataclass(frozen=True, slots=True, order=True)
class Ending:
    """The last day of a statement and the phrase that tells of it."""

    day: date
    #: Key of the phrase: past_item, past_document, past_value.
    phrase: str
    #: Title of the document, where one ends.
    title: str = ""


@dataclass(frozen=True, slots=True)
class Expiry:
    """One date of the base on which something comes to its end."""

    day: date
    #: ``item``, ``document``, ``value`` or ``field``.
    kind: str
    #: Topic of the item or field; empty for what many items share.
    topic: str
    #: Key of the field, the document or the value; empty for an item.
    key: str
    title: str


def ending(shelf: Shelf, item: PolicyItem, statement: Statement) -> Ending:
    """The first thing that will end a statement."""
    return min(_endings(shelf, item, statement))


def over(shelf: Shelf, item: PolicyItem, statement: Statement, *, today: date) -> Ending | None:
    """What has ended a statement before ``today``; None while it holds."""
    first = ending(shelf, item, statement)
    return first if first.day < today else None


def expiries(shelf: Shelf) -> Iterator[Expiry]:
    """Every last day in the files."""
    for item in shelf.items.values():
        yield Expiry(item.last_day, "item", item.slug, "", item.title)
    for document in shelf.documents.values():
        if document.in_force_to is not None:
            yield Expiry(document.in_force_to, "document", "", document.slug, document.title)
    for value in shelf.values.values():
        if value.last_day is not None:
            yield Expiry(value.last_day, "value", "", value.key, value.key)


def sections_of(item: PolicyItem) -> Mapping[str, Section]:
    """Every answer of an item by aspect; the overview under the empty name."""
    return {"": item.overview, **item.aspects}


def _endings(shelf: Shelf, item: PolicyItem, statement: Statement) -> Iterator[Ending]:
    yield Ending(item.last_day, "past_item")
    for citation in statement.citations:
        document = shelf.documents[citation.document]
        if document.in_force_to is not None:
            yield Ending(document.in_force_to, "past_document", document.title)
    for key in statement.quotes:
        last = shelf.values[key].last_day
        if last is not None:
            yield Ending(last, "past_value")
