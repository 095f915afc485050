"""The main job in a real browser: a resident asks and reports, a worker closes, the resident hears of it.

With HOTLINE_PICTURES set to a folder, the pictures for the README are taken on the way.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.conftest import Address

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
DEMO_PASSWORD = "yanshi-2026"
ANSWER_WITHIN_MS = 60_000
#: The chat asks for news every few seconds.
NEWS_WITHIN_MS = 60_000


def picture(page: Page, name: str) -> None:
    """Take a picture for the README, if wanted."""
    folder = os.environ.get("HOTLINE_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def say(page: Page, text: str) -> Locator:
    """Send a message and wait for the answer; the answer's lines after it."""
    before = page.locator("li.line.bot").count()
    page.fill("#text", text)
    page.click("button.send")
    answers = page.locator("li.line.bot")
    expect(answers.nth(before)).to_be_visible(timeout=ANSWER_WITHIN_MS)
    page.wait_for_function("() => document.querySelector('#typing').hidden", timeout=ANSWER_WITHIN_MS)
    return answers.nth(before)


def said_last(page: Page, lines: int = 4) -> str:
    """The newest lines of the conversation."""
    return "\n".join(page.locator("li.line").all_inner_texts()[-lines:])


def log_in(page: Page, house: Address, username: str) -> None:
    """Log in as one of the demo people."""
    page.goto(f"{house.console}/")
    page.fill("#username", username)
    page.fill("#password", DEMO_PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/console/queue**")


def do(page: Page, deed: str, button: str, words: str = "") -> None:
    """Fill in one of the ticket page's forms and send it, opening it first where it is folded."""
    form = page.locator("aside").locator(f"form[action$='/{deed}']")
    if not form.is_visible():
        page.locator("details", has=page.locator(f"form[action$='/{deed}']")).locator("summary").click()
    if words:
        form.locator("textarea").fill(words)
    form.get_by_role("button", name=button).click()


def test_a_resident_asks_and_reports_and_a_worker_claims_and_closes(house: Address, browser: Browser) -> None:
    resident = browser.new_page(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    resident.goto(house.web)

    say(resident, "临时救助是什么，谁能申请")
    assert "临时救助" in said_last(resident)
    say(resident, "那要带什么材料")
    assert "不做家庭经济状况核对" in said_last(resident) or "登记" in said_last(resident)
    say(resident, "在哪里办")
    assert "急难发生地" in said_last(resident)
    assert "社会救助法" in said_last(resident)
    picture(resident, "chat-question")

    say(resident, "我邻居天天打他家孩子，孩子身上都是伤，在西津街道")
    report = said_last(resident)
    assert "110" in report
    number = resident.locator("li.line.bot", has_text="NG20").last.inner_text().split("NG20")[1][:11]
    picture(resident, "chat-report")

    stranger = browser.new_page(viewport=PHONE, locale="zh-CN")
    log_in(stranger, house, "nanshan")
    expect(stranger.get_by_text(f"NG20{number}")).to_have_count(0)

    worker = browser.new_page(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    log_in(worker, house, "xijin")
    card = worker.locator("li.ticket", has_text=f"NG20{number}")
    expect(card).to_be_visible()
    picture(worker, "console-queue")
    card.get_by_role("button", name="认领").click()
    worker.goto(f"{house.console}/tickets/NG20{number}")
    do(worker, "start", "开始办理")
    do(worker, "reply", "回复反映人", "我们已经到孩子家里，派出所也到了。")
    worker.goto(f"{house.console}/tickets/NG20{number}")
    picture(worker, "console-ticket")
    worker.goto(f"{house.console}/tickets/NG20{number}/case")
    worker.get_by_label("谁接的").fill("西津派出所 李警官")
    worker.get_by_label("回执号").fill("回执2026-118")
    worker.get_by_role("button", name="记下报警").click()
    expect(worker.get_by_text("报警已记下。")).to_be_visible()
    worker.goto(f"{house.console}/tickets/NG20{number}")
    do(worker, "resolve", "办结", "孩子已由外婆照料，派出所已介入，我们每周上门看望。")

    told = resident.locator("li.line.staff", has_text="我们已经到孩子家里")
    expect(told).to_be_visible(timeout=NEWS_WITHIN_MS)
    result = resident.locator("li.line", has_text="孩子已由外婆照料")
    expect(result).to_be_visible(timeout=NEWS_WITHIN_MS)
    resident.locator("li.line.bot button", has_text="非常满意").click()
    expect(resident.locator("li.line.bot", has_text="谢谢您的评价")).to_be_visible(timeout=NEWS_WITHIN_MS)
    picture(resident, "chat-rating")

    supervisor = browser.new_page(viewport=DESKTOP, locale="zh-CN")
    log_in(supervisor, house, "zhuguan")
    supervisor.goto(f"{house.console}/tickets/NG20{number}")
    expect(supervisor.get_by_text("已结案").first).to_be_visible()
    expect(supervisor.get_by_text("非常满意").first).to_be_visible()
