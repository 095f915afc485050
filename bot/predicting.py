"""``hotline predict``: the verdict on many messages by the way the live system takes, without a ticket."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.gateway import assessed
from bot.gateway_ports import Reader
from bot.jsonl import Message, RowId
from bot.rasa_client import RasaClient, RasaUnavailable
from bot.servers import language_server
from bot.training import ensure_model, served_model
from ticketing.domain.triage import Assessment
from ticketing.domain.vocabulary import Talk
from ticketing.settings import Installation, Settings, SettingsFault

#: The language server works on one message at a time; a few more keep it from waiting for us.
AT_ONCE = 8
TRIES = 3


async def predictions(
    messages: Sequence[Message], language: Reader
) -> AsyncIterator[tuple[RowId, Assessment]]:
    """Verdicts in the order of the messages; raises RasaUnavailable when one cannot be had."""
    window: deque[tuple[RowId, asyncio.Task[Assessment]]] = deque()
    try:
        for message in messages:
            if len(window) == AT_ONCE:
                yield await _oldest(window)
            window.append((message.id, asyncio.create_task(_patiently(language, message.text))))
        while window:
            yield await _oldest(window)
    finally:
        for _, task in window:
            task.cancel()


async def _oldest(window: deque[tuple[RowId, asyncio.Task[Assessment]]]) -> tuple[RowId, Assessment]:
    message_id, task = window.popleft()
    return message_id, await task


def row_of(message_id: RowId, verdict: Assessment) -> dict[str, object]:
    """One line of the output; what means something only inside a conversation is unclear by itself."""
    is_about_something = verdict.category or verdict.topic or verdict.talk
    return {
        "id": message_id,
        "topic": verdict.topic,
        "aspect": verdict.aspect,
        "category": verdict.category,
        "talk": verdict.talk if is_about_something else Talk.UNCLEAR,
        "risk": verdict.risk,
        "confidence": round(verdict.confidence, 4),
        "evidence": list(verdict.evidence),
    }


def running_server(installation: Installation) -> str | None:
    """URL of the language server to use: a configured one, or a running one with the model in service."""
    if installation.rasa_url is not None:
        return installation.rasa_url
    try:
        url = Settings.of(installation).rasa_url
    except SettingsFault:
        return None
    return url if asyncio.run(_model_at(url)) == served_model(installation.home).name else None


@contextmanager
def private_server(installation: Installation) -> Iterator[str]:
    """URL of a language server of our own, trained first if need be."""
    # Training reports in English; this command's standard output is data.
    ensure_model(installation.home, report=lambda _sentence: None)
    model = served_model(installation.home)
    with TemporaryDirectory(prefix="hotline-predict-") as folder, language_server(model, Path(folder)) as url:
        yield url


async def _model_at(url: str) -> str:
    async with RasaClient(url) as client:
        return await client.model_name()


async def _patiently(language: Reader, text: str) -> Assessment:
    for _ in range(TRIES - 1):
        try:
            return await assessed(language, text)
        except RasaUnavailable:
            continue
    return await assessed(language, text)
