"""The page of a case and the list of tasks, on a phone."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.chromium import PHONE
from tests.e2e.test_console_pages import Served, a_busy_day, assert_fits, pytestmark, served, shots, site
from tests.factories import a_member
from ticketing.domain.staff import Role

__all__ = ["pytestmark", "served", "shots", "site"]

CITY = "city-hotline"


def test_a_worker_records_report_and_visit_and_only_then_the_case_may_be_closed(
    served: Served, shots: Path
) -> None:
    number = a_busy_day(served)
    worker = a_member(served.runtime, unit="village-xijin-jinbei", name="王主任")
    boss = a_member(served.runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    served.runtime.tickets.claim(worker, number)

    with served.visiting(PHONE) as visitor:
        visitor.log_in(worker)
        page = visitor.page
        visitor.open("/tasks")
        page.screenshot(path=shots / "tasks-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("link", name="去填报警记录").click()
        expect(page.get_by_text("还没有报警记录。")).to_be_visible()
        page.screenshot(path=shots / "case-360.png", full_page=True)
        assert_fits(page)
        page.get_by_label("谁接的").fill("西津派出所 李警官")
        page.get_by_label("回执号").fill("回执2026-118")
        page.get_by_label("属于哪种情形").select_option("injuries")
        page.get_by_role("button", name="记下报警").click()
        expect(page.get_by_text("报警已记下。")).to_be_visible()
        page.get_by_role("link", name="填家访记录").click()
        page.get_by_label("哪天去的").fill("2026-11-23")
        page.get_by_label("孩子现在安全吗").select_option("doubt")
        page.get_by_label("见到孩子了吗").select_option("yes_")
        page.get_by_label("家里怎样").fill("奶奶在家照看")
        page.get_by_label("下次哪天去").fill("2026-11-30")
        page.screenshot(path=shots / "visit-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已保存。")).to_be_visible()
        page.screenshot(path=shots / "case-after-360.png", full_page=True)
    file = served.runtime.child_cases.get(boss, number)
    assert [one.receipt for one in file.reports] == ["回执2026-118"]
    assert file.records[0].answers["home"] == "奶奶在家照看"


def test_a_missed_call_is_logged_and_rung_back(served: Served, shots: Path) -> None:
    operator = a_member(served.runtime, role=Role.OPERATOR, unit=CITY, name="小李")

    with served.visiting(PHONE) as visitor:
        visitor.log_in(operator)
        page = visitor.page
        visitor.open("/calls/missed")
        assert_fits(page)
        page.get_by_label("来电号码").fill("05631234567")
        page.get_by_role("button", name="登记").click()
        expect(page.get_by_role("link", name="拨打 05631234567")).to_be_visible()
        page.screenshot(path=shots / "missed-360.png", full_page=True)
        page.locator("summary", has_text="办完了").click()
        page.get_by_label("结果怎样").fill("已回电，问低保，已答复")
        page.get_by_role("button", name="记下结果").click()
        expect(page.get_by_text("没有要做的事。")).to_be_visible()


def test_a_unit_that_accepted_a_referral_reads_what_was_ticked_for_it(served: Served, shots: Path) -> None:
    number = a_busy_day(served)
    worker = a_member(served.runtime, unit="village-xijin-jinbei", name="王主任")
    asked = a_member(served.runtime, unit="town-nanshan", name="小赵")
    served.runtime.tickets.claim(worker, number)
    visit = {
        "visited_on": "2026-11-23",
        "safe": "doubt",
        "seen_child": "yes_",
        "home": "孩子说饿，奶奶腿不好",
    }
    served.runtime.child_cases.write_record(worker, number, form="home_visit", answers=visit)

    with served.visiting(PHONE) as visitor:
        visitor.log_in(worker)
        page = visitor.page
        visitor.open(f"/tickets/{number}/referrals")
        page.get_by_label("转给谁").select_option("town-nanshan")
        page.get_by_label("请对方做什么").fill("请上门看看要不要临时救助")
        page.get_by_label("谁同意的").fill("奶奶电话里同意")
        page.get_by_label("家访记录").check()
        page.screenshot(path=shots / "refer-shows-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("button", name="转介", exact=True).click()
        expect(page.get_by_text("接了以后看得到")).to_be_visible()

    with served.visiting(PHONE) as visitor:
        visitor.log_in(asked)
        page = visitor.page
        visitor.open(f"/tickets/{number}")
        expect(page.get_by_text("办案记录：")).to_have_count(0)
        visitor.open(f"/tickets/{number}/referrals")
        page.locator("summary", has_text="接").first.click()
        page.get_by_role("button", name="接", exact=True).click()
        page.get_by_role("link", name="看办案记录").click()
        page.locator("summary", has_text="家访记录").click()
        expect(page.get_by_text("孩子说饿，奶奶腿不好")).to_be_visible()
        expect(page.get_by_text("还没有报警记录")).to_have_count(0)
        page.screenshot(path=shots / "case-shown-360.png", full_page=True)
        assert_fits(page)
