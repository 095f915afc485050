"""A language server that says what the test wants and remembers what it was told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages import BotAnswer, OutboundMessage
from bot.rasa_client import RasaFault, RasaUnavailable
from ticketing.domain.ticket import UNKNOWN_STANDING, BotStanding

ASKED_WITHIN_S = 60
CALM: Mapping[str, object] = {"intent": {"name": "greet", "confidence": 0.9}}


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True)
class FakeLanguage:
    """Understands every message alike."""

    parsed: Mapping[str, object] = field(default_factory=lambda: CALM)
    replies: tuple[OutboundMessage, ...] = (OutboundMessage("好的"),)
    #: What is wrong with it; None: nothing.
    fault: RasaFault | None = None
    #: The same, for replies only.
    reply_fault: RasaFault | None = None
    reply_after_s: float = 0.0
    #: Replies wait until it is set, as it is unless the test holds them back.
    may_reply: asyncio.Event = field(default_factory=_set_event)
    #: How it stands after each answer.
    standing: BotStanding = UNKNOWN_STANDING
    said: list[str] = field(default_factory=list)
    #: What was talked about, as it was told with each text.
    topics: list[str | None] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def hold(self) -> None:
        """Keep replies back from now on."""
        self.may_reply.clear()

    async def asked_for(self, count: int) -> None:
        """Wait until so many replies were asked for."""
        async with asyncio.timeout(ASKED_WITHIN_S):
            while len(self.said) < count:  # noqa: ASYNC110 - asked in tasks of the same loop
                await asyncio.sleep(0.005)

    async def parse(self, text: str) -> Mapping[str, object]:
        """The same for every text."""
        self._fail(self.fault)
        return self.parsed

    async def say(self, conversation_id: str, text: str, *, topic: str | None) -> BotAnswer:
        """The same replies every time."""
        self._fail(self.fault or self.reply_fault)
        self.said.append(text)
        self.topics.append(topic)
        await self.may_reply.wait()
        await asyncio.sleep(self.reply_after_s)
        return BotAnswer(self.replies, self.standing)

    async def command(self, conversation_id: str, command: str, *, topic: str | None) -> BotAnswer:
        """The same replies every time."""
        self._fail(self.fault or self.reply_fault)
        self.commands.append(command)
        return BotAnswer(self.replies, self.standing)

    async def forget(self, conversation_id: str) -> None:
        """Remember what was to be forgotten."""
        self._fail(self.fault)
        self.forgotten.append(conversation_id)

    async def is_ready(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.fault is None

    async def aclose(self) -> None:
        """Nothing to close."""

    def _fail(self, fault: RasaFault | None) -> None:
        if fault is not None:
            raise RasaUnavailable(fault)
