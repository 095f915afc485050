"""Telegram by long polling or webhook.

An update is confirmed to Telegram only after the ledger has it. Updates are fetched with the plain Bot
and not with the library's Application, which confirms what it has only queued in memory.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from telegram import Bot, Update

from bot.channels.telegram_channel import ChatGateway, TelegramChannel
from bot.channels.telegram_outlet import (
    Outlet,
    TelegramBusy,
    TelegramUnavailable,
    Undeliverable,
    in_our_words,
    new_bot,
)
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_webhook import serve, webhook_app
from bot.gateway import gateway_of
from ticketing.bootstrap import Runtime, build
from ticketing.domain.errors import ConfigurationFault
from ticketing.settings import Settings, TelegramMode

__all__ = ["TelegramSender", "opened", "poll", "run", "run_polling", "run_webhook"]

ALLOWED_UPDATES = ("message", "edited_message", "callback_query")
#: How long Telegram holds a request open when there is nothing new.
POLL_TIMEOUT_S = 30
#: Pause after a failed round, so that an outage is not hammered.
FAILED_ROUND_PAUSE_S = 2.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def opened(
    settings: Settings, gateway: ChatGateway, runtime: Runtime
) -> AsyncIterator[tuple[Bot, TelegramChannel]]:
    """The bot, greeted by Telegram, and its channel; raises ConfigurationFault without a valid token."""
    if not settings.telegram_token:
        raise ConfigurationFault(detail="TELEGRAM_TOKEN is missing")
    bot = new_bot(token=settings.telegram_token, api_base=settings.telegram_api_base)
    try:
        await until_reached(bot.initialize)
        yield bot, TelegramChannel(Outlet(bot), gateway, runtime)
    finally:
        await bot.shutdown()


async def poll(bot: Bot, channel: TelegramChannel, *, timeout_s: int = POLL_TIMEOUT_S) -> None:
    """Take updates by long polling until cancelled; an outage is waited out."""
    offset: int | None = None
    while True:
        updates = await _fetched(bot, offset, timeout_s)
        outcomes = await asyncio.gather(*map(channel.receive, updates), return_exceptions=True)
        failed = [update for update, outcome in zip(updates, outcomes, strict=True) if outcome is not None]
        if failed:
            offset = failed[0].update_id
            await asyncio.sleep(FAILED_ROUND_PAUSE_S)
        elif updates:
            offset = updates[-1].update_id + 1


async def _fetched(bot: Bot, offset: int | None, timeout_s: int) -> Sequence[Update]:
    try:
        with in_our_words():
            return await bot.get_updates(offset=offset, timeout=timeout_s, allowed_updates=ALLOWED_UPDATES)
    except TelegramBusy as error:
        await asyncio.sleep(error.seconds)
    except (TelegramUnavailable, Undeliverable) as error:
        log.warning("Telegram gives no updates: %s", error)
        await asyncio.sleep(FAILED_ROUND_PAUSE_S)
    return ()


async def until_reached(call: Callable[[], Awaitable[object]]) -> None:
    """Call Telegram until it answers; what it refuses is raised: ConfigurationFault or Undeliverable."""
    while True:
        try:
            with in_our_words():
                await call()
        except TelegramBusy as error:
            await asyncio.sleep(error.seconds)
        except TelegramUnavailable as error:
            log.warning("Telegram cannot be reached: %s", error)
            await asyncio.sleep(FAILED_ROUND_PAUSE_S)
        else:
            return


async def run_polling(settings: Settings, gateway: ChatGateway, runtime: Runtime) -> None:
    """Take the webhook off, then poll until cancelled."""
    async with opened(settings, gateway, runtime) as (bot, channel):
        await until_reached(bot.delete_webhook)
        log.info("telegram: polling")
        await poll(bot, channel)


async def run_webhook(settings: Settings, gateway: ChatGateway, runtime: Runtime) -> None:
    """Ask Telegram to post updates to us, and take them until cancelled."""
    url, secret = settings.telegram_webhook_url, settings.telegram_webhook_secret
    if not url or not secret:
        raise ConfigurationFault(detail="TELEGRAM_WEBHOOK_URL and TELEGRAM_WEBHOOK_SECRET are needed")
    async with opened(settings, gateway, runtime) as (bot, channel):
        await until_reached(
            lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
        )
        log.info("telegram: webhook on port %s", settings.telegram_port)
        app = webhook_app(bot, channel, secret=secret)
        await serve(app, host=settings.host, port=settings.telegram_port)


def run(settings: Settings) -> None:
    """Be the Telegram process until told to stop; raises ConfigurationFault for what cannot work."""
    runtime = build(settings)
    serve_updates = run_webhook if settings.telegram_mode is TelegramMode.WEBHOOK else run_polling

    async def work() -> None:
        gateway = gateway_of(runtime)
        try:
            await serve_updates(settings, gateway, runtime)
        finally:
            await gateway.aclose()

    try:
        until_told_to_stop(work)
    finally:
        runtime.close()


def until_told_to_stop(work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work`` until it ends or the process gets SIGTERM or SIGINT; both end it without a trace."""

    async def main() -> None:
        task = asyncio.ensure_future(work())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            log.info("telegram: stopped")

    asyncio.run(main())
