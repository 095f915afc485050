"""A paper as a spreadsheet: one sheet for each section, the raw rows at the end."""

import io
import re

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ticketing.domain.paper import Paper, Section, Table

#: Excel takes no more for the name of a sheet, and none of these in it.
TITLE_CHARACTERS = 31
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
HEAD = PatternFill("solid", fgColor="0F5A5C")
WHITE, BOLD = Font(bold=True, color="FFFFFF"), Font(bold=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
WIDTH_MIN, WIDTH_MAX = 8, 60
#: Width of a Chinese character in digits.
WIDE = 2
CHART_WIDTH_CM, CHART_ROW_CM = 16, 0.7


def workbook(paper: Paper) -> bytes:
    """The file; every table stands with its heading, notes below, a chart beside."""
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError
    for place, section in enumerate((*paper.sections, paper.raw)):
        sheet = first if place == 0 else book.create_sheet()
        sheet.title = NOT_IN_TITLES.sub(" ", section.title)[:TITLE_CHARACTERS]
        sheet.append([paper.title if place == 0 else section.title])
        sheet.cell(1, 1).font = BOLD
        for line in paper.lead if place == 0 else ():
            sheet.append([line])
        _section(sheet, section)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _section(sheet: Worksheet, section: Section) -> None:
    if section.table is not None:
        top = _table(sheet, section.table)
        if section.bars is not None:
            _chart(sheet, section, top)
    sheet.append([])
    for note in section.notes:
        sheet.append([note])
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr] # openpyxl always makes it


def _table(sheet: Worksheet, table: Table) -> int:
    """Write head and rows; gives the row of the column titles."""
    sheet.append([])
    if table.groups:
        sheet.append([column.group for column in table.columns])
        _merge_groups(sheet, table)
    sheet.append([column.title for column in table.columns])
    top = sheet.max_row
    for number in range(1, len(table.columns) + 1):
        for row in {top, top - 1} if table.groups else {top}:
            cell = sheet.cell(row, number)
            cell.font, cell.fill, cell.alignment = WHITE, HEAD, CENTRE
    for row in (*table.rows, *((table.total,) if table.total else ())):
        sheet.append(list(row))
    if table.total:
        for number in range(1, len(table.columns) + 1):
            sheet.cell(sheet.max_row, number).font = BOLD
    sheet.freeze_panes = f"B{top + 1}"
    _widths(sheet, table)
    return top


def _merge_groups(sheet: Worksheet, table: Table) -> None:
    start = 1
    for title, span in table.groups:
        if title and span > 1:
            sheet.merge_cells(
                start_row=sheet.max_row,
                end_row=sheet.max_row,
                start_column=start,
                end_column=start + span - 1,
            )
        start += span


def _widths(sheet: Worksheet, table: Table) -> None:
    for number, column in enumerate(table.columns, start=1):
        texts = [column.title, *(str(row[number - 1]) for row in table.rows)]
        width = max(sum(WIDE if ord(letter) > ord("ÿ") else 1 for letter in text) for text in texts) + 2
        sheet.column_dimensions[get_column_letter(number)].width = min(max(width, WIDTH_MIN), WIDTH_MAX)


def _chart(sheet: Worksheet, section: Section, top: int) -> None:
    """Bars of the second column, named by the first; beside the table."""
    table, bars = section.table, section.bars
    if table is None or bars is None or not table.rows:
        return
    chart = BarChart()
    chart.type, chart.title, chart.legend = "bar", bars.title, None
    last = top + len(table.rows)
    chart.add_data(Reference(sheet, min_col=2, min_row=top + 1, max_row=last))
    chart.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = CHART_WIDTH_CM, 3 + CHART_ROW_CM * len(table.rows)
    sheet.add_chart(chart, f"{get_column_letter(len(table.columns) + 2)}{top}")
