"""A whole house as `make run` starts it, and a real browser."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.training import ROOT, ensure_model, model_path
from tests.e2e.chromium import chromium
from tests.language_house import MODEL_HOME
from ticketing.server_process import free_port

READY_WITHIN_S = 240


@dataclass(frozen=True, slots=True)
class Address:
    """Where the house is found."""

    web: str

    @property
    def console(self) -> str:
        """Staff's pages."""
        return f"{self.web}/console"


@pytest.fixture(scope="package")
def house() -> Iterator[Address]:
    """`hotline up` on an empty data folder, with the trained model put there beforehand."""
    with tempfile.TemporaryDirectory(prefix="hotline-e2e-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        model = model_path(home)
        model.parent.mkdir(parents=True)
        shutil.copy(ensure_model(MODEL_HOME), model)
        with (home / "up.log").open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", "up"],
                cwd=ROOT,
                env=environment(home),
                stdout=printed,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Address(web=wait_until_up(process, home))
        finally:
            process.terminate()
            process.wait(timeout=60)


def environment(home: Path) -> dict[str, str]:
    """Free ports, and nothing of the developer's own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TELEGRAM_"))
    }
    ports = {name: str(free_port()) for name in ("HOTLINE_PORT", "HOTLINE_RASA_PORT", "HOTLINE_ACTIONS_PORT")}
    return {**kept, **ports, "HOTLINE_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def wait_until_up(process: subprocess.Popen[bytes], home: Path) -> str:
    """Address of the web service once `up` has printed it."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        printed = (home / "up.log").read_text(encoding="utf-8")
        if "/console/" in printed and (home / "run.json").exists():
            return str(json.loads((home / "run.json").read_text())["web_url"])
        time.sleep(0.5)
    raise AssertionError((home / "up.log").read_text(encoding="utf-8"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; closed with this folder: its event loop would disturb everybody else."""
    with chromium() as launched:
        yield launched
