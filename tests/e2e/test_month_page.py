"""The monthly notice on a phone and on a desk."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.chromium import DESKTOP, PHONE
from tests.e2e.test_console_pages import Served, assert_fits, pytestmark, served, shots, site
from tests.factories import a_member
from tests.integration.test_month import a_lived_in_month
from ticketing.domain.staff import Role

__all__ = ["pytestmark", "served", "shots", "site"]


def test_a_supervisor_reads_the_notice_and_takes_it_along(served: Served, shots: Path) -> None:
    a_lived_in_month(served.runtime, served.clock)
    boss = a_member(served.runtime, role=Role.SUPERVISOR, unit="city-hotline", name="郑主管")

    with served.visiting(PHONE) as visitor:
        page = visitor.page
        visitor.log_in(boss)
        page.get_by_role("link", name="统计", exact=True).click()
        page.get_by_role("link", name="月度通报").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("2026年10月")
        page.get_by_role("link", name="下个月").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("2026年11月")
        chart = page.get_by_role("img", name="各单位工单数")
        expect(chart).to_have_attribute("aria-label", "各单位工单数：西津街道 4 件。")
        assert_fits(page)
        page.screenshot(path=shots / "month-360.png", full_page=True)
        with page.expect_download() as taken:
            page.get_by_role("link", name="下载 PDF").click()
        taken.value.save_as(shots / "month.pdf")
        with page.expect_download() as taken:
            page.get_by_role("link", name="下载 Excel").click()
        assert taken.value.suggested_filename == "12345热线通报-2026年11月.xlsx"
        taken.value.save_as(shots / "month.xlsx")
    with served.visiting(DESKTOP) as visitor:
        visitor.log_in(boss)
        visitor.open("/figures/month?month=2026-11")
        assert_fits(visitor.page)
        visitor.page.screenshot(path=shots / "month-1280.png", full_page=True)
