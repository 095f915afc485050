"""A photo's way from a resident's phone to the worker who has the ticket, in a real browser."""

import wave
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Locator, expect

from tests.e2e.test_feedback_pages import WIDE, logged_in
from tests.e2e.test_webchat_pages import (
    AT_RISK,
    NEWS_WITHIN_MS,
    PHONE,
    TOUCH_PX,
    Resident,
    language,
    picture,
    pytestmark,
    resident,
    site,
)
from tests.factories import a_finding, a_member, an_arrival
from tests.pictures import a_jpeg
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Kind
from ticketing.domain.attachments import Attached, Sort, Trouble
from ticketing.domain.vocabulary import Channel

__all__ = ["language", "pytestmark", "resident", "site"]

WORKER_UNIT = "village-xijin-jinbei"


def a_long_sound() -> bytes:
    """Half a minute of silence that every browser plays."""
    written = BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * 30)
    return written.getvalue()


def on_telegram(runtime: Runtime) -> str:
    """A ticket of somebody on Telegram who sent a voice, a picture that is late, and one too large."""
    for number, sort in enumerate((Sort.SOUND, Sort.PICTURE, Sort.PICTURE, Sort.PAPER)):
        words = AT_RISK if number == 0 else ""
        receipt = runtime.intake.receive(
            replace(
                an_arrival(words, peer="7", finding=a_finding() if words else None),
                channel=Channel.TELEGRAM,
                kind=Kind.VOICE if sort is Sort.SOUND else Kind.PHOTO,
                attached=Attached(sort, f"file-{number}", "伤情鉴定.pdf" if sort is Sort.PAPER else ""),
            )
        )
    sound, late, large, paper = runtime.attachments.due(4)
    runtime.attachments.fetched(sound.id, a_long_sound())
    runtime.attachments.failed(late.id, Trouble.UNREACHABLE)
    runtime.attachments.lose(large.id, Trouble.TOO_LARGE)
    runtime.attachments.fetched(paper.id, b"%PDF-1.4\n%%EOF")
    ticket = runtime.reports.current(receipt.conversation_id)
    assert ticket is not None
    return ticket.number


def is_drawn(image: Locator) -> bool:
    """Whether the browser has the picture and could read it."""
    expect(image).to_have_js_property("complete", value=True)
    return bool(image.evaluate("node => node.naturalWidth > 0"))


def test_a_photo_sent_with_words_is_seen_by_the_worker_who_has_the_ticket(
    resident: Resident, browser: Browser, runtime: Runtime, tmp_path: Path
) -> None:
    page = resident.page
    photo = FilePayload(
        name="伤.jpg", mimeType="image/jpeg", buffer=a_jpeg(size=(4000, 3000), colour="indianred")
    )
    pick = page.locator(".pick label")
    assert pick.evaluate("node => node.offsetHeight") >= TOUCH_PX - 1
    page.set_input_files("#picture", photo)
    expect(page.locator("#picked")).to_have_text("选好了，按“发送”")
    picture(page, tmp_path, "photo-picked")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    resident.say(AT_RISK)
    expect(page.locator("li.line.me")).to_have_count(2, timeout=NEWS_WITHIN_MS)
    expect(page.locator("li.line.bot", has_text="工单号")).to_be_visible(timeout=NEWS_WITHIN_MS)
    expect(page.locator("#picked")).to_be_hidden()
    picture(page, tmp_path, "photo-sent")
    page.set_input_files("#picture", FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=b"<svg>"))
    resident.say("这是证据")
    expect(page.locator("li.line", has_text="图片没有收下")).to_be_visible(timeout=NEWS_WITHIN_MS)
    expect(page.locator("li.line.me", has_text="这是证据")).to_be_visible()
    picture(page, tmp_path, "photo-refused")
    resident.complaints = [one for one in resident.complaints if "422" not in one]

    worker = a_member(runtime, unit=WORKER_UNIT)
    number = runtime.tickets.queue(worker, scope="unit").items[0].number
    desk = logged_in(browser, resident.site, worker, PHONE)
    desk.goto(f"{resident.site}/console/tickets/{number}")
    assert is_drawn(desk.locator(".sent img"))
    desk.locator(".sent img").scroll_into_view_if_needed()
    picture(desk, tmp_path, "ticket-photo")
    desk.locator(".file img").scroll_into_view_if_needed()
    assert is_drawn(desk.locator(".file img"))
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with desk.expect_popup() as opened:
        desk.locator(".file a").first.click()
    assert is_drawn(opened.value.locator("img"))
    desk.context.close()


def test_a_voice_plays_on_while_the_page_is_refreshed_and_what_is_missing_says_why(
    resident: Resident, browser: Browser, runtime: Runtime, tmp_path: Path
) -> None:
    number = on_telegram(runtime)
    worker = a_member(runtime, unit=WORKER_UNIT)
    desk = logged_in(browser, resident.site, worker, PHONE)
    desk.goto(f"{resident.site}/console/tickets/{number}")
    desk.locator("audio").scroll_into_view_if_needed()
    picture(desk, tmp_path, "ticket-voice")
    desk.evaluate("document.querySelector('audio').play()")
    talk = f"/console/tickets/{number}/talk?version=1"
    refresh = f"htmx.ajax('GET', '{talk}', {{target: '#talk', swap: 'outerHTML'}})"
    desk.evaluate(refresh)
    assert desk.locator("audio").evaluate("node => !node.paused && node.duration > 29")
    desk.evaluate("document.querySelector('audio').pause()")
    desk.evaluate(f"{refresh}.then(() => document.body.classList.add('refetched'))")
    expect(desk.locator("body.refetched")).to_be_attached()
    expect(desk.locator(".file")).to_have_count(4)
    desk.locator("audio").scroll_into_view_if_needed()
    picture(desk, tmp_path, "ticket-files")
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    desk.set_viewport_size(WIDE)
    desk.locator("#talk").scroll_into_view_if_needed()
    picture(desk, tmp_path, "ticket-files-wide")
    expect(desk.get_by_role("button", name="现在再试一次")).to_have_count(1)
    desk.locator(".file", has_text="图片还没取到").get_by_role("button", name="现在再试一次").click()
    expect(desk.get_by_text("正在重新取")).to_be_visible()
    expect(desk.get_by_text("图片没有取到")).to_be_visible()
    desk.context.close()
