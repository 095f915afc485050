"""From a bad answer to a better one, in a real browser: vote, editor's list, a form, the guide page."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
import uvicorn
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from bot.messages import Button, OutboundMessage
from bot.web import House, app_of
from tests.e2e.chromium import shots_folder
from tests.e2e.test_guide_pages import PHONE, ZOOMED, opened
from tests.factories import PASSWORD, a_member, an_arrival
from tests.fakes.language import FakeLanguage
from tests.integration.console_desk import CITY
from tests.integration.house import a_gateway
from tests.unit.knowledge.test_form_files import a_pdf
from ticketing.bootstrap import Runtime
from ticketing.domain.answer_marks import AnswerMark, Gap
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import StoredReply
from ticketing.domain.triage import Question

pytestmark = [pytest.mark.browser]
WIDE = ViewportSize(width=1280, height=900)
FORM_NAME = "最低生活保障申请表"


@pytest.fixture
def site(runtime: Runtime) -> Iterator[str]:
    """All pages on a port of this machine, with a bot that answers everything about one item's materials."""
    (answer,) = runtime.answers.to((Question("dibao", "materials"),), titled=False)
    reply = OutboundMessage(answer.text, tuple(map(Button, answer.buttons)), answer.mark)
    language = FakeLanguage(replies=(reply,))
    app = app_of(House(runtime, a_gateway(runtime, language), language))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def a_visitor(browser: Browser, size: ViewportSize) -> Page:
    """A browser of somebody new."""
    return browser.new_context(viewport=size, locale="zh-CN").new_page()


def logged_in(browser: Browser, site: str, actor: Actor, size: ViewportSize) -> Page:
    """The console of a member of staff."""
    page = a_visitor(browser, size)
    page.goto(f"{site}/console/login")
    page.locator("input[name=username]").fill(actor.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    return page


def fits(page: Page) -> bool:
    """Nothing runs over the edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def left_open(runtime: Runtime) -> None:
    """Three people asked what nobody answered."""
    for peer, text in [("a", "吃饭钱咋领"), ("b", "吃饭钱咋领呀"), ("c", "俺家吃饭钱咋领，电话13856301234")]:
        receipt = runtime.intake.receive(an_arrival(text, peer=peer))
        reply = StoredReply("没听明白", (), AnswerMark(gap=Gap.NOTHING))
        runtime.intake.record_replies(receipt.message_id, [reply])


def test_a_resident_says_an_answer_is_no_good_and_an_editor_betters_it(
    browser: Browser, site: str, runtime: Runtime, tmp_path: Path
) -> None:
    shots = shots_folder(tmp_path)
    editor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="李编辑")
    left_open(runtime)

    chat = a_visitor(browser, PHONE)
    chat.goto(site)
    chat.locator("#text").fill("低保要什么材料")
    chat.get_by_role("button", name="发送").click()
    expect(chat.get_by_role("button", name="没用")).to_be_visible()
    chat.locator("#text").fill("还没发的话")
    chat.get_by_role("button", name="没用").click()
    chat.get_by_role("button", name="看不懂").click()
    expect(chat.get_by_text("谢谢，已转给编辑。")).to_be_visible()
    expect(chat.locator("#text")).to_have_value("还没发的话")
    expect(chat.locator(".line.me")).to_have_count(1)
    expect(chat.get_by_role("link", name="办事指南")).to_have_attribute("href", "/guide/dibao")
    chat.screenshot(path=shots / "feedback-chat.png")
    assert fits(chat)
    assert_bettered(browser, site, editor, shots)


def assert_bettered(browser: Browser, site: str, editor: Actor, shots: Path) -> None:
    """The editor finds the question and gives it to its item."""
    desk = logged_in(browser, site, editor, PHONE)
    for name, path in {"feedback": "feedback", "bad": "feedback/dibao", "questions": "questions"}.items():
        desk.goto(f"{site}/console/knowledge/{path}")
        desk.screenshot(path=shots / f"knowledge-{name}.png", full_page=True)
        assert fits(desk)
    expect(desk.get_by_text("3 人问过")).to_be_visible()
    desk.get_by_role("link", name="吃饭钱咋领").click()
    desk.screenshot(path=shots / "knowledge-question.png", full_page=True)
    assert fits(desk)
    assert "13856301234" not in desk.content()
    desk.get_by_label("吃饭钱咋领", exact=True).check()
    desk.get_by_label("属于哪个事项").select_option("dibao")
    desk.get_by_role("button", name="交给这个事项当例句").click()
    expect(desk.get_by_text("已交给这个事项当例句")).to_be_visible()


def test_a_form_goes_through_two_hands_to_the_guide_page(
    browser: Browser, site: str, runtime: Runtime, tmp_path: Path
) -> None:
    shots = shots_folder(tmp_path)
    editor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="李编辑")
    second = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="王审核")
    desk = logged_in(browser, site, editor, PHONE)
    desk.goto(f"{site}/console/knowledge/forms/dibao")
    desk.get_by_label("叫什么").fill(FORM_NAME)
    hostile = FilePayload(name="表.pdf", mimeType="application/pdf", buffer=b"<html><script>1</script>")
    desk.locator("input[type=file]").last.set_input_files(hostile)
    desk.get_by_role("button", name="上传，等审核").click()
    expect(desk.get_by_text("这是网页文件")).to_be_visible()
    desk.get_by_label("叫什么").fill(FORM_NAME)
    good = FilePayload(name="表.pdf", mimeType="application/pdf", buffer=a_pdf())
    desk.locator("input[type=file]").last.set_input_files(good)
    desk.get_by_role("button", name="上传，等审核").click()
    expect(desk.get_by_text("等另一个人审核后居民才能下载")).to_be_visible()
    desk.screenshot(path=shots / "knowledge-form.png", full_page=True)
    assert fits(desk)

    other = logged_in(browser, site, second, WIDE)
    other.goto(f"{site}/console/knowledge/forms")
    other.get_by_role("button", name="通过").first.click()
    expect(other.get_by_text("居民现在能下载了")).to_be_visible()
    other.screenshot(path=shots / "knowledge-forms.png", full_page=False)

    guide = opened(browser, f"{site}/guide/dibao", ZOOMED, scale=2.0)
    expect(guide.get_by_role("link", name=FORM_NAME)).to_be_visible()
    guide.screenshot(path=shots / "guide-with-form.png", full_page=True)
    guide.locator("input[type=checkbox]").first.check()
    guide.get_by_role("button", name="把清单发给自己").click()
    expect(guide.get_by_text("☑")).to_be_visible()
    guide.screenshot(path=shots / "guide-list.png", full_page=True)
    assert fits(guide)


def test_a_vote_needs_no_script(browser: Browser, site: str, tmp_path: Path) -> None:
    page = opened(browser, site, PHONE)
    page.locator("#text").fill("低保要什么材料")
    page.get_by_role("button", name="发送").click()

    page.get_by_role("button", name="没用").click()
    page.get_by_role("button", name="过时了").click()

    expect(page.get_by_text("谢谢，已转给编辑。")).to_be_visible()
    page.screenshot(path=shots_folder(tmp_path) / "feedback-no-script.png")
