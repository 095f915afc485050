"""A repeat on a phone: proposed, merged by one tap, parted again."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.chromium import PHONE
from tests.e2e.test_console_pages import Served, assert_fits, pytestmark, served, shots, site
from tests.factories import a_member, an_arrival
from ticketing.domain.staff import Role
from ticketing.domain.vocabulary import Category

__all__ = ["pytestmark", "served", "shots", "site"]

LAMPS = ("西津街道城东社区菜市场门口的路灯坏了，晚上老人摔跤", "城东社区菜市场路灯不亮，西津街道，没法走")


def test_a_repeat_is_merged_by_one_tap_and_parted_again(served: Served, shots: Path) -> None:
    boss = a_member(served.runtime, role=Role.SUPERVISOR, unit="city-hotline", name="郑主管")
    numbers = []
    for peer, text in enumerate(LAMPS):
        chat = served.runtime.intake.receive(an_arrival(text, peer=f"p{peer}")).conversation_id
        given = served.runtime.reports.open_report(chat, category=Category.OTHER_DEPARTMENT, text=text)
        numbers.append(given.number)
    first, second = numbers

    with served.visiting(PHONE) as visitor:
        visitor.log_in(boss)
        page = visitor.page
        visitor.open(f"/tickets/{second}")
        expect(page.get_by_role("heading", name="可能是同一件事")).to_be_visible()
        assert_fits(page)
        page.screenshot(path=shots / "repeat-360.png", full_page=True)
        page.get_by_role("button", name="是同一件，把本单并进去").click()
        expect(page.get_by_text("已并单，时限按最早的一件算")).to_be_visible()
        page.screenshot(path=shots / "merged-360.png", full_page=True)
        page.get_by_role("heading", name="已并入").get_by_role("link", name=first).click()
        page.locator("summary", has_text=second).click()
        assert_fits(page)
        page.screenshot(path=shots / "kept-360.png", full_page=True)
        visitor.open(f"/tickets/{first}")
        page.locator("summary", has_text="办结：").click()
        page.locator("#times").screenshot(path=shots / "times-360.png")
        page.locator("summary", has_text="暂停计时").click()
        page.get_by_label("为什么要等").fill("等路灯管理所的配件")
        page.get_by_role("button", name="暂停计时").click()
        expect(page.get_by_text("已暂停计时。")).to_be_visible()
        page.get_by_role("button", name="恢复计时").click()
        visitor.open(f"/tickets/{second}")
        page.locator("summary", has_text="并错了").click()
        page.get_by_label("为什么不是同一件事").fill("一个在门口，一个在后巷")
        page.get_by_role("button", name="撤销并单").click()
        expect(page.get_by_text("已撤销并单，恢复到并单前。")).to_be_visible()
        expect(page.get_by_role("heading", name="可能是同一件事")).to_have_count(0)
