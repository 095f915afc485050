"""Reads a policies folder; every fault of every file is collected, none stops the reading."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from ticketing import yaml_files
from ticketing.domain.city_facts import CityField, FieldKind
from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.knowledge.items import (
    Citation,
    Document,
    Number,
    PolicyItem,
    Section,
    Shelf,
    Statement,
    Value,
)
from ticketing.knowledge.quoting import Quotable

SCHEMA_NAME = "schema.json"
SHARED = "shared"
#: Enough that two states of a file never share a name.
DIGEST_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file; ``where`` is the file and the place in it."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read, and what could not."""

    shelf: Shelf
    faults: tuple[Fault, ...]


def load_shelf(folder: Path) -> Shelf:
    """The whole folder; raises DataFault naming every fault."""
    reading = read_folder(folder)
    if reading.faults:
        raise DataFault(detail="; ".join(f"{fault.where}: {fault.what}" for fault in reading.faults))
    return reading.shelf


def digests(folder: Path) -> dict[str, str]:
    """Topic → a short name of the state of its file and of all that is shared; any change gives another."""
    shared = b"".join(path.read_bytes() for path in sorted((folder / SHARED).glob("*.yml")))
    return {
        path.stem: hashlib.sha256(path.read_bytes() + shared).hexdigest()[:DIGEST_CHARACTERS]
        for path in folder.glob("*.yml")
    }


def read_folder(folder: Path) -> Reading:
    """As much of the folder as fits its schema, and the faults of the rest."""
    reader = _Reader(folder)
    documents = {slug: _document(slug, value) for slug, value in reader.shared("documents").items()}
    values = {key: _value(key, value) for key, value in reader.shared("values").items()}
    phrases = reader.words("phrases")
    writer = _Writer(Quotable(values, documents, phrases.get("date", "")), {})
    shared = {key: writer.section(value) for key, value in reader.shared("answers").items()}
    shelf = Shelf(
        items=reader.items(_Writer(writer.quotable, shared)),
        documents=documents,
        numbers={key: _number(key, value) for key, value in reader.shared("directory").items()},
        phrases=phrases,
        figure_words=reader.words("figures"),
        prose=reader.words("prose"),
        values=values,
    )
    return Reading(shelf, tuple(reader.faults))


class _Reader:
    """One pass over the folder that remembers what was wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self._schema: dict[str, object] = json.loads((folder / SCHEMA_NAME).read_text(encoding="utf-8"))

    def items(self, writer: "_Writer") -> Mapping[str, PolicyItem]:
        """Items by slug, those whose file fits the schema."""
        found = {}
        for path in sorted(self.folder.glob("*.yml")):
            content = self._valid(path, "item")
            for item in self._item(content, path, writer):
                found[item.slug] = item
        return found

    def shared(self, name: str) -> Mapping[str, Row]:
        """Named rows of a file in the shared folder."""
        path = self.folder / SHARED / f"{name}.yml"
        return {key: row(value, f"{path.name}: {key}") for key, value in self._valid(path, name).items()}

    def words(self, name: str) -> Mapping[str, str]:
        """Texts by key of a file in the shared folder."""
        content = self._valid(self.folder / SHARED / f"{name}.yml", name)
        return {key: str(value) for key, value in content.items()}

    def _item(self, content: Mapping[str, object], path: Path, writer: "_Writer") -> Iterator[PolicyItem]:
        if not content:
            return
        try:
            yield writer.item(row(content, path.name))
        except DataFault as fault:
            self.faults.append(Fault(path.name, str(fault.params["detail"])))

    def _valid(self, path: Path, definition: str) -> Mapping[str, object]:
        """The file's content, or nothing if it does not fit."""
        try:
            content = _plain(path)
        except (OSError, yaml.YAMLError) as fault:
            self.faults.append(Fault(path.name, f"cannot be read: {type(fault).__name__}"))
            return {}
        faults = list(self._schema_faults(content, path, definition))
        self.faults += faults
        return {} if faults else row(content, path.name).values

    def _schema_faults(self, content: object, path: Path, definition: str) -> Iterator[Fault]:
        validator = Draft202012Validator({**self._schema, "$ref": f"#/$defs/{definition}"})
        for error in validator.iter_errors(content):
            place = ".".join(str(step) for step in error.absolute_path)
            yield Fault(f"{path.name} {place}".strip(), error.message)


