"""The city's own facts in a real browser: entered, approved, imported, undone, on a phone and at a desk."""
# ruff: noqa: F811 - fixtures are imported and then named as parameters

import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.chromium import DESKTOP, PHONE
from tests.e2e.test_console_pages import (  # noqa: F401 - fixtures
    CITY,
    SIZES,
    Served,
    assert_fits,
    served,
    shots,
    site,
)
from tests.factories import a_member
from tests.integration.city_sheets import edited, fill, row_of
from tests.integration.test_city_facts import answer, stated
from ticketing.bootstrap import Runtime
from ticketing.console.sheet_pages import WORKBOOK
from ticketing.domain.staff import Actor, Role

pytestmark = [pytest.mark.browser]
FIELD = "/knowledge/fields/dibao/monthly_standard"


def an_editor(runtime: Runtime) -> Actor:
    """Enters."""
    return a_member(runtime, role=Role.OPERATOR, unit=CITY, name="陈接线")


def an_approver(runtime: Runtime) -> Actor:
    """Signs."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")


def fill_form(page: Page, value: str = "780") -> None:
    """Everything an entry needs."""
    page.get_by_label("内容").fill(value)
    page.get_by_label("来源文件").fill("宁民〔2026〕12号")
    page.get_by_label("起始日期").fill("2026-07-01")
    page.get_by_label("复核日期").fill("2027-06-30")


@pytest.mark.parametrize("size", SIZES)
def test_one_person_enters_another_approves_and_the_answer_changes(
    served: Served,
    size: Mapping[str, int],
    shots: Path,
) -> None:
    editor, approver = an_editor(served.runtime), an_approver(served.runtime)
    width = size["width"]
    assert "尚未录入" in answer(served.runtime)

    with served.visiting(size) as visitor:
        visitor.log_in(editor)
        visitor.open("/knowledge")
        visitor.page.screenshot(path=shots / f"knowledge-{width}.png", full_page=False)
        assert_fits(visitor.page)
        visitor.page.get_by_role("link", name="本地低保标准").click()
        fill_form(visitor.page, "很多")
        visitor.page.get_by_role("button", name="提交审核").click()
        expect(visitor.page.get_by_text("这里要填金额")).to_be_visible()
        expect(visitor.page.get_by_label("来源文件")).to_have_value("宁民〔2026〕12号")
        visitor.page.screenshot(path=shots / f"knowledge-flaw-{width}.png", full_page=True)
        assert_fits(visitor.page)
        visitor.page.get_by_label("内容").fill("780")
        visitor.page.get_by_role("button", name="提交审核").click()
        expect(visitor.page.get_by_text("等另一个人审核后生效")).to_be_visible()
        visitor.open("/knowledge/pending")
        expect(visitor.page.get_by_text("自己填的", exact=True)).to_be_visible()
        expect(visitor.page.get_by_role("button", name="通过选中的")).to_have_count(0)
        visitor.complaints.clear()  # the browser reports the 422 itself
    with served.visiting(size) as visitor:
        visitor.log_in(approver)
        visitor.open("/knowledge/pending")
        visitor.page.screenshot(path=shots / f"knowledge-pending-{width}.png", full_page=True)
        assert_fits(visitor.page)
        visitor.page.get_by_label("本地低保标准").check()
        visitor.page.get_by_role("button", name="通过选中的").click()
        expect(visitor.page.get_by_text("居民现在问到的就是新内容")).to_be_visible()

    assert "本地低保标准：780元/人·月（宁民〔2026〕12号，2026年7月1日起）。" in answer(served.runtime)


@pytest.mark.parametrize("size", SIZES)
def test_history_calendar_and_renewals_are_seen(
    served: Served,
    size: Mapping[str, int],
    shots: Path,
) -> None:
    editor, approver = an_editor(served.runtime), an_approver(served.runtime)
    stated(served.runtime, editor, approver)
    stated(served.runtime, editor, approver, "7800", review_by="2026-12-01")
    served.clock.advance(timedelta(days=10))
    served.runtime.city_overview.sweep()
    width = size["width"]

    with served.visiting(size) as visitor:
        visitor.log_in(approver)
        for name, path in {
            "field": FIELD,
            "calendar": "/knowledge/calendar",
            "renewals": "/knowledge/renewals",
        }.items():
            visitor.open(path)
            visitor.page.screenshot(path=shots / f"knowledge-{name}-{width}.png", full_page=True)
            assert_fits(visitor.page)
        expect(visitor.page.get_by_text("2026-12-01 到期")).to_be_visible()
        visitor.open(FIELD)
        expect(visitor.page.get_by_text("已过期：助手只说")).to_be_visible()
        visitor.page.get_by_role("button", name="恢复第 1 版").click()
        expect(visitor.page.get_by_text("已按以前的内容重新提交")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_a_spreadsheet_with_a_fault_is_refused_and_the_mended_one_taken_in(
    served: Served,
    size: Mapping[str, int],
    shots: Path,
) -> None:
    editor = an_editor(served.runtime)
    width = size["width"]

    with served.visiting(size) as visitor:
        visitor.log_in(editor)
        visitor.open("/knowledge/sheet")
        with visitor.page.expect_download() as loading:
            visitor.page.get_by_role("link", name="导出表格").click()
        data = loading.value.path().read_bytes()
        bad = edited(data, lambda sheet: fill(sheet, row_of(sheet), F="很多", G=None))
        send(visitor.page, bad)
        expect(visitor.page.get_by_text("一项都没有导入")).to_be_visible()
        row = row_in(data)
        expect(visitor.page.get_by_text(f"工作表“本市数据”第 {row} 行“内容” 这里要填金额")).to_be_visible()
        visitor.page.screenshot(path=shots / f"knowledge-sheet-{width}.png", full_page=True)
        assert_fits(visitor.page)
        send(visitor.page, edited(data, lambda sheet: fill(sheet, row_of(sheet))))
        expect(visitor.page.get_by_text("已导入 1 项")).to_be_visible()
        visitor.complaints.clear()  # the browser reports the 422 itself


def test_of_two_editors_the_second_keeps_what_he_typed(served: Served, shots: Path) -> None:
    first, second = an_editor(served.runtime), an_approver(served.runtime)

    with served.visiting(DESKTOP) as slow, served.visiting(PHONE) as fast:
        slow.log_in(second)
        slow.open(FIELD)
        fill_form(slow.page, "790")
        fast.log_in(first)
        fast.open(FIELD)
        fill_form(fast.page, "780")
        fast.page.get_by_role("button", name="提交审核").click()
        expect(fast.page.get_by_text("等另一个人审核后生效")).to_be_visible()
        slow.page.get_by_role("button", name="提交审核").click()
        expect(slow.page.get_by_role("alert")).to_contain_text("陈接线已经改过这一项")
        expect(slow.page.get_by_label("内容")).to_have_value("790")
        slow.page.screenshot(path=shots / "knowledge-two-editors-1280.png", full_page=True)
        slow.complaints.clear()  # the browser reports the 409 itself


def send(page: Page, data: bytes) -> None:
    """Send a file by the form."""
    file: FilePayload = {"name": "本市数据.xlsx", "mimeType": WORKBOOK, "buffer": data}
    page.locator("#file").set_input_files(files=[file])
    page.get_by_role("button", name="检查并导入").click()


def row_in(data: bytes) -> int:
    """Line of the field in a workbook."""
    sheet = load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return row_of(sheet)
