"""What becomes of one update: residents chat as on the web, workers take tickets."""

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Protocol
from weakref import WeakValueDictionary

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from bot.channels.telegram_inbound import inbound_of
from bot.channels.telegram_once import OnceOnly
from bot.channels.telegram_outlet import (
    Outlet,
    TelegramBusy,
    TelegramUnavailable,
    Undeliverable,
    resident_keyboard,
)
from bot.channels.telegram_staff import Command, StaffChat, TapAnswer, command_of
from bot.channels.telegram_votes import VoteKeys
from bot.messages import InboundMessage, OutboundMessage
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import StorageUnavailable, TicketingError

#: An update that fails so often for no known reason is given up, with an incident number.
TRIES_MAX = 3
START_BUTTON_KEYS = ("telegram.start_button_1", "telegram.start_button_2", "telegram.start_button_3")
START, HELP = "start", "help"

log = logging.getLogger(__name__)


class ChatGateway(Protocol):
    """What answers residents."""

    async def handle(self, message: InboundMessage) -> Sequence[OutboundMessage]:
        """Keep the message and give the replies; the same ones again for a redelivery."""
        ...


class TelegramChannel:
    """Takes updates and answers them; each once, one at a time per chat."""

    def __init__(self, outlet: Outlet, gateway: ChatGateway, runtime: Runtime) -> None:
        """Say through ``outlet`` what ``gateway`` and the services of ``runtime`` answer."""
        self._outlet = outlet
        self._gateway = gateway
        self._texts = runtime.texts
        self._public_url = runtime.settings.public_url
        self._staff = StaffChat(runtime)
        self._votes = VoteKeys(runtime.editing.feedback, runtime.texts)
        self._once = OnceOnly()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tries: Counter[int] = Counter()
        self._comforted: set[int] = set()

    async def receive(self, update: Update) -> None:
        """Answer an update; raises if it must be delivered again."""
        await self._once.run(update.update_id, lambda: self._in_turn(update))

    async def _in_turn(self, update: Update) -> None:
        chat = update.effective_chat
        lock = self._turns.setdefault(str(chat.id if chat else 0), asyncio.Lock())
        async with lock:
            await self._guarded(update)

    async def _guarded(self, update: Update) -> None:
        """Named edge: whatever goes wrong with one update must not stop the others."""
        try:
            await self._route(update)
        except Undeliverable as error:
            log.info("update %s: the answer cannot be delivered: %s", update.update_id, error)
        except (TelegramBusy, TelegramUnavailable) as error:
            log.warning("update %s: the answer will be tried again: %s", update.update_id, error)
            raise
        except StorageUnavailable as error:
            log.warning("update %s will be taken again: %s", update.update_id, error)
            await self._comfort(update)
            raise
        except Exception as error:  # noqa: BLE001 - the named edge; it comes again or gets an incident number
            await self._count_failure(update, error)

    async def _comfort(self, update: Update) -> None:
        """Tell once that the message is not lost; that too may fail."""
        chat = update.effective_chat
        if chat is None or update.update_id in self._comforted:
            return
        self._comforted.add(update.update_id)
        await self._try_to_say(str(chat.id), self._texts.get("telegram.later"))

    async def _count_failure(self, update: Update, error: Exception) -> None:
        """Let the update come again, or give it up in the end and tell the person so."""
        incident = uuid.uuid4().hex[:8]
        log.error("incident %s, update %s", incident, update.update_id, exc_info=error)
        self._tries[update.update_id] += 1
        if self._tries[update.update_id] < TRIES_MAX:
            raise error
        chat = update.effective_chat
        if chat is not None:
            await self._try_to_say(str(chat.id), self._texts.get("telegram.lost", incident=incident))

    async def _try_to_say(self, chat_id: str, text: str) -> None:
        try:
            await self._outlet.say(chat_id, text)
        except TicketingError as error:
            log.warning("nothing could be said: %s", error)

    async def _route(self, update: Update) -> None:
        if update.callback_query is not None:
            await self._tapped(update.callback_query)
        elif update.edited_message is not None:
            await self._message(update.edited_message, is_edit=True)
        elif update.message is not None:
            await self._message(update.message, is_edit=False)

    async def _message(self, message: Message, *, is_edit: bool) -> None:
        chat_id = str(message.chat.id)
        if message.chat.type != ChatType.PRIVATE:
            await self._group(message, is_edit=is_edit)
            return
        command = command_of(message.text or "")
        if command is not None and self._is_own(command):
            # An edited command is not carried out a second time.
            if not is_edit:
                await self._command(chat_id, command)
            return
        thanks = None if is_edit else await self._votes.taken(chat_id, message.text or "")
        if thanks is not None:
            await self._outlet.say(chat_id, thanks.text, markup=resident_keyboard(thanks.keys))
            return
        for reply in await self._gateway.handle(inbound_of(message, is_edit=is_edit)):
            keys = resident_keyboard(self._votes.below(reply))
            await self._outlet.say(chat_id, self._with_guide(reply), markup=keys)

    def _with_guide(self, reply: OutboundMessage) -> str:
        """An answer about policies with the address of its page, where that can be reached from outside."""
        topic = reply.mark.topic if reply.mark else None
        if topic is None or self._public_url is None:
            return reply.text
        address = f"{self._public_url}/guide/{topic}"
        return self._texts.get("telegram.guide", answer=reply.text, address=address)

    async def _group(self, message: Message, *, is_edit: bool) -> None:
        is_said = bool(message.text or message.caption)
        if is_said and not is_edit:
            await self._outlet.say(str(message.chat.id), self._texts.get("telegram.group"))

    def _is_own(self, command: Command) -> bool:
        return command.name in {START, HELP} or self._staff.knows(command)

    async def _command(self, chat_id: str, command: Command) -> None:
        if command.name == START:
            buttons = resident_keyboard([self._texts.get(key) for key in START_BUTTON_KEYS])
            await self._outlet.say(chat_id, self._texts.get("telegram.start"), markup=buttons)
        elif command.name == HELP:
            text = await self._staff.help(chat_id) or self._texts.get("telegram.help")
            await self._outlet.say(chat_id, text)
        else:
            answer = await self._staff.obey(chat_id, command)
            await self._outlet.say(chat_id, answer.text, markup=answer.markup, is_protected=True)

    async def _tapped(self, query: CallbackQuery) -> None:
        chat_id = str(query.from_user.id)
        answer = await self._staff.tapped(chat_id, query.data or "")
        await self._outlet.answer_tap(query.id, answer.word, is_alert=answer.is_alert)
        if answer.message:
            await self._outlet.say(chat_id, answer.message, is_protected=True)
        await self._mark(query, answer)

    async def _mark(self, query: CallbackQuery, answer: TapAnswer) -> None:
        """Write under the tapped notice who has the ticket, and take its claim button away."""
        notice = query.message
        if answer.mark and answer.keyboard is not None and isinstance(notice, Message):
            marked = f"{notice.text}\n\n{answer.mark}"
            await self._outlet.rewrite(str(notice.chat.id), notice.message_id, marked, answer.keyboard)