def _plain(path: Path) -> object:
    """YAML with dates as ISO text and keys as text, as JSON Schema sees the world."""
    content: object = yaml_files.load(path)
    plain: object = json.loads(json.dumps(content or {}, default=str))
    return plain


@dataclass(frozen=True, slots=True)
class _Writer:
    """Turns rows into items and sections, with their figures in place."""

    quotable: Quotable
    shared: Mapping[str, Section]

    def item(self, source: Row) -> PolicyItem:
        """A whole item; raises DataFault for a figure or an answer that does not exist."""
        fields = source.named_rows("city_fields") if source.has("city_fields") else {}
        return PolicyItem(
            slug=source.text("slug"),
            title=source.text("title"),
            name=source.text("name"),
            area=source.text("area"),
            region=source.text("region"),
            also=source.texts("also"),
            verified_on=date.fromisoformat(source.text("verified_on")),
            review_by=date.fromisoformat(source.text("review_by")),
            valid_to=_day(source, "valid_to"),
            overview=self.section(source.row("overview")),
            aspects={name: self.section(one) for name, one in source.named_rows("aspects").items()},
            city_fields={key: _city_field(key, value) for key, value in fields.items()},
            next_step=source.text("next"),
            follow_ups=source.texts("follow_ups"),
            asks=_texts_by_key(source, "asks"),
            related=source.texts("related"),
        )

    def section(self, source: Row) -> Section:
        """An answer, built on a shared one if it says so."""
        used = self._used(source)
        return Section(
            statements=(*used.statements, *(self._statement(one) for one in source.rows("say"))),
            city=source.texts("city"),
            next_step=source.text("next", used.next_step),
        )

    def _used(self, source: Row) -> Section:
        """The shared answer a section builds on, an empty one if it stands alone."""
        if not source.has("use"):
            return Section((), (), "")
        name = source.text("use")
        if name not in self.shared:
            raise DataFault(detail=f"{source.where}: no shared answer {name}")
        return self.shared[name]

    def _statement(self, source: Row) -> Statement:
        template = source.text("text")
        quoted = self.quotable.fill(template, where=source.where)
        return Statement(
            text=quoted.text,
            confidence=source.text("confidence"),
            citations=_citations(source),
            template=template,
            quotes=quoted.values,
        )


def _citations(source: Row) -> tuple[Citation, ...]:
    return tuple(_citation(one) for one in source.texts("basis"))


def _citation(text: str) -> Citation:
    document, _, article = text.partition(" ")
    return Citation(document, article)


def _document(slug: str, source: Row) -> Document:
    return Document(
        slug=slug,
        title=source.text("title"),
        number=source.text("number", ""),
        issuer=source.text("issuer"),
        kind=source.text("kind"),
        in_force_from=_day(source, "in_force_from"),
        in_force_to=_day(source, "in_force_to"),
        dated=source.text("dated", ""),
        source=source.text("source", ""),
        url=source.text("url", ""),
        descriptive=source.flag("descriptive"),
    )


def _city_field(key: str, source: Row) -> CityField:
    return CityField(
        key=key,
        label=source.text("label"),
        kind=FieldKind(source.text("type")),
        unit=source.text("unit", ""),
        ask=source.text("ask", ""),
    )


def _value(key: str, source: Row) -> Value:
    number = source.values.get("number")
    return Value(
        key=key,
        number=None if number is None else Decimal(str(number)),
        unit=source.text("unit", ""),
        day=_day(source, "date"),
        confidence=source.text("confidence"),
        citations=_citations(source),
        valid_to=_day(source, "valid_to"),
        review_by=_day(source, "review_by"),
    )


def _number(number: str, source: Row) -> Number:
    return Number(number, source.text("name"), source.text("confidence"))


def _texts_by_key(source: Row, key: str) -> Mapping[str, str]:
    if not source.has(key):
        return {}
    inner = source.row(key)
    return {name: inner.text(name) for name in inner.values}


def _day(source: Row, key: str) -> date | None:
    text = source.text(key, "")
    return date.fromisoformat(text) if text else None
