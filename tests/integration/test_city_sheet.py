"""The city's fields by spreadsheet: out, filled in, back in, and every kind of bad file."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.factories import a_member
from tests.integration.city_sheets import Edit, edited, fill, row_of
from tests.integration.test_city_facts import CITY, answer
from ticketing.bootstrap import Runtime
from ticketing.domain.city_errors import SheetRefused
from ticketing.domain.staff import Actor, Role


@pytest.fixture
def editor(runtime: Runtime) -> Actor:
    return a_member(runtime, role=Role.OPERATOR, unit=CITY, name="陈接线")


@pytest.fixture
def approver(runtime: Runtime) -> Actor:
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")


def test_a_filled_spreadsheet_waits_for_a_second_person_and_is_then_stated(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    def edit(sheet: Worksheet) -> None:
        fill(sheet, row_of(sheet))
        fill(sheet, row_of(sheet, "dibao", "office_phone"), F="西津街道 0563-1234567")

    taken = runtime.city_sheet.take_in(editor, edited(runtime.city_sheet.write(editor), edit))
    waiting = runtime.city_desk.pending(approver)
    before = answer(runtime)
    runtime.city_desk.approve(approver, [one.id for one in waiting])

    assert (taken.entered, taken.unchanged) == (2, 0)
    assert "尚未录入" in before
    assert "本地低保标准：780元/人·月（宁民〔2026〕12号，2026年7月1日起）。" in answer(runtime)
    assert "西津街道 0563-1234567" in answer(runtime, aspect="place")


def test_the_same_file_twice_changes_nothing(runtime: Runtime, editor: Actor, approver: Actor) -> None:
    data = edited(runtime.city_sheet.write(editor), lambda sheet: fill(sheet, row_of(sheet)))

    first = runtime.city_sheet.take_in(editor, data)
    again = runtime.city_sheet.take_in(editor, data)
    runtime.city_desk.approve(approver, [one.id for one in runtime.city_desk.pending(approver)])
    exported = runtime.city_sheet.take_in(editor, runtime.city_sheet.write(editor))

    assert (first.entered, again.entered, again.unchanged) == (1, 0, 1)
    assert (exported.entered, exported.unchanged) == (0, 1)


def test_dates_and_numbers_typed_into_cells_are_understood(runtime: Runtime, editor: Actor) -> None:
    data = edited(
        runtime.city_sheet.write(editor),
        lambda sheet: fill(sheet, row_of(sheet), F=780.5, H=datetime(2026, 7, 1), J="2027年6月30日"),  # noqa: DTZ001
    )

    runtime.city_sheet.take_in(editor, data)

    entry = runtime.city_desk.pending(editor)[0]
    assert (entry.value, str(entry.valid_from), str(entry.review_by)) == ("780.5", "2026-07-01", "2027-06-30")


def rows_of_nonsense(sheet: Worksheet) -> None:
    for number in range(2, 10_002):
        fill(sheet, number)


def merge(sheet: Worksheet) -> None:
    fill(sheet, row_of(sheet))
    sheet.merge_cells("F5:F6")


def rename(sheet: Worksheet) -> None:
    sheet["F1"].value = "金额"


def remove(sheet: Worksheet) -> None:
    sheet.delete_cols(7)


def twice(sheet: Worksheet) -> None:
    row = row_of(sheet)
    fill(sheet, row)
    fill(sheet, sheet.max_row + 1, A="dibao", B="monthly_standard")


def unknown(sheet: Worksheet) -> None:
    fill(sheet, sheet.max_row + 1, A="dibao", B="moon")


def in_row(**cells: object) -> Edit:
    return lambda sheet: fill(sheet, row_of(sheet), **cells)


BAD_EDITS: dict[str, tuple[Edit, str, str]] = {
    "a word for an amount": (in_row(F="很多"), "value_not_money", "内容"),
    "no source": (in_row(G=None), "value_source_missing", "来源文件"),
    "no day": (in_row(H=None), "value_day_missing", "起始日期"),
    "a day that is none": (in_row(J="2027-02-30"), "value_not_a_day", "复核日期"),
    "a review that is over": (in_row(J="2026-07-02"), "value_review_past", "复核日期"),
    "an end before the beginning": (in_row(I="2026-01-01"), "value_ends_before_start", "截止日期"),
    "a formula": (in_row(F="=700+80"), "formula", "内容"),
    "a truth value": (in_row(F=True), "truth_value", "内容"),
    "merged cells": (merge, "merged_cells", "F"),
    "ten thousand rows": (rows_of_nonsense, "too_many_rows", ""),
    "a renamed column": (rename, "unknown_column", "F"),
    "a missing column": (remove, "missing_column", "来源文件"),
    "a line twice": (twice, "double_row", ""),
    "a field nobody knows": (unknown, "unknown_field", ""),
}


@pytest.mark.parametrize("fault", BAD_EDITS)
def test_a_fault_is_named_by_its_place_and_nothing_is_taken_in(
    runtime: Runtime, editor: Actor, fault: str
) -> None:
    edit, problem, column = BAD_EDITS[fault]

    def both(sheet: Worksheet) -> None:
        fill(sheet, row_of(sheet, "tekun", "basic_standard"), F="1000")
        edit(sheet)

    data = edited(runtime.city_sheet.write(editor), both)
    with pytest.raises(SheetRefused) as refused:
        runtime.city_sheet.take_in(editor, data)

    found = {(one.problem, one.column) for one in refused.value.complaints}
    assert (problem, column) in found, found
    assert all(one.sheet == "本市数据" for one in refused.value.complaints)
    assert runtime.city_desk.pending(editor) == ()
    for one in refused.value.complaints:
        key = (
            one.problem.replace("value_", "flaw_")
            if one.problem.startswith("value_")
            else f"sheet_{one.problem}"
        )
        assert runtime.texts.get(f"knowledge.{key}", found="")


def a_bomb() -> bytes:
    """A small file that unpacks to forty million bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "x")
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    return stream.getvalue()


