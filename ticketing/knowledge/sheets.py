"""The city's fields as a spreadsheet: written for filling in offline, read back with faults by cell."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from ticketing.domain.city_errors import Complaint, SheetRefused

#: Columns in their order; the header of each is a text of the console.
COLUMNS = (
    "topic",
    "field",
    "label",
    "type",
    "unit",
    "value",
    "source",
    "valid_from",
    "valid_to",
    "review_by",
    "notes",
)
#: What an editor fills in.
FILLED = ("value", "source", "valid_from", "valid_to", "review_by", "notes")
FILE_BYTES_MAX = 1_000_000
#: A file that unpacks to more than this is no list of a city's fields.
UNPACKED_BYTES_MAX = 30_000_000
ROWS_MAX = 2_000
COMPLAINTS_MAX = 50
FOUND_CHARACTERS = 30
WIDTHS = {"label": 36, "value": 40, "source": 36, "notes": 30}
NARROW = 14
HEAD_FILL = PatternFill("solid", fgColor="0F5A5C")
LOCKED_FILL = PatternFill("solid", fgColor="EEF1F0")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One filled line: where it stands, and its cells as text by column."""

    sheet: str
    row: int
    cells: Mapping[str, str]


def write_sheet(title: str, headers: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A workbook of one sheet; nothing in it is taken for a formula."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError
    sheet.title = title
    sheet.freeze_panes = "D2"
    sheet.append([headers[column] for column in COLUMNS])
    for cells in rows:
        sheet.append(["" for _ in COLUMNS])
        for number, column in enumerate(COLUMNS, start=1):
            _fill(sheet.cell(sheet.max_row, number), cells.get(column, ""), column)
    for number, column in enumerate(COLUMNS, start=1):
        head = sheet.cell(1, number)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), HEAD_FILL
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column, NARROW)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_sheet(data: bytes, headers: Mapping[str, str]) -> tuple[SheetRow, ...]:
    """Lines with anything filled in; raises SheetRefused with everything wrong with the file itself."""
    _refuse_strange_file(data)
    try:
        # Formulas stay formulas, so that they can be refused.
        book = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    except (
        InvalidFileException,
        BadZipFile,
        DefusedXmlException,
        KeyError,
        ValueError,
        TypeError,
        OSError,
        SyntaxError,
    ) as error:
        raise _refused("not_a_workbook") from error
    sheets = [sheet for sheet in book.worksheets if sheet.max_row > 1 or sheet.max_column > 1]
    if not sheets:
        raise _refused("empty_file")
    return tuple(row for sheet in sheets for row in _rows(sheet, headers))


def _fill(cell: Cell | object, text: str, column: str) -> None:
    """Text as text, whatever it begins with; what is not to be changed is grey."""
    if not isinstance(cell, Cell):
        return
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if column not in FILLED:
        cell.fill = LOCKED_FILL


def _refuse_strange_file(data: bytes) -> None:
    """Before any of it is unpacked."""
    if len(data) > FILE_BYTES_MAX:
        raise _refused("file_too_large")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise _refused("not_a_workbook")
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
                raise _refused("file_too_large")
            if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
                raise _refused("with_macros")
    except BadZipFile as error:
        raise _refused("not_a_workbook") from error


def _rows(sheet: Worksheet, headers: Mapping[str, str]) -> Iterator[SheetRow]:
    if sheet.max_row > ROWS_MAX + 1:
        raise _refused("too_many_rows", sheet=sheet.title, found=str(sheet.max_row - 1))
    complaints = list(_merged(sheet))
    places = _places(sheet, headers, complaints)
    found = []
    for number, cells in enumerate(sheet.iter_rows(min_row=2), start=2):
        texts = {}
        for column, place in places.items():
            texts[column] = _text(cells[place], headers[column], sheet.title, complaints)
        if any(texts.get(column) for column in FILLED):
            found.append(SheetRow(sheet.title, number, texts))
    if complaints:
        raise SheetRefused(tuple(complaints[:COMPLAINTS_MAX]))
    yield from found


def _merged(sheet: Worksheet) -> Iterator[Complaint]:
    for cells in sheet.merged_cells.ranges:
        yield Complaint(
            "merged_cells", sheet.title, cells.min_row, get_column_letter(cells.min_col), str(cells)
        )


def _places(sheet: Worksheet, headers: Mapping[str, str], complaints: list[Complaint]) -> Mapping[str, int]:
    """Column → where it stands; columns may be moved, not renamed."""
    heads = [str(cell.value or "").strip() for cell in next(sheet.iter_rows(min_row=1, max_row=1))]
    known = {header: column for column, header in headers.items()}
    places: dict[str, int] = {}
    for place, head in enumerate(heads):
        letter = get_column_letter(place + 1)
        if head and head not in known:
            complaints.append(Complaint("unknown_column", sheet.title, 1, letter, _short(head)))
        elif head and known[head] in places:
            complaints.append(Complaint("double_column", sheet.title, 1, letter, head))
        elif head:
            places[known[head]] = place
    missing = (headers[column] for column in COLUMNS if column not in places)
    complaints.extend(Complaint("missing_column", sheet.title, 0, header) for header in missing)
    return places


def _text(cell: object, header: str, sheet: str, complaints: list[Complaint]) -> str:
    """What a cell says; a formula, an error or a truth value is none."""
    if not isinstance(cell, Cell) or cell.value is None:
        return ""
    value = cell.value
    problem = {"f": "formula", "e": "cell_error", "b": "truth_value"}.get(cell.data_type, "")
    if problem:
        complaints.append(Complaint(problem, sheet, cell.row, header, _short(str(value))))
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _short(text: str) -> str:
    return text[:FOUND_CHARACTERS]


def _refused(problem: str, *, sheet: str = "", found: str = "") -> SheetRefused:
    return SheetRefused((Complaint(problem, sheet=sheet, found=found),))


def duplicates(rows: Sequence[SheetRow]) -> Iterator[Complaint]:
    """Lines about a field that stood in an earlier line already."""
    first: dict[tuple[str, str], int] = {}
    for one in rows:
        where = (one.cells["topic"], one.cells["field"])
        if where in first:
            yield Complaint("double_row", one.sheet, one.row, "", str(first[where]))
        first.setdefault(where, one.row)
