"""``hotline predict``: the verdict on many messages by the way the live system takes, without a ticket."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.gateway import assessed
from bot.gateway_ports import Reader
from bot.jsonl import Message, RowId
from bot.rasa_client import RasaClient, RasaUnavailable
from bot.servers import reading_servers
from bot.training import ensure_model, served_model
from ticketing.domain.triage import Assessment
from ticketing.domain.vocabulary import Talk
from ticketing.settings import Installation, Settings, SettingsFault

#: A language server works on one message at a time; a few more keep it from waiting for us.
AT_ONCE = 8
TRIES = 3
#: A second language server takes as long to start as a few hundred messages do.
MANY = 300
SERVERS_MAX = 2


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
def private_servers(installation: Installation, messages: int) -> Iterator[list[str]]:
    """URLs of language servers of our own for so many messages, trained first if need be.

    For many messages two, where there are cores for them: one works on one message at a time.
    """
    # Training reports in English; this command's standard output is data.
    ensure_model(installation.home, report=lambda _sentence: None)
    model = served_model(installation.home)
    count = min(SERVERS_MAX, os.cpu_count() or 1) if messages >= MANY else 1
    with ExitStack() as stack:
        folders = [stack.enter_context(TemporaryDirectory(prefix="hotline-predict-")) for _ in range(count)]
        yield stack.enter_context(reading_servers(model, list(map(Path, folders))))


class Several:
    """Language servers that read alike; a message goes to the one with the least to do."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        """Give to ``readers``, one or more."""
        self._readers = readers
        self._at_work = [0] * len(readers)

    async def parse(self, text: str) -> Mapping[str, object]:
        """What one of them makes of a text; raises RasaUnavailable."""
        place = self._at_work.index(min(self._at_work))
        self._at_work[place] += 1
        try:
            return await self._readers[place].parse(text)
        finally:
            self._at_work[place] -= 1


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
