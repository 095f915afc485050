"""The residents' chat in a real browser: on a small phone, with and without a script, with a bad network."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from bot.channels.webchat_visitor import COOKIE, Visitor
from bot.messages import Button, OutboundMessage
from bot.web import House, app_of
from tests.e2e.chromium import shots_folder
from tests.factories import a_member
from tests.fakes.language import FakeLanguage
from tests.integration.house import a_gateway
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role
from ticketing.domain.vocabulary import Channel

pytestmark = [pytest.mark.browser]

PHONE = ViewportSize(width=360, height=740)
TOUCH_PX = 44
TYPE_PX_MIN = 18
NEWS_WITHIN_MS = 60_000
AT_RISK = "津北村有个孩子天天被他爸打，身上都是伤"
#: What the browser says of requests that the test itself cuts off.
CUT_OFF = "ERR_FAILED"


@dataclass(slots=True)
class Resident:
    """One person at one phone, with everything the browser complained of."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Type and press Enter."""
        self.page.fill("#text", text)
        self.page.press("#text", "Enter")

    def token(self) -> str:
        """The visitor's cookie."""
        cookies = self.page.context.cookies()
        return next(str(cookie["value"]) for cookie in cookies if cookie["name"] == COOKIE)


@pytest.fixture
def language() -> FakeLanguage:
    """The language server."""
    return FakeLanguage(replies=(OutboundMessage("低保是……", (Button("要什么材料"),)),))


@pytest.fixture
def site(runtime: Runtime, language: FakeLanguage) -> Iterator[str]:
    """The pages on a port of this machine."""
    app = app_of(House(runtime, a_gateway(runtime, language), language))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def resident(browser: Browser, site: str) -> Iterator[Resident]:
    """Somebody with a small phone; nothing may be blocked or broken."""
    context: BrowserContext = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    visitor = Resident(context.new_page(), site)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.on(
        "console",
        lambda message: visitor.complaints.append(message.text) if message.type == "error" else None,
    )
    visitor.page.goto(site)
    yield visitor
    context.close()
    assert [complaint for complaint in visitor.complaints if CUT_OFF not in complaint] == []


def picture(page: Page, tmp_path: Path, name: str) -> None:
    """Take a picture to look at."""
    page.screenshot(path=shots_folder(tmp_path) / f"webchat-{name}.png")


