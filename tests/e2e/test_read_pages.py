"""Who read what, as a supervisor sees it on a phone: on a ticket, and refused ones by person."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.chromium import PHONE
from tests.e2e.test_console_pages import Served, assert_fits, pytestmark, served, shots, site
from tests.factories import a_member, an_arrival
from tests.integration.console_desk import CITY, desk_of, reported
from ticketing.domain.staff import Role

__all__ = ["pytestmark", "served", "shots", "site"]


def test_a_supervisor_sees_who_read_a_ticket_and_who_was_refused(served: Served, shots: Path) -> None:
    runtime = served.runtime
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    worker, stranger = a_member(runtime), a_member(runtime, unit="town-meilin", name="梅林的人")
    number, _ = reported(runtime)
    for path in (f"/tickets/{number}", "/queue", "/search?q=打孩子"):
        desk_of(runtime, worker).get(f"/console{path}")
    desk_of(runtime, stranger).get(f"/console/tickets/{number}")

    with served.visiting(PHONE) as visitor:
        visitor.log_in(boss)
        page = visitor.page
        visitor.open(f"/tickets/{number}")
        page.get_by_role("link", name="谁看过这张工单").click()
        expect(page.get_by_role("heading", name="谁看过这张工单")).to_be_visible()
        expect(page.get_by_text("没有权限，已拒绝")).to_be_visible()
        assert_fits(page)
        page.screenshot(path=shots / "readers-360.png", full_page=True)

        page.get_by_role("link", name="查看记录").click()
        page.get_by_label("结果").select_option("refused")
        page.get_by_role("button", name="查", exact=True).click()
        expect(page.locator("li.card")).to_have_count(1)
        expect(page.locator("li.card")).to_contain_text("梅林的人")
        assert_fits(page)
        page.screenshot(path=shots / "reads-360.png", full_page=True)


def test_a_supervisor_finds_who_waits_too_long_among_the_tasks(served: Served, shots: Path) -> None:
    runtime = served.runtime
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    receipt = runtime.intake.receive(an_arrival("有人吗，想问问低保"))
    runtime.intake.wait_for_person(receipt.message_id, reason="bot_away")
    # Offices are closed at noon: until half past two nobody is told.
    served.clock.advance(timedelta(hours=2, minutes=45))
    runtime.waiting_watch.sweep()

    with served.visiting(PHONE) as visitor:
        visitor.log_in(boss)
        visitor.open("/tasks")
        page = visitor.page
        expect(page.get_by_text("过了时间还没有人回")).to_be_visible()
        assert_fits(page)
        page.screenshot(path=shots / "waiting-task-360.png", full_page=True)
        page.get_by_role("link", name="去看谁在等").click()
        expect(page.get_by_text("有人吗，想问问低保")).to_be_visible()
