"""Reads the eligibility checks of a folder, each held to the schema beside it; figures are quoted by name."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator

from ticketing import yaml_files
from ticketing.domain.data_rows import Row, row
from ticketing.domain.eligibility import Check, Ground, Kind, Means, Option, Outcome, Question, Sum
from ticketing.domain.eligibility import Row as TableRow
from ticketing.domain.errors import DataFault
from ticketing.domain.reckoning import DivorceRule, PensionRule, Step
from ticketing.knowledge.items import Shelf
from ticketing.knowledge.quoting import Quotable

SCHEMA_NAME = "schema.json"
#: What a line of the table may say besides its cells.
_NO_CELLS = frozenset({"outcome", "notes", "instead"})


def load_checks(folder: Path, shelf: Shelf) -> dict[str, Check]:
    """Checks by topic; raises DataFault for what does not fit the schema or quotes no value of ``shelf``."""
    schema = json.loads((folder / SCHEMA_NAME).read_text(encoding="utf-8"))
    reader = _Reader(Quotable(shelf.values, shelf.documents, shelf.phrases["date"]))
    checks = [reader.check(_valid(path, schema)) for path in sorted(folder.glob("*.yml"))]
    return {check.topic: check for check in checks}


def _valid(path: Path, schema: Mapping[str, object]) -> Row:
    content = yaml_files.load(path)
    for error in Draft202012Validator(schema).iter_errors(content):
        place = ".".join(str(step) for step in error.absolute_path)
        raise DataFault(detail=f"{path.name} {place}: {error.message}")
    return row(content, path.name)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns rows into checks, figures in place."""

    quotable: Quotable

    def check(self, source: Row) -> Check:
        return Check(
            topic=source.text("topic"),
            start=source.text("start"),
            questions=tuple(self._question(one) for one in source.rows("questions")),
            table=tuple(self._table_row(one) for one in source.rows("table")),
            sum=self._sum(source.row("sum")) if source.has("sum") else None,
        )

    def _question(self, source: Row) -> Question:
        return Question(
            key=source.text("key"),
            kind=Kind(source.text("kind", Kind.CHOICE)),
            ask=self._filled(source, "ask"),
            options=tuple(_option(one) for one in source.rows("options")),
            condition=self._ground(source.row("condition")) if source.has("condition") else None,
            city=source.text("city", ""),
            for_sum=source.flag("for_sum"),
            only_if=dict(_cells(source.row("only_if").values)) if source.has("only_if") else None,
        )

    def _ground(self, source: Row) -> Ground:
        return Ground(self._filled(source, "text"), source.text("confidence"), source.texts("basis"))

    def _table_row(self, source: Row) -> TableRow:
        cells = {key: value for key, value in source.values.items() if key not in _NO_CELLS}
        return TableRow(
            cells=dict(_cells(cells)),
            outcome=Outcome(source.text("outcome")),
            notes=tuple(self._ground(one) for one in source.rows("notes")),
            instead=source.texts("instead"),
        )

    def _sum(self, source: Row) -> Sum:
        basis = source.texts("basis")
        if source.has("cooling_off_days"):
            days = (self._number(source, "cooling_off_days"), self._number(source, "certificate_days"))
            return Sum(DivorceRule(*days), basis)
        steps = tuple(
            Step(self._number(one, "below"), self._number(one, "months")) for one in source.rows("steps")
        )
        rule = PensionRule(
            funeral_months=self._number(source, "funeral_months"),
            steps=steps,
            months_max=self._number(source, "months_max"),
            retired_min=self._number(source, "retired_min"),
        )
        return Sum(rule, basis)

    def _filled(self, source: Row, key: str) -> str:
        return self.quotable.fill(source.text(key), where=source.where).text

    def _number(self, source: Row, key: str) -> int:
        """The whole number of the value that is named under ``key``."""
        name = source.text(key)
        value = self.quotable.values.get(name)
        if value is None or value.number is None:
            raise DataFault(detail=f"{source.where}: {key} names no figure: {name}")
        return int(value.number)


def _option(source: Row) -> Option:
    return Option(
        key=source.text("key"),
        text=source.text("text"),
        means=Means(source.text("means", Means.OPEN)),
        said=source.text("said", ""),
        days=source.number("days") if source.has("days") else 0,
    )


def _cells(values: Mapping[str, object]) -> Iterator[tuple[str, frozenset[str]]]:
    """One answer or several, as a set."""
    for key, value in values.items():
        answers = [value] if isinstance(value, str) else value
        if isinstance(answers, list):
            yield key, frozenset(str(answer) for answer in answers)