def test_everything_fits_a_small_phone_in_large_type(resident: Resident, tmp_path: Path) -> None:
    page = resident.page
    resident.say(AT_RISK)
    expect(page.locator("li.line.bot").nth(2)).to_be_visible(timeout=NEWS_WITHIN_MS)
    for size in range(3):
        picture(page, tmp_path, f"size-{size}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.click("#larger")

    assert type_px(page, ".line p") >= TYPE_PX_MIN
    heights = page.eval_on_selector_all(
        "button, header a.leave, nav a", "nodes => nodes.filter(n => n.offsetParent).map(n => n.offsetHeight)"
    )
    assert min(heights) >= TOUCH_PX - 4


def type_px(page: Page, selector: str) -> float:
    """Size of the letters of the first such element."""
    size = page.eval_on_selector(selector, "node => getComputedStyle(node).fontSize")
    return float(str(size).removesuffix("px"))


def test_the_numbers_stay_in_sight_however_long_the_talk(resident: Resident) -> None:
    page = resident.page
    for number in range(6):
        resident.say(f"第{number}句话，" + "说得长一些，" * 20)
        expect(page.locator("li.line.me")).to_have_count(number + 1, timeout=NEWS_WITHIN_MS)

    expect(page.locator("a[href='tel:110']")).to_be_in_viewport()
    expect(page.locator("#text")).to_be_in_viewport()


def test_a_tap_on_a_button_says_its_words(resident: Resident, language: FakeLanguage) -> None:
    page = resident.page
    resident.say("我想问低保")

    page.locator("li.line .taps button").click(timeout=NEWS_WITHIN_MS)

    expect(page.locator("li.line.bot")).to_have_count(3, timeout=NEWS_WITHIN_MS)
    assert language.said == ["我想问低保", "要什么材料"]


def test_a_message_is_called_sent_only_when_it_is_and_can_be_sent_again(
    resident: Resident, language: FakeLanguage, tmp_path: Path
) -> None:
    page = resident.page
    page.route("**/api/chat", lambda route: route.abort())
    resident.say("我想问低保")
    failed = page.locator("li.line.failed")
    expect(failed).to_contain_text("没有发出去", timeout=NEWS_WITHIN_MS)
    picture(page, tmp_path, "failed")
    page.unroute("**/api/chat")

    failed.get_by_role("button", name="重发").click()

    expect(page.locator("li.line.bot").nth(1)).to_contain_text("低保是", timeout=NEWS_WITHIN_MS)
    expect(failed).to_have_count(0)
    assert page.locator("li.line.me").count() == 1
    assert language.said == ["我想问低保"]


def test_an_answer_lost_on_the_way_is_shown_after_sending_again_and_said_once(
    resident: Resident, language: FakeLanguage
) -> None:
    page = resident.page

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/chat", lose_the_answer)
    resident.say("我想问低保")
    again = page.get_by_role("button", name="重发")
    expect(again).to_be_visible(timeout=NEWS_WITHIN_MS)
    page.unroute("**/api/chat")

    again.click()

    expect(page.locator("li.line.failed")).to_have_count(0, timeout=NEWS_WITHIN_MS)
    expect(page.locator("li.line.me")).to_have_count(1)
    assert language.said == ["我想问低保"]


def test_what_staff_say_appears_by_itself(resident: Resident, runtime: Runtime) -> None:
    page = resident.page
    resident.say("有人吗")
    expect(page.locator("li.line.bot").nth(1)).to_be_visible(timeout=NEWS_WITHIN_MS)
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    peer = Visitor(resident.token(), is_new=False).peer
    conversation_id = runtime.chats.conversation_of(Channel.WEB, peer)
    assert conversation_id is not None
    runtime.chats.take(operator, conversation_id)
    runtime.chats.send(operator, conversation_id, "我是工作人员，您请说")

    expect(page.locator("li.line.staff")).to_contain_text("您请说", timeout=NEWS_WITHIN_MS)


def test_while_the_network_is_away_the_page_says_so_and_recovers(resident: Resident) -> None:
    page = resident.page
    page.route("**/api/chat/lines*", lambda route: route.abort())
    expect(page.locator("#trouble")).to_be_visible(timeout=NEWS_WITHIN_MS)

    page.unroute("**/api/chat/lines*")

    expect(page.locator("#trouble")).to_be_hidden(timeout=NEWS_WITHIN_MS)


def test_after_a_reload_everything_is_there(resident: Resident) -> None:
    page = resident.page
    resident.say(AT_RISK)
    expect(page.locator("li.line.bot").nth(2)).to_be_visible(timeout=NEWS_WITHIN_MS)
    before = page.locator("li.line").all_inner_texts()

    page.reload()

    assert page.locator("li.line p").all_inner_texts()[:1] != []
    assert len(page.locator("li.line").all_inner_texts()) == len(before)


def test_leaving_quickly_shows_something_else_and_forgets(resident: Resident, site: str) -> None:
    page = resident.page
    page.route("https://www.baidu.com/**", lambda route: route.fulfill(body="harmless"))
    resident.say(AT_RISK)
    expect(page.locator("li.line.bot").nth(2)).to_be_visible(timeout=NEWS_WITHIN_MS)

    page.click("#leave")

    page.wait_for_url("https://www.baidu.com/**", timeout=NEWS_WITHIN_MS)
    page.goto(site)
    expect(page.locator("li.line.me")).to_have_count(0)


def test_it_works_without_a_script(browser: Browser, site: str, tmp_path: Path) -> None:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.fill("#text", AT_RISK)
    page.click("button.send")

    expect(page.locator("li.line.bot").nth(1)).to_contain_text("110", timeout=NEWS_WITHIN_MS)
    picture(page, tmp_path, "no-script")
    page.locator("li.line .taps button").click()

    expect(page.locator("li.line.me").nth(1)).to_contain_text("要什么材料")
    context.close()


def test_a_ticket_is_followed_on_a_phone(resident: Resident, tmp_path: Path) -> None:
    page = resident.page
    resident.say(AT_RISK)
    told = page.locator("li.line.bot").nth(1)
    expect(told).to_contain_text("查询码", timeout=NEWS_WITHIN_MS)
    lines = told.inner_text().split("\n")
    number = next(line.partition("：")[2] for line in lines if line.startswith("工单号"))
    code = next(line.partition("：")[2] for line in lines if line.startswith("查询码"))

    page.click("text=凭工单号查进度")
    page.fill("#number", number)
    page.fill("#code", code.lower())
    page.get_by_role("button", name="查一查").click()

    expect(page.locator("dl.ticket")).to_contain_text("已派给承办单位")
    picture(page, tmp_path, "ticket")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert code not in page.url
