"""Pushes from the outbox, and updates that Telegram posts to us."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.channels.telegram import run_webhook
from bot.channels.telegram_outlet import TelegramBusy, Undeliverable
from bot.channels.telegram_sender import TelegramSender
from tests.fakes.bot_api import TOKEN, BotApi, Failure, running_bot_api
from tests.integration.telegram_house import PATIENCE_S, House, SmallGateway, until
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel

# The library announces a change of its own types each time Telegram asks to slow down.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

RESIDENT = 700


@pytest.fixture
def api() -> Iterator[BotApi]:
    """A Bot API server of this test."""
    with running_bot_api() as api:
        yield api


@pytest.fixture
def house(runtime: Runtime, api: BotApi) -> House:
    """A house with its channel, not yet polling."""
    return House(runtime, api, SmallGateway(runtime))


@asynccontextmanager
async def taking_posts(house: House, port: int) -> AsyncIterator[None]:
    """The channel takes webhook posts while the block runs."""
    settings = replace(
        house.runtime.settings,
        telegram_token=TOKEN,
        telegram_api_base=house.api.url,
        telegram_port=port,
        telegram_webhook_url=f"http://127.0.0.1:{port}/telegram/webhook",
        telegram_webhook_secret="agreed-secret",
    )
    task = asyncio.create_task(run_webhook(settings, house.gateway, house.runtime))
    try:
        await until(lambda: is_open(port))
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def is_open(port: int) -> bool:
    """Whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def a_delivery(*, kind: str = "resident", buttons: tuple[str, ...] = ()) -> Delivery:
    """A push to the resident."""
    return Delivery(1, kind, Channel.TELEGRAM, str(RESIDENT), "有结果了", buttons, "NG20261123-0001")


@pytest.fixture
def sender(runtime: Runtime, api: BotApi) -> TelegramSender:
    """What the worker sends with."""
    return TelegramSender(token=TOKEN, api_base=api.url, texts=runtime.texts)


async def test_a_push_to_a_resident_carries_its_keys(sender: TelegramSender, api: BotApi) -> None:
    await asyncio.to_thread(sender.send, a_delivery(buttons=("满意", "不满意")))

    assert api.last_to(RESIDENT).buttons == ["满意", "不满意"]


async def test_a_long_wait_is_left_to_the_outbox_with_its_seconds(
    sender: TelegramSender, api: BotApi
) -> None:
    api.fail_next("sendMessage", Failure(429, "Too Many Requests: retry after 90", retry_after_s=90))

    with pytest.raises(TelegramBusy) as caught:
        await asyncio.to_thread(sender.send, a_delivery())

    assert caught.value.seconds == 90


async def test_a_push_to_someone_who_blocked_the_bot_is_undeliverable(
    sender: TelegramSender, api: BotApi
) -> None:
    api.blocked_chats.add(str(RESIDENT))

    with pytest.raises(Undeliverable) as caught:
        await asyncio.to_thread(sender.send, a_delivery())

    assert str(RESIDENT) not in str(caught.value)


async def test_a_webhook_post_with_the_secret_is_answered_once_however_often_it_comes(
    house: House, unused_tcp_port: int
) -> None:
    async with taking_posts(house, unused_tcp_port):
        update = house.api.update(message=house.api.message(RESIDENT, text="你好"))
        statuses = await asyncio.gather(
            *(asyncio.to_thread(house.api.post_webhook, update) for _ in range(3))
        )

    assert statuses == [200, 200, 200]
    assert house.api.texts_to(RESIDENT) == ["收到：text：你好"]


async def test_a_webhook_post_without_the_secret_is_turned_away(house: House, unused_tcp_port: int) -> None:
    async with taking_posts(house, unused_tcp_port):
        update = house.api.update(message=house.api.message(RESIDENT, text="你好"))
        statuses = [
            await asyncio.to_thread(house.api.post_webhook, update, secret=secret)
            for secret in ("", "wrong", "agreed-secre")
        ]

    assert statuses == [403, 403, 403]
    assert house.gateway.inbound == []


async def test_a_webhook_asks_for_the_update_again_when_it_could_not_be_kept(
    house: House, unused_tcp_port: int
) -> None:
    house.gateway.faults = [StorageUnavailable()]
    async with taking_posts(house, unused_tcp_port):
        update = house.api.update(message=house.api.message(RESIDENT, text="你好"))
        first = await asyncio.to_thread(house.api.post_webhook, update)
        second = await asyncio.to_thread(house.api.post_webhook, update)

    assert (first, second) == (503, 200)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_the_process_takes_updates_and_ends_quietly_when_told(
    house: House, unused_tcp_port: int, mode: str
) -> None:
    process = start_process(house, mode=mode, port=unused_tcp_port)
    try:
        await until(lambda: "getupdates" in house.api.calls or is_open(unused_tcp_port))
        update = house.api.update(message=house.api.message(RESIDENT, text="我家孩子天天被他爸打"))
        if mode == "polling":
            house.api.deliver(update)
        else:
            await asyncio.to_thread(house.api.post_webhook, update)
        await until(lambda: bool(house.api.texts_to(RESIDENT)))
    finally:
        process.terminate()
        _, errors = await asyncio.to_thread(process.communicate, timeout=PATIENCE_S)

    assert "110" in house.api.texts_to(RESIDENT)[0]
    assert (process.returncode, "Traceback" in errors) == (0, False), errors


def start_process(house: House, *, mode: str, port: int) -> subprocess.Popen[str]:
    """The Telegram process as the supervisor starts it; the language server is away."""
    settings = house.runtime.settings
    environment = {
        "PATH": os.environ["PATH"],
        "HOTLINE_HOME": str(settings.home),
        "HOTLINE_SECRET": settings.secret,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "RASA_URL": "http://127.0.0.1:9",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": house.api.url,
        "TELEGRAM_MODE": mode,
        "TELEGRAM_PORT": str(port),
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram/webhook",
        "TELEGRAM_WEBHOOK_SECRET": "agreed-secret",
    }
    imports = "from bot.channels.telegram import run; from ticketing.settings import Settings"
    command = [sys.executable, "-c", f"{imports}; run(Settings.from_env())"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
