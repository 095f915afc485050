"""What comes after the work, in a real browser: ringing back, what came of it, the monthly sample."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_console_pages import CITY, Served, assert_fits, served, shots, site
from tests.factories import a_member
from ticketing.domain.staff import Role
from ticketing.domain.ticket import PhoneReport
from ticketing.domain.vocabulary import Category, Risk

__all__ = ["served", "shots", "site"]
pytestmark = [pytest.mark.browser]

PHONE, DESK = (390, 844), (1280, 900)


def looked_at(page: Page, folder: Path, name: str) -> None:
    """The page fits a phone and a desk; a picture of each."""
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        assert_fits(page)


def rung_about(served: Served) -> str:
    """A report by telephone, settled by a worker, with a call-back to make."""
    operator = a_member(served.runtime, role=Role.OPERATOR, unit=CITY, name="小李")
    worker = a_member(served.runtime, unit="town-xijin", name="王主任")
    report = PhoneReport(
        Category.ELDER_HARM,
        Risk.URGENT,
        "西津街道津北村的周奶奶一个人在家没人照料，已经三天没吃上热饭",
        place="西津街道津北村",
        contact="138-0563-1234",
        who="周奶奶，82岁",
    )
    number = served.runtime.tickets.file(operator, report).number
    served.runtime.tickets.claim(worker, number)
    served.runtime.tickets.start(worker, number)
    result = "周奶奶的午饭从明天起由村里的助餐点送上门，下周一村医上门量血压。"
    served.runtime.tickets.resolve(worker, number, result=result)
    return number


def test_a_call_back_is_made_on_its_own_form_and_a_supervisor_checks_the_closed_ticket(
    served: Served, shots: Path
) -> None:
    number = rung_about(served)
    caller = a_member(served.runtime, role=Role.OPERATOR, unit=CITY, name="回访员小陈")
    boss = a_member(served.runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")

    with served.visiting({"width": PHONE[0], "height": PHONE[1]}) as visitor:
        visitor.log_in(caller)
        page = visitor.page
        visitor.open("/tasks")
        # Done by a word in the list, nobody would have asked whether she has her meals.
        expect(page.locator("summary", has_text="办完了")).to_have_count(0)
        looked_at(page, shots, "closing-tasks")
        page.get_by_role("link", name="去回访").click()
        form = page.locator("#do-call_back")
        expect(form.get_by_role("link", name="拨打 13805631234")).to_be_visible()
        expect(page.locator("#closures")).to_contain_text("打电话回访时说给他听")
        looked_at(page, shots, "closing-form")
        form.get_by_label("联系上了没有").select_option("not_reached")
        form.get_by_label("对方怎么说的").fill("响了很久没人接")
        form.get_by_role("button", name="记录回访").click()
        expect(page.get_by_role("status")).to_be_visible()
        looked_at(page, shots, "closing-tried")
        form.get_by_label("联系上了没有").select_option("reached")
        form.get_by_label("事情解决了吗").select_option("yes")
        form.get_by_label("满意不满意").select_option("4")
        form.get_by_label("对方怎么说的").fill("饭送到了，谢谢")
        form.get_by_role("button", name="记录回访").click()
        expect(page.locator("#closures")).to_contain_text("饭送到了，谢谢")
        looked_at(page, shots, "closing-heard")
    served.runtime.tickets.close(boss, number)
    served.clock.advance(timedelta(days=10))
    with served.visiting({"width": PHONE[0], "height": PHONE[1]}) as visitor:
        visitor.log_in(boss)
        page = visitor.page
        visitor.open("/quality?month=2026-11")
        looked_at(page, shots, "quality-empty")
        page.get_by_role("button", name="抽取这个月的工单").click()
        looked_at(page, shots, "quality-drawn")
        page.get_by_role("link", name="看这一件").first.click()
        looked_at(page, shots, "quality-check")
        for choice in page.locator("form[action*='/quality/'] select").all():
            choice.select_option("no")
        page.get_by_role("button", name="记下").click()
        looked_at(page, shots, "quality-done")