def some_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("letter.txt", "hello")
    return stream.getvalue()


def laughing_workbook() -> bytes:
    """A workbook whose strings are entities of entities."""
    stream = io.BytesIO()
    Workbook().save(stream)
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&b;</workbook>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, laughs if name == "xl/workbook.xml" else source.read(name))
    return out.getvalue()


def empty_workbook() -> bytes:
    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


BAD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "not a workbook": (lambda: b"%PDF-1.7 something else", "not_a_workbook"),
    "some other zip": (some_zip, "not_a_workbook"),
    "a broken zip": (lambda: some_zip()[:-30], "not_a_workbook"),
    "a zip bomb": (a_bomb, "file_too_large"),
    "a huge file": (lambda: b"PK" + b"0" * 1_000_001, "file_too_large"),
    "entities": (laughing_workbook, "not_a_workbook"),
    "nothing in it": (empty_workbook, "empty_file"),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_bad_file_is_refused_in_words(runtime: Runtime, editor: Actor, fault: str) -> None:
    make, problem = BAD_FILES[fault]

    with pytest.raises(SheetRefused) as refused:
        runtime.city_sheet.take_in(editor, make())

    assert [one.problem for one in refused.value.complaints] == [problem]


def test_what_begins_like_a_formula_is_written_as_text(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    data = edited(
        runtime.city_sheet.write(editor), lambda sheet: fill(sheet, row_of(sheet), G="-1号文（试行）")
    )
    runtime.city_sheet.take_in(editor, data)
    runtime.city_desk.approve(approver, [one.id for one in runtime.city_desk.pending(approver)])

    book = load_workbook(io.BytesIO(runtime.city_sheet.write(editor)))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    cell = sheet[f"G{row_of(sheet)}"]
    assert (cell.value, cell.data_type) == ("-1号文（试行）", "s")
