"""Work on the spreadsheet of the city's fields, as a clerk does it."""

import io
from collections.abc import Callable
from itertools import count

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

FILL = {"F": "780", "G": "宁民〔2026〕12号", "H": "2026-07-01", "J": "2027-06-30"}
type Edit = Callable[[Worksheet], None]


def row_of(sheet: Worksheet, topic: str = "dibao", field: str = "monthly_standard") -> int:
    """Line of a field."""
    rows = sheet.iter_rows(min_row=2, max_col=2, values_only=True)
    return next(number for number, row in zip(count(2), rows, strict=False) if row == (topic, field))


def fill(sheet: Worksheet, row: int, **cells: object) -> None:
    """Put values into a line."""
    for column, value in {**FILL, **cells}.items():
        sheet[f"{column}{row}"].value = value


def edited(data: bytes, edit: Edit) -> bytes:
    """A workbook after somebody worked on it."""
    book = load_workbook(io.BytesIO(data))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    edit(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
