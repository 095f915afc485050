"""The city's fields by spreadsheet: out for filling, in for approval; all of it or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ticketing.domain.city_errors import Complaint, SheetRefused
from ticketing.domain.city_facts import FieldKind, FieldStatus
from ticketing.domain.clock import today
from ticketing.domain.fact_values import Typed, checked
from ticketing.domain.staff import Actor
from ticketing.knowledge.sheets import COLUMNS, COMPLAINTS_MAX, SheetRow, duplicates, read_sheet, write_sheet
from ticketing.services.city_desk import CityDesk, NewEntry
from ticketing.services.city_overview import CityOverview, FieldRow
from ticketing.services.office import Office

#: Columns of the file by the parts of an entry.
COLUMN_OF = {"note": "notes"}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a spreadsheet brought."""

    entered: int
    #: Lines that say what is approved or waiting already.
    unchanged: int


class CitySheet:
    """Use cases of whoever fills in the fields offline."""

    def __init__(self, office: Office, desk: CityDesk, overview: CityOverview) -> None:
        """Enter through ``desk`` what a file holds."""
        self._office = office
        self._desk = desk
        self._overview = overview

    def write(self, actor: Actor) -> bytes:
        """Every field with what is stated of it now, as a workbook."""
        rows = self._overview.checklist(actor).rows
        return write_sheet(
            self._office.texts.get("knowledge.sheet_title"), self._headers(), map(self._cells, rows)
        )

    def take_in(self, actor: Actor, data: bytes) -> TakenIn:
        """Enter all filled lines, to be approved by a second person.

        Raises SheetRefused with everything wrong by sheet, row and column; then nothing was entered.
        Raises FieldChanged when somebody changed a field meanwhile.
        """
        known = {(row.item.slug, row.field.key): row for row in self._overview.checklist(actor).rows}
        lines = read_sheet(data, self._headers())
        complaints = list(duplicates(lines))
        entries: list[NewEntry] = []
        unchanged = 0
        for line in lines:
            row = known.get((line.cells["topic"], line.cells["field"]))
            if row is None:
                complaints.append(Complaint("unknown_field", line.sheet, line.row, "", line.cells["field"]))
                continue
            if self._says_nothing_new(row, line):
                unchanged += 1
                continue
            entries.extend(self._entry(row, line, complaints))
        if complaints:
            raise SheetRefused(tuple(complaints[:COMPLAINTS_MAX]))
        return TakenIn(self._desk.enter_all(actor, entries), unchanged)

    def _entry(self, row: FieldRow, line: SheetRow, complaints: list[Complaint]) -> Iterator[NewEntry]:
        """The line as an entry; what is wrong with it is added to ``complaints``."""
        outcome = checked(row.field, _typed(line.cells), today=today(self._office.clock))
        headers = self._headers()
        for flaw in outcome.flaws:
            column = COLUMN_OF.get(flaw.part, flaw.part)
            found = line.cells[column][:30]
            complaints.append(
                Complaint(f"value_{flaw.problem}", line.sheet, line.row, headers[column], found)
            )
        if outcome.entry is not None:
            yield NewEntry(row.item.slug, row.field.key, outcome.entry, row.version)

    def _says_nothing_new(self, row: FieldRow, line: SheetRow) -> bool:
        """Whether the line is as it was written out, or waits already."""
        filled = {column: line.cells[column] for column in COLUMNS[5:]}
        here = self._cells(row)
        if filled == {column: here[column] for column in COLUMNS[5:]}:
            return True
        outcome = checked(row.field, _typed(line.cells), today=today(self._office.clock))
        waiting = row.pending
        return (
            waiting is not None
            and outcome.entry is not None
            and all(
                getattr(waiting, part) == getattr(outcome.entry, part) for part in Typed.__dataclass_fields__
            )
        )

    def _headers(self) -> Mapping[str, str]:
        return {column: self._office.texts.get(f"knowledge.column_{column}") for column in COLUMNS}

    def _cells(self, row: FieldRow) -> Mapping[str, str]:
        """What is stated or was last; an empty field has empty cells."""
        fact = row.standing.now or row.standing.past or row.standing.coming
        is_empty = row.standing.status is FieldStatus.EMPTY or fact is None
        cells = {
            "topic": row.item.slug,
            "field": row.field.key,
            "label": f"{row.item.name} · {row.field.label}",
            "type": self._office.texts.get(f"knowledge.kind_{row.field.kind}"),
            "unit": "%" if row.field.kind is FieldKind.PERCENT else row.field.unit,
        }
        if is_empty or fact is None:
            return {**dict.fromkeys(COLUMNS, ""), **cells}
        days = {
            "valid_from": fact.valid_from.isoformat(),
            "valid_to": fact.valid_to.isoformat() if fact.valid_to else "",
            "review_by": fact.review_by.isoformat() if fact.review_by else "",
        }
        return {**cells, "value": fact.value, "source": fact.source, "notes": "", **days}


def _typed(cells: Mapping[str, str]) -> Typed:
    return Typed(
        value=cells["value"],
        source=cells["source"],
        valid_from=cells["valid_from"],
        valid_to=cells["valid_to"],
        review_by=cells["review_by"],
        note=cells["notes"],
    )
