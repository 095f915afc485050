"""Referring, answering, sending back, deciding and editing the catalogue, on a phone."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.chromium import PHONE
from tests.e2e.test_console_pages import (
    Served,
    Visitor,
    a_busy_day,
    assert_fits,
    pytestmark,
    served,
    shots,
    site,
)
from tests.factories import a_member
from tests.integration.console_desk import told_police
from ticketing.domain.staff import Role

__all__ = ["pytestmark", "served", "shots", "site"]

CITY = "city-hotline"


def refer(visitor: Visitor, number: str, shots: Path) -> None:
    """The worker asks two bodies, one on a ground of the law and one with consent."""
    page = visitor.page
    visitor.open(f"/tickets/{number}")
    assert_fits(page)
    page.get_by_role("link", name="转介给别的单位").click()
    page.get_by_label("转给谁").select_option("psychological")
    page.get_by_label("请对方做什么").fill("孩子夜里惊醒，请安排一次上门疏导")
    page.get_by_label("或者：法律规定的理由").select_option("mandatory_report")
    page.get_by_role("button", name="转介", exact=True).click()
    expect(page.get_by_text("转介已记录。")).to_be_visible()
    page.get_by_label("转给谁").select_option("city-minors")
    page.get_by_label("请对方做什么").fill("评估要不要临时监护")
    page.get_by_label("谁同意的，怎样同意的").fill("奶奶当面同意，今天上午")
    page.get_by_role("button", name="转介", exact=True).click()
    page.screenshot(path=shots / "refer-two-360.png", full_page=True)
    assert_fits(page)


def decline(visitor: Visitor, number: str, shots: Path) -> None:
    """The unit asked says no, with a reason."""
    page = visitor.page
    visitor.open("/referrals")
    page.screenshot(path=shots / "refer-in-360.png", full_page=True)
    assert_fits(page)
    page.get_by_role("link", name=f"工单 {number}").click()
    page.locator("summary", has_text="不接").click()
    page.get_by_label("为什么不接").fill("孩子有奶奶照看，不符合临时监护")
    page.screenshot(path=shots / "refer-answer-360.png", full_page=True)
    page.get_by_role("button", name="不接").click()
    expect(page.get_by_text("已记下：不接。")).to_be_visible()


def send_back(visitor: Visitor, number: str, shots: Path) -> None:
    """The worker waits no longer for the other body, and sends the ticket back."""
    page = visitor.page
    visitor.open(f"/tickets/{number}/referrals")
    page.locator("summary", has_text="不等了").click()
    page.get_by_label("为什么", exact=True).fill("先退单")
    page.get_by_role("button", name="全部撤回，继续办理").click()
    visitor.open(f"/tickets/{number}")
    page.get_by_role("link", name="更多").click()
    page.locator("summary", has_text="退回").click()
    page.get_by_label("为什么退回").fill("孩子住在南山街道的外婆家")
    page.get_by_label("应由哪个单位办").select_option("town-nanshan")
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_text("退单已交热线审核。")).to_be_visible()
    page.screenshot(path=shots / "sent-back-360.png", full_page=True)


def decide(visitor: Visitor, number: str, shots: Path) -> None:
    """The hotline agrees; who received it first is still responsible."""
    page = visitor.page
    visitor.open("/objections")
    page.locator("summary", has_text="同意退单").click()
    page.screenshot(path=shots / "objections-360.png", full_page=True)
    assert_fits(page)
    page.get_by_label("理由", exact=True).first.fill("核实过，住在南山")
    page.get_by_role("button", name="同意退单").click()
    expect(page.get_by_text("没有等审核的退单。")).to_be_visible()
    visitor.open(f"/tickets/{number}")
    expect(page.get_by_text("首接责任单位")).to_be_visible()


def edit(visitor: Visitor, shots: Path) -> None:
    """A supervisor lets a unit support a matter."""
    page = visitor.page
    visitor.open("/dispatch")
    page.screenshot(path=shots / "dispatch-360.png", full_page=True)
    assert_fits(page)
    page.get_by_role("link", name="改“法律帮助”").click()
    page.locator("summary", has_text="协办单位").click()
    page.get_by_label("协办 1").select_option("city-civil-affairs")
    page.get_by_label("为什么改").fill("民政局协办")
    page.screenshot(path=shots / "dispatch-matter-360.png", full_page=True)
    assert_fits(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("新的一版已生效。")).to_be_visible()
    page.get_by_role("link", name="第 1 版").click()
    page.screenshot(path=shots / "dispatch-version-360.png", full_page=True)
    assert_fits(page)


def test_a_worker_refers_and_sends_back_and_the_hotline_decides_and_edits(
    served: Served, shots: Path
) -> None:
    number = a_busy_day(served)
    worker = a_member(served.runtime, unit="village-xijin-jinbei", name="王主任")
    minors = a_member(served.runtime, unit="city-minors", name="小陈")
    boss = a_member(served.runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    served.runtime.tickets.claim(worker, number)
    told_police(served.runtime, worker, number)

    for actor, act in ((worker, refer), (minors, decline), (worker, send_back), (boss, decide)):
        with served.visiting(PHONE) as visitor:
            visitor.log_in(actor)
            act(visitor, number, shots)
            if actor is boss:
                edit(visitor, shots)

    ticket = served.runtime.tickets.get(boss, number).ticket
    assert (ticket.unit, ticket.responsible_unit) == ("town-nanshan", "village-xijin-jinbei")
    assert served.runtime.dispatch.shelf(boss).number == 1
