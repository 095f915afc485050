"""The main job by Telegram on a whole house: a report is understood, claimed by button, closed and rated."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.training import ROOT, ensure_model, model_path
from tests.e2e.conftest import environment, wait_until_up
from tests.fakes.bot_api import TOKEN, BotApi, running_bot_api
from tests.integration.console_desk import told_police
from tests.language_house import MODEL_HOME
from ticketing.bootstrap import Runtime, build
from ticketing.settings import Settings

pytestmark = [pytest.mark.model, pytest.mark.slow]

RESIDENT, WORKER = 4001, 4002
DEMO_PASSWORD = "yanshi-2026"
HEARD_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class House:
    """A running house, its Bot API, and a view into its database."""

    api: BotApi
    runtime: Runtime


@pytest.fixture
def house_on_telegram() -> Iterator[House]:
    """`hotline up` with a Telegram token, against the local Bot API server."""
    temporary = tempfile.TemporaryDirectory(prefix="hotline-e2e-", ignore_cleanup_errors=True)
    with running_bot_api() as api, temporary as folder:
        home = Path(folder)
        model = model_path(home)
        model.parent.mkdir(parents=True)
        shutil.copy(ensure_model(MODEL_HOME), model)
        env = {**environment(home), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": api.url}
        with (home / "up.log").open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", "up"], cwd=ROOT, env=env, stdout=printed, stderr=printed
            )
        try:
            wait_until_up(process, home)
            runtime = build(Settings.from_env(env))
            yield House(api, runtime)
            runtime.close()
        finally:
            process.terminate()
            process.wait(timeout=60)


def heard(house: House, chat_id: int, words: str) -> str:
    """The first thing said to a chat with these words in it, waited for."""
    return until(lambda: next((one for one in house.api.texts_to(chat_id) if words in one), ""))


def until(found: Callable[[], str]) -> str:
    """What is found, as soon as there is something."""
    deadline = time.monotonic() + HEARD_WITHIN_S
    while time.monotonic() < deadline:
        if text := found():
            return text
        time.sleep(0.2)
    raise AssertionError("nothing was heard in time")


def test_a_report_by_telegram_is_claimed_by_button_and_the_resident_hears(house_on_telegram: House) -> None:
    house = house_on_telegram
    worker = house.runtime.staff.actor_of_session(house.runtime.staff.login("xijin", DEMO_PASSWORD))
    house.api.text(WORKER, f"/bind {house.runtime.staff.bind_code(worker)}")
    until(lambda: "\n".join(house.api.texts_to(WORKER)))

    house.api.text(RESIDENT, "我邻居天天打他家孩子，孩子身上都是伤，在西津街道")
    assert "110" in heard(house, RESIDENT, "NG20")
    heard(house, RESIDENT, "孩子现在安全吗")

    heard(house, WORKER, "未成年人保护")
    notice = house.api.last_to(WORKER)
    claim = next(data for data in notice.callback_data if data.startswith("claim:"))
    house.api.tap(WORKER, notice, claim)
    heard(house, RESIDENT, "已有工作人员接手")
    number = claim.removeprefix("claim:")
    told_police(house.runtime, worker, number)
    house.api.text(WORKER, f"/close {number} 孩子已由外婆照料")
    heard(house, RESIDENT, "孩子已由外婆照料")
    house.api.text(RESIDENT, "非常满意")
    heard(house, RESIDENT, "谢谢您的评价")

    assert house.runtime.tickets.get(worker, number).ticket.rating == 5
