"""A guide page in a real browser: as it is, without script, enlarged twice, on a small phone, on paper."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize

from bot.web import House, app_of
from tests.e2e.chromium import shots_folder
from tests.fakes.language import FakeLanguage
from tests.integration.house import a_gateway
from ticketing.bootstrap import Runtime

pytestmark = [pytest.mark.browser]

PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=900)
#: Half the window is what 200 % zoom leaves of a desktop.
ZOOMED = ViewportSize(width=640, height=450)
TYPE_PX_MIN = 18


@pytest.fixture
def site(runtime: Runtime) -> Iterator[str]:
    """The pages on a port of this machine."""
    language = FakeLanguage()
    app = app_of(House(runtime, a_gateway(runtime, language), language))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def opened(browser: Browser, address: str, size: ViewportSize, *, scale: float = 1.0) -> Page:
    """The page with script switched off: it must need none."""
    context = browser.new_context(
        viewport=size, locale="zh-CN", java_script_enabled=False, device_scale_factor=scale
    )
    page = context.new_page()
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok
    return page


@pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE), ("zoom-200", ZOOMED)])
def test_a_guide_fits_and_can_be_ticked_without_script(
    browser: Browser, site: str, tmp_path: Path, *, name: str, size: ViewportSize
) -> None:
    page = opened(browser, f"{site}/guide/divorce_registration", size, scale=1.0 if size is DESKTOP else 2.0)
    page.locator("input[type=checkbox]").first.check()
    page.screenshot(path=shots_folder(tmp_path) / f"guide-{name}.png", full_page=True)

    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= size["width"]
    assert page.locator("input[type=checkbox]").first.is_checked()
    assert page.locator("img").evaluate_all("images => images.every(one => one.naturalWidth > 0)")


def test_letters_are_large_and_nothing_runs_over_the_edge(browser: Browser, site: str) -> None:
    page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{site}/guide/dibao")

    size = page.eval_on_selector("main p", "node => parseFloat(getComputedStyle(node).fontSize)")
    assert size >= TYPE_PX_MIN
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert complaints == []


def test_a_guide_is_printed_on_paper(browser: Browser, site: str, tmp_path: Path) -> None:
    page = browser.new_context(viewport=DESKTOP, locale="zh-CN").new_page()
    page.goto(f"{site}/guide/dibao")
    paper = shots_folder(tmp_path) / "guide.pdf"
    page.pdf(path=paper, format="A4")
    page.emulate_media(media="print")
    page.screenshot(path=shots_folder(tmp_path) / "guide-print.png", full_page=True)

    assert paper.read_bytes().startswith(b"%PDF-")
    assert page.locator(".ask:visible").count() == 0
    assert page.locator(".qr img").is_visible()


def test_the_index_leads_to_a_guide(browser: Browser, site: str, tmp_path: Path) -> None:
    page = opened(browser, f"{site}/guide/", PHONE)
    page.screenshot(path=shots_folder(tmp_path) / "guide-index.png")
    page.get_by_role("link", name="高龄津贴").click()

    assert page.locator("h1").inner_text() == "高龄津贴"
