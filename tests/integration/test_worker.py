"""The worker and the scheduler as real processes: notices leave, whoever died, whatever is away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.training import ROOT
from bot.worker import relay_of
from tests.conftest import SECRET
from tests.factories import FakeClock, a_member, a_risk_arrival, an_arrival
from tests.fakes.bot_api import TOKEN, BotApi, Served, running_bot_api
from tests.integration.telegram_house import with_telegram
from tests.pictures import a_jpeg
from ticketing.bootstrap import Runtime, build
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.attachments import Attached, FileState, Sort
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Settings

WITHIN_S = 40.0
CHAT = "4711"


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    """Telegram, as far as we see it."""
    with running_bot_api() as api:
        yield api


def environment_of(settings: Settings, bot_api: BotApi) -> Mapping[str, str]:
    """What the processes get."""
    return {
        **os.environ,
        "HOTLINE_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HOTLINE_SECRET": SECRET,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": bot_api.url,
    }


@contextmanager
def process(name: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """One of our processes, ended as the supervisor does."""
    child = subprocess.Popen([sys.executable, "-m", "bot", name], cwd=ROOT, env=dict(environment))
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        assert child.wait(WITHIN_S) == 0


def comes(bot_api: BotApi, count: int) -> bool:
    """Whether so many notices come within the time."""
    deadline = time.monotonic() + WITHIN_S
    while len(bot_api.texts_to(int(CHAT))) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    return len(bot_api.texts_to(int(CHAT))) == count


def bound_worker(runtime: Runtime) -> None:
    """The village's director can be reached by Telegram."""
    runtime.staff.bind_telegram(runtime.staff.bind_code(a_member(runtime, unit="village-xijin-jinbei")), CHAT)


@pytest.mark.slow
def test_the_worker_pushes_a_notice_and_fetches_a_photo_as_soon_as_they_are_there(
    settings: Settings, bot_api: BotApi
) -> None:
    runtime = build(settings)
    bound_worker(runtime)
    bot_api.files["photo"] = Served(a_jpeg())
    with process("worker", environment_of(settings, bot_api)):
        runtime.intake.receive(a_risk_arrival())
        conversation = runtime.intake.receive(a_photo()).conversation_id

        assert comes(bot_api, 1)
        assert is_kept(runtime, conversation)
    runtime.close()


def a_photo() -> Arrival:
    """A picture of somebody on Telegram, still with Telegram."""
    attached = Attached(Sort.PICTURE, "photo")
    return replace(an_arrival(""), channel=Channel.TELEGRAM, kind=Kind.PHOTO, attached=attached)


def is_kept(runtime: Runtime, conversation: str) -> bool:
    """Whether the file of the first line comes within the time."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        file = runtime.chats.for_resident(conversation)[0].attachment
        if file is not None and file.state is FileState.KEPT:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_the_scheduler_pushes_it_when_there_is_no_worker_and_no_queue(
    settings: Settings, bot_api: BotApi
) -> None:
    runtime = build(settings)
    bound_worker(runtime)
    environment = {**environment_of(settings, bot_api), "REDIS_URL": "redis://127.0.0.1:9/0"}
    runtime.intake.receive(a_risk_arrival())

    with process("scheduler", environment):
        assert comes(bot_api, 1)
    runtime.close()


def test_what_a_dead_worker_had_taken_is_sent_by_the_next_one_when_its_lease_is_over(
    settings: Settings, clock: FakeClock, bot_api: BotApi
) -> None:
    runtime = build(with_telegram(settings, bot_api), clock=clock)
    bound_worker(runtime)
    runtime.intake.receive(a_risk_arrival())
    assert len(runtime.outbox.due()) == 1  # and then the worker dies

    early = relay_of(runtime).run()
    clock.advance(timedelta(seconds=61))
    late = relay_of(runtime).run()

    assert (early, late) == (0, 1)
    assert len(bot_api.texts_to(int(CHAT))) == 1
    runtime.close()
