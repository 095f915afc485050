"""A real browser: the Chromium found on the machine, never one downloaded by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Inside a container there is neither a sandbox nor room in /dev/shm.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
PHONE = {"width": 360, "height": 740}
SEEN_WITHIN_MS = 30_000
DESKTOP = {"width": 1280, "height": 900}


def chromium_path() -> str:
    """Where the browser is; without one the test is skipped, but fails where CI demands it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI must have a Chromium: apt-get install chromium fonts-noto-cjk")
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed afterwards."""
    with sync_playwright() as playwright:
        # Of each thing that is looked for; five seconds are too few beside another process of the tests.
        expect.set_options(timeout=SEEN_WITHIN_MS)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def shots_folder(default: Path) -> Path:
    """Where pictures of pages go: HOTLINE_SHOTS, else the test's own folder."""
    folder = Path(os.environ.get("HOTLINE_SHOTS", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
