"""Takes updates that Telegram posts to us."""

import asyncio
import hmac
import json
import logging

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.channels.telegram_channel import TelegramChannel

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
#: Updates are a few kilobytes; files are fetched apart.
MAX_BODY_BYTES = 1_000_000

log = logging.getLogger(__name__)


def webhook_app(bot: Bot, channel: TelegramChannel, *, secret: str) -> Starlette:
    """An application with the one route; whoever does not know ``secret`` is turned away."""

    async def take(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return PlainTextResponse("forbidden", status_code=403)
        if int(request.headers.get("content-length", MAX_BODY_BYTES + 1)) > MAX_BODY_BYTES:
            return PlainTextResponse("too large", status_code=413)
        update = _update_of(await request.body(), bot)
        if update is None:
            return PlainTextResponse("not an update", status_code=400)
        return await _received(channel, update)

    return Starlette(routes=[Route(PATH, take, methods=["POST"])])


async def serve(app: Starlette, *, host: str, port: int) -> None:
    """Serve until cancelled; what is being taken is finished first."""
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


async def _received(channel: TelegramChannel, update: Update) -> Response:
    """Named edge: 503 makes Telegram deliver the update again."""
    try:
        await channel.receive(update)
    except Exception:  # noqa: BLE001 - the channel has logged it with its incident
        log.warning("update %s failed and is to be delivered again", update.update_id)
        return PlainTextResponse("later", status_code=503)
    return PlainTextResponse("ok")


def _update_of(body: bytes, bot: Bot) -> Update | None:
    try:
        data = json.loads(body)
        return Update.de_json(data, bot) if isinstance(data, dict) else None
    except (ValueError, TypeError, KeyError):
        return None
