"""The second look on a phone: seen in the navigation, read, settled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from bot.second_look import look_again
from tests.e2e.chromium import PHONE
from tests.e2e.test_console_pages import Served, assert_fits, pytestmark, served, shots, site
from tests.factories import a_member, an_arrival
from tests.fakes.language import CALM, FakeLanguage
from ticketing.domain.second_look import LookRules
from ticketing.domain.staff import Role

__all__ = ["pytestmark", "served", "shots", "site"]

UNSURE = FakeLanguage(parsed={**CALM, "danger": {"name": "self_harm", "confidence": 0.31}})
SAID = ("你们这里能聊天吗", "最近晚上都睡不着，饭也不想吃", "算了，说了也没人管")


def test_a_doubtful_conversation_is_found_read_and_made_a_ticket(served: Served, shots: Path) -> None:
    runtime, operator = served.runtime, a_member(served.runtime, role=Role.OPERATOR, unit="city-hotline")
    for text in SAID:
        runtime.intake.receive(an_arrival(text))
    quiet_for(runtime.second_looks.rules, served)
    # The browser's own loop runs in this thread.
    with ThreadPoolExecutor(1) as scheduler:
        assert scheduler.submit(look_again, runtime, lambda _url: UNSURE).result() == 1

    with served.visiting(PHONE) as visitor:
        visitor.log_in(operator)
        page = visitor.page
        page.get_by_role("link", name="复看").click()
        expect(page.get_by_text("已等")).to_be_visible()
        assert_fits(page)
        page.screenshot(path=shots / "looks-360.png", full_page=True)
        page.get_by_text(SAID[0]).first.click()
        expect(page.get_by_role("heading", name="请从头看一遍")).to_be_visible()
        page.locator("summary", has_text="建工单").click()
        assert_fits(page)
        page.screenshot(path=shots / "look-360.png", full_page=True)
        page.get_by_text("已受害，或过不下去").click()
        page.get_by_role("button", name="建立工单").click()
        expect(page.get_by_text("这段会话已从“复看”移走")).to_be_visible()
        visitor.open("/looks")
        expect(page.get_by_text("都看过了")).to_be_visible()
        page.screenshot(path=shots / "looks-none-360.png", full_page=True)


def quiet_for(rules: LookRules, served: Served) -> None:
    """Let the time pass after which it is read again."""
    served.clock.advance(rules.quiet_for + timedelta(minutes=1))
