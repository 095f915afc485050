"""A whole policy item as a page to read, tick and print: answers, documents, what the city has entered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ticketing.domain.city_facts import FieldKind, Standing
from ticketing.domain.item_forms import FormGiven
from ticketing.knowledge.items import ASPECTS, BASIS_ASPECT, Document
from ticketing.knowledge.policies import Knowledge

MATERIALS = "materials"
#: A line of the summary that only the city can fill.
HOURS = "hours"
#: What a page says in its summary before one sets out, by the aspect that tells it.
BEFORE_GOING = ("definition", "eligibility", "materials", "place", HOURS, "deadline", "amount")
#: Fields of these kinds answer a line of the summary better than a sentence.
FIELDS_FOR = {"place": FieldKind.ADDRESS, HOURS: FieldKind.HOURS}
_SENTENCE = re.compile(r"[^\u3002\uff01\uff1f\n]+[\u3002\uff01\uff1f]?")


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one aspect, a line a paragraph; the last lines tell what the city entered or has not."""

    aspect: str
    lines: tuple[str, ...]
    city: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of the city, with its value as it stands; empty where nothing is entered."""

    label: str
    value: str
    ask: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One thing to know before one sets out; an empty ``text`` means that the city has not said it."""

    aspect: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything a page of one item shows."""

    topic: str
    title: str
    name: str
    area: str
    summary: tuple[str, ...]
    parts: tuple[Part, ...]
    #: What to know before one sets out, each in a sentence.
    before: tuple[SummaryLine, ...]
    #: Sentences of the materials, to be ticked one by one.
    materials: tuple[str, ...]
    documents: tuple[Document, ...]
    fields: tuple[FieldLine, ...]
    #: Application forms the city gives out.
    forms: tuple[FormGiven, ...]
    verified_on: date
    review_by: date
    next_step: str


def guide_of(knowledge: Knowledge, topic: str, *, today: date) -> Guide:
    """The page of an item as of ``today``; raises PolicyNotFound."""
    item = knowledge.item(topic)
    composer = knowledge.composer(topic, today=today)
    parts = tuple(_parts(knowledge, topic, today))
    cited = dict.fromkeys(citation.document for citation in item.citations())
    return Guide(
        topic=topic,
        title=item.title,
        name=item.name,
        area=item.area,
        summary=tuple(composer.statements(item.overview)),
        parts=parts,
        before=tuple(_before(knowledge, topic, today, parts)),
        materials=tuple(
            sentence for part in parts if part.aspect == MATERIALS for sentence in _ticks(part.lines)
        ),
        documents=tuple(knowledge.shelf.documents[slug] for slug in cited),
        fields=tuple(_fields(knowledge, topic, today)),
        forms=knowledge.forms(topic),
        verified_on=item.verified_on,
        review_by=item.last_day,
        next_step=item.next_step,
    )


def _before(knowledge: Knowledge, topic: str, today: date, parts: tuple[Part, ...]) -> Iterator[SummaryLine]:
    """From what the item and the city say; nothing is filled in where they are silent."""
    composer, stands = knowledge.composer(topic, today=today), knowledge.standings(topic, today=today)
    fields = knowledge.item(topic).city_fields
    by_aspect = {part.aspect: part for part in parts}
    for aspect in BEFORE_GOING:
        told = [
            line
            for key, field in fields.items()
            if field.kind is FIELDS_FOR.get(aspect) and not _is_empty(stands[key])
            for line in composer.field_lines(field, stands[key])
        ]
        part = by_aspect.get(aspect)
        said = [] if part is None else [*part.lines, *part.city]
        if aspect == "definition" and not said:
            said = [*composer.statements(knowledge.item(topic).overview)]
        yield SummaryLine(aspect, _first(told or said))


def _first(lines: list[str]) -> str:
    """The first sentence; empty of nothing."""
    return next(_ticks(tuple(lines[:1])), "")


def _parts(knowledge: Knowledge, topic: str, today: date) -> Iterator[Part]:
    item, composer = knowledge.item(topic), knowledge.composer(topic, today=today)
    for aspect in ASPECTS:
        section = item.aspects.get(aspect)
        if section is None or aspect == BASIS_ASPECT:
            continue
        yield Part(
            aspect=aspect,
            lines=tuple(composer.statements(section)),
            city=tuple(composer.city_lines(section.city)),
            next_step=section.next_step,
        )


def _ticks(lines: tuple[str, ...]) -> Iterator[str]:
    """Every sentence by itself."""
    for line in lines:
        yield from (found.strip() for found in _SENTENCE.findall(line) if found.strip())


def _fields(knowledge: Knowledge, topic: str, today: date) -> Iterator[FieldLine]:
    item, composer = knowledge.item(topic), knowledge.composer(topic, today=today)
    for key, standing in knowledge.standings(topic, today=today).items():
        field = item.city_fields[key]
        told = "" if _is_empty(standing) else "".join(composer.field_lines(field, standing))
        yield FieldLine(field.label, told, field.ask or knowledge.shelf.phrases["ask_default"])


def _is_empty(standing: Standing) -> bool:
    return standing.now is None and standing.past is None and standing.coming is None
