"""A house with a Telegram channel, driven through the local Bot API server."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.channels.telegram import TelegramSender, opened, poll
from bot.channels.telegram_channel import ChatGateway
from bot.messages import Button, InboundMessage, OutboundMessage
from tests.factories import a_finding, a_member
from tests.fakes.bot_api import TOKEN, BotApi
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Arrival
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import ChatLine, StoredReply, TicketView
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Settings

#: Much longer than it takes, for a machine that does other things too.
PATIENCE_S = 60.0
BEATEN = "打孩子"


def with_telegram(settings: Settings, api: BotApi) -> Settings:
    """The same house with its bot."""
    return replace(settings, telegram_token=TOKEN, telegram_api_base=api.url)


@dataclass
class SmallGateway:
    """The real ledger with a bot that only repeats; what it is told of beaten children becomes a ticket."""

    runtime: Runtime
    inbound: list[InboundMessage] = field(default_factory=list)
    #: Raised by the next calls, one each.
    faults: list[Exception] = field(default_factory=list)
    replies: list[OutboundMessage] = field(default_factory=list)

    async def handle(self, message: InboundMessage) -> Sequence[OutboundMessage]:
        """Keep the message and repeat it."""
        self.inbound.append(message)
        if self.faults:
            raise self.faults.pop(0)
        return await asyncio.to_thread(self._handle, message)

    def _handle(self, inbound: InboundMessage) -> Sequence[OutboundMessage]:
        receipt = self.runtime.intake.receive(
            Arrival(
                channel=inbound.channel,
                peer=inbound.peer,
                external_id=inbound.external_id,
                kind=inbound.kind,
                text=inbound.text,
                finding=a_finding() if BEATEN in inbound.text else Finding.nothing(),
                payload=inbound.payload,
                attached=inbound.attached,
            )
        )
        if receipt.duplicate:
            return [OutboundMessage(reply.text) for reply in receipt.replies or ()]
        replies = self.replies or [
            OutboundMessage(f"收到：{inbound.kind}：{inbound.text}", (Button("好的"),))
        ]
        stored = [StoredReply(reply.text, mark=reply.mark) for reply in replies]
        self.runtime.intake.record_replies(receipt.message_id, stored)
        return replies


@dataclass
class House:
    """What a test of the channel works with."""

    runtime: Runtime
    api: BotApi
    gateway: SmallGateway

    @asynccontextmanager
    async def polling(self, gateway: ChatGateway | None = None) -> AsyncIterator[None]:
        """The channel polls while the block runs; ``gateway`` stands in for the small one."""
        settings = with_telegram(self.runtime.settings, self.api)
        async with opened(settings, gateway or self.gateway, self.runtime) as (bot, channel):
            task = asyncio.create_task(poll(bot, channel, timeout_s=1))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until the bot has confirmed every update."""
        await until(lambda: self.api.unconfirmed == 0)

    async def bound_worker(self, chat_id: int, *, name: str = "王主任", unit: str = "town-xijin") -> Actor:
        """A worker whose chat is bound by a one-time code."""
        actor = await asyncio.to_thread(a_member, self.runtime, name=name, unit=unit)
        code = await asyncio.to_thread(self.runtime.staff.bind_code, actor)
        self.api.text(chat_id, f"/bind {code}")
        await self.settled()
        return actor

    async def relay(self) -> None:
        """Do what the worker does with the outbox."""
        await asyncio.to_thread(self._relay)

    def _relay(self) -> None:
        sender = TelegramSender(token=TOKEN, api_base=self.api.url, texts=self.runtime.texts)
        while deliveries := self.runtime.outbox.due():
            for delivery in deliveries:
                sender.send(delivery)
                self.runtime.outbox.sent(delivery.id)


def lines_of(runtime: Runtime, chat_id: int) -> list[ChatLine]:
    """Everything kept of a resident's chat."""
    conversation = runtime.chats.conversation_of(Channel.TELEGRAM, str(chat_id))
    return list(runtime.chats.for_resident(conversation, after_id=0)) if conversation else []


def all_tickets(runtime: Runtime) -> tuple[TicketView, ...]:
    """Every ticket there is."""
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    return runtime.tickets.queue(supervisor, scope="all").items


def ticket_number(text: str) -> str:
    """The ticket number named in a text."""
    found = re.search(r"NG\d{8}-\d+", text)
    assert found is not None, text
    return found.group()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds; fails after PATIENCE_S."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for lives in another thread
            await asyncio.sleep(0.01)
