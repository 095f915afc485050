"""The console in a real browser: fits a phone and a desktop, works by touch, and obeys its own policy."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.chromium import DESKTOP, PHONE, shots_folder
from tests.factories import PASSWORD, FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from tests.integration.console_desk import told_police
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import StoredReply
from ticketing.domain.vocabulary import Category, Risk

pytestmark = [pytest.mark.browser]

CITY = "city-hotline"
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")]
#: A finger needs this much, in pixels.
TOUCH_PX = 44


@dataclass(slots=True)
class Visitor:
    """One person at one browser, with everything the browser complained of."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the console."""
        self.page.goto(f"{self.site}/console{path}")

    def log_in(self, actor: Actor) -> None:
        """Fill in the login page."""
        self.open("/login")
        self.page.get_by_label("用户名").fill(actor.username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/console/**")


@pytest.fixture
def site(runtime: Runtime) -> Iterator[str]:
    """The console on a port of this machine."""
    house = FastAPI()
    house.mount("/console", create_console(runtime))
    server = uvicorn.Server(uvicorn.Config(house, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@dataclass(frozen=True, slots=True)
class Served:
    """The console being served, and the browser to look at it with."""

    runtime: Runtime
    clock: FakeClock
    browser: Browser
    site: str

    @contextmanager
    def visiting(self, size: Mapping[str, int]) -> Iterator[Visitor]:
        """A fresh browser window; at its end nothing may have been blocked or broken."""
        context: BrowserContext = self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN"
        )
        visitor = Visitor(context.new_page(), self.site)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on(
            "console",
            lambda message: visitor.complaints.append(message.text) if message.type == "error" else None,
        )
        yield visitor
        context.close()
        assert visitor.complaints == []


@pytest.fixture
def served(runtime: Runtime, clock: FakeClock, browser: Browser, site: str) -> Served:
    """Everything a test of pages needs."""
    return Served(runtime, clock, browser, site)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where the pictures of this test go."""
    return shots_folder(tmp_path)


def a_busy_day(served: Served) -> str:
    """Tickets of every risk, one overdue, and a chat that waits; gives a child's ticket in Jinbei."""
    runtime = served.runtime
    receipt = runtime.intake.receive(
        a_risk_arrival("隔壁津北村那户人家天天晚上打孩子，孩子才六岁，哭得整栋楼都听得见，身上都是伤")
    )
    assert receipt.ticket is not None
    reply = StoredReply(
        "如果孩子现在有危险，请马上拨打 110。您反映的事已经登记，工作人员会尽快处理。", ("现在安全", "正在打")
    )
    runtime.intake.record_replies(receipt.message_id, [reply])
    runtime.reports.fill(receipt.ticket.number, field="since", value="大概有一个月了")
    runtime.reports.fill(receipt.ticket.number, field="safe_now", value="现在没声音了")
    emergency = a_finding(Category.SELF_HARM, Risk.EMERGENCY, "不想活了")
    runtime.intake.receive(an_arrival("我站在楼顶，不想活了", peer="b", finding=emergency))
    hardship = a_finding(Category.URGENT_HARDSHIP, Risk.URGENT, "没饭吃")
    runtime.intake.receive(an_arrival("家里着火了，没地方住，在西津街道", peer="c", finding=hardship))
    served.clock.advance(timedelta(hours=1, minutes=20))
    chat = runtime.intake.receive(an_arrival("殡仪馆多收了我八百块钱", peer="d"))
    runtime.reports.open_report(
        chat.conversation_id, category=Category.FUNERAL_COMPLAINT, text="殡仪馆多收了我八百块钱"
    )
    waiting = runtime.intake.receive(an_arrival("我要跟真人说", peer="e"))
    runtime.intake.wait_for_person(waiting.message_id, reason="asked")
    return receipt.ticket.number


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the right, and everything to tap is large enough for a finger."""
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, page.url
    for target in page.locator(
        "main .button:visible, .nav a:visible, .tabs a:visible, summary:visible"
    ).all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= TOUCH_PX, target.inner_text()


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_its_screen(served: Served, size: Mapping[str, int], shots: Path) -> None:
    number = a_busy_day(served)
    supervisor = a_member(served.runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    admin = a_member(served.runtime, role=Role.ADMIN, unit=CITY, name="管理员")
    chat = served.runtime.chats.waiting(supervisor)[0].id
    paths = {
        "queue": "/queue",
        "overdue": "/queue?scope=overdue",
        "empty": "/queue?scope=mine",
        "ticket": f"/tickets/{number}",
        "call": "/calls/new",
        "chats": "/chats",
        "chat": f"/chats/{chat}",
        "figures": "/figures",
        "account": "/account",
    }

    with served.visiting(size) as visitor:
        visitor.open("/login")
        visitor.page.screenshot(path=shots / f"login-{size['width']}.png", full_page=True)
        assert_fits(visitor.page)
        visitor.log_in(supervisor)
        for name, path in paths.items():
            visitor.open(path)
            visitor.page.screenshot(path=shots / f"{name}-{size['width']}.png", full_page=True)
            assert_fits(visitor.page)
    with served.visiting(size) as visitor:
        visitor.log_in(admin)
        visitor.page.screenshot(path=shots / f"staff-{size['width']}.png", full_page=True)
        assert_fits(visitor.page)


def test_a_worker_on_a_phone_claims_replies_and_resolves(served: Served, shots: Path) -> None:
    number = a_busy_day(served)
    worker = a_member(served.runtime, unit="village-xijin-jinbei", name="王主任")
    conversation = served.runtime.tickets.get(worker, number).ticket.conversation_id
    assert conversation is not None

    with served.visiting(PHONE) as visitor:
        visitor.log_in(worker)
        page = visitor.page
        page.get_by_role("button", name="认领").click()
        expect(page.get_by_text("已认领，请尽快联系。")).to_be_visible()
        page.screenshot(path=shots / "claimed-360.png", full_page=True)
        page.get_by_label("回复内容").fill("我是村里的儿童主任，马上过去看")
        page.get_by_role("button", name="回复反映人").click()
        expect(page.get_by_text("反映人会在聊天里看到")).to_be_visible()
        told_police(served.runtime, worker, number)
        visitor.open(f"/tickets/{number}")
        page.locator("summary", has_text=re.compile("^办结$")).click()
        page.get_by_label("办理结果").fill("孩子已由外婆接走照料")
        page.get_by_role("button", name="办结").click()
        expect(page.get_by_text("结果已发给反映人")).to_be_visible()

    said = [line.text for line in served.runtime.chats.for_resident(conversation)]
    assert "我是村里的儿童主任，马上过去看" in said
    assert any("孩子已由外婆接走照料" in text for text in said)


def test_a_list_left_open_shows_new_tickets_by_itself(served: Served) -> None:
    worker = a_member(served.runtime, unit="town-xijin", name="王主任")

    with served.visiting(PHONE) as visitor:
        visitor.log_in(worker)
        expect(visitor.page.get_by_text("现在没有等人认领的工单")).to_be_visible()
        served.runtime.intake.receive(a_risk_arrival("孩子在西津街道被打"))
        expect(visitor.page.get_by_text("孩子在西津街道被打")).to_be_visible()


def test_what_is_half_typed_survives_a_conflict(served: Served, shots: Path) -> None:
    number = a_busy_day(served)
    worker = a_member(served.runtime, unit="village-xijin-jinbei", name="王主任")
    served.runtime.tickets.claim(worker, number)

    with served.visiting(PHONE) as visitor:
        visitor.log_in(worker)
        visitor.open(f"/tickets/{number}")
        page = visitor.page
        page.get_by_label("备注内容").fill("敲门无人应答，邻居说下午在家")
        served.runtime.tickets.note(
            a_member(served.runtime, unit="town-xijin", name="张督导"), number, text="派出所已到场"
        )
        page.get_by_role("button", name="写备注").click()
        expect(page.get_by_role("alert")).to_contain_text("派出所已到场")
        expect(page.get_by_label("备注内容")).to_have_value("敲门无人应答，邻居说下午在家")
        page.screenshot(path=shots / "conflict-360.png", full_page=True)
        page.get_by_role("button", name="写备注").click()
        expect(page.get_by_text("备注已保存")).to_be_visible()
        visitor.complaints.clear()  # the browser reports the 409 itself
