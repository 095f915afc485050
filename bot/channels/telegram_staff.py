"""What workers do in Telegram: bind, look, claim, reply, close; every answer is one message."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from telegram import InlineKeyboardMarkup

from bot import safety_net
from bot.channels.found_words import found_in
from bot.channels.telegram_outlet import CLAIM, DETAIL, queue_keyboard, ticket_keyboard
from bot.channels.telegram_reads import ChatReads
from bot.channels.telegram_tickets import TicketWriter
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import AlreadyClaimed, NotPermitted, TicketingError
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Risk


@dataclass(frozen=True, slots=True)
class Command:
    """A line that begins with a slash, taken apart."""

    name: str
    #: All that follows the name.
    rest: str

    @property
    def number(self) -> str:
        """First word of the rest, as a ticket number."""
        return "".join(self.rest.split(maxsplit=1)[:1]).upper()

    @property
    def text(self) -> str:
        """What follows the ticket number."""
        return "".join(self.rest.split(maxsplit=1)[1:]).strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a worker; ``is_alert`` asks for a window when it answers a tap."""

    text: str
    markup: InlineKeyboardMarkup | None = None
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class TapAnswer:
    """What becomes of a tap: a short word over the chat, perhaps a message, perhaps a new keyboard."""

    word: str
    is_alert: bool = False
    #: Sent as a message of its own; empty for none.
    message: str = ""
    #: Put below the tapped notice, whose claim button is then gone; empty for no change.
    mark: str = ""
    keyboard: InlineKeyboardMarkup | None = None


def command_of(text: str) -> Command | None:
    """The command in ``text``; None if it is no command. A bot's name after the command is dropped."""
    if not text.startswith("/"):
        return None
    name, *rest = text[1:].split(maxsplit=1) or [""]
    return Command(name.partition("@")[0].lower(), "".join(rest).strip())


class StaffChat:
    """Answers workers; the services decide what each may do."""

    def __init__(self, runtime: Runtime) -> None:
        """Work with the services of ``runtime``."""
        self._runtime = runtime
        self._texts = runtime.texts
        self._reads = ChatReads(runtime)
        self._writer = TicketWriter(runtime.texts, runtime.gazetteer)
        self._actions: Mapping[str, Callable[[Actor, Command], Answer]] = MappingProxyType(
            {
                "queue": self._queue,
                "mine": self._mine,
                "claim": self._claim,
                "detail": self._detail,
                "close": self._close,
                "note": self._note,
                "reply": self._reply,
                "found": self._found,
            }
        )

    def knows(self, command: Command) -> bool:
        """Whether the command is one for staff."""
        return command.name in self._actions or command.name in {"bind", "unbind"}

    async def help(self, chat_id: str) -> str | None:
        """What a bound worker can do; None for anyone else."""
        actor = await asyncio.to_thread(self._actor, chat_id)
        if actor is None:
            return None
        key = "ordering.telegram_help" if actor.role is Role.ORGANISATION else "telegram.help_staff"
        return self._texts.get(key, name=actor.name)

    async def obey(self, chat_id: str, command: Command) -> Answer:
        """Carry out a command and tell how it went; a refusal is an answer too."""
        return await asyncio.to_thread(self._obey, chat_id, command)

    async def tapped(self, chat_id: str, data: str) -> TapAnswer:
        """Carry out what an inline button stands for."""
        return await asyncio.to_thread(self._tapped, chat_id, data)

    def _obey(self, chat_id: str, command: Command) -> Answer:
        try:
            if command.name == "bind":
                return self._bind(chat_id, command)
            actor = self._actor(chat_id)
            if actor is None:
                return self._say("not_bound")
            if command.name == "unbind":
                self._runtime.staff.unbind_telegram(chat_id)
                return self._say("unbound")
            with self._reads.watching(actor, command.name, command.number):
                return self._actions[command.name](actor, command)
        except TicketingError as error:
            return Answer(self._refusal(error))

    def _tapped(self, chat_id: str, data: str) -> TapAnswer:
        action, _, number = data.partition(":")
        try:
            actor = self._actor(chat_id)
            if actor is None:
                return TapAnswer(self._texts.get("telegram.not_bound"), is_alert=True)
            with self._reads.watching(actor, action, number):
                return self._done(actor, action, number)
        except TicketingError as error:
            return TapAnswer(self._refusal(error), is_alert=True)

    def _done(self, actor: Actor, action: str, number: str) -> TapAnswer:
        """What a tap stands for; one from another time stands for nothing."""
        if action == CLAIM:
            return self._tapped_claim(actor, number)
        if action == DETAIL:
            return TapAnswer(number, message=self._detail(actor, Command(DETAIL, number)).text)
        return TapAnswer("")

    def _tapped_claim(self, actor: Actor, number: str) -> TapAnswer:
        word = self._claim(actor, Command(CLAIM, number))
        keyboard = ticket_keyboard(self._texts, number, may_claim=False)
        return TapAnswer(word.text, is_alert=word.is_alert, mark=word.text, keyboard=keyboard)

    def _bind(self, chat_id: str, command: Command) -> Answer:
        if not command.rest:
            return self._say("bind_usage")
        actor = self._runtime.staff.bind_telegram(command.rest, chat_id)
        return self._say("bound", name=actor.name)

    def _queue(self, actor: Actor, _: Command) -> Answer:
        page = self._runtime.tickets.queue(actor, scope="unit", page=1)
        if not page.items:
            return self._say("queue_empty")
        unit = self._runtime.catalogue.name(actor.unit)
        title = self._texts.get("telegram.queue_title", unit=unit, total=page.counted)
        self._reads.shown(actor, "queue", page.items)
        return self._list(title, page.items, may_claim=True)

    def _mine(self, actor: Actor, _: Command) -> Answer:
        page = self._runtime.tickets.queue(actor, scope="mine", page=1)
        if not page.items:
            return self._say("mine_empty")
        title = self._texts.get("telegram.mine_title", total=page.counted)
        self._reads.shown(actor, "mine", page.items)
        return self._list(title, page.items, may_claim=False)

    def _list(self, title: str, tickets: tuple[TicketView, ...], *, may_claim: bool) -> Answer:
        lines = [self._writer.line(ticket) for ticket in tickets]
        numbers = [ticket.number for ticket in tickets]
        return Answer("\n".join([title, *lines]), queue_keyboard(self._texts, numbers, may_claim=may_claim))

    def _claim(self, actor: Actor, command: Command) -> Answer:
        if not command.number:
            return self._say("number_usage", command=command.name)
        try:
            self._runtime.tickets.claim(actor, command.number)
        except AlreadyClaimed as error:
            return self._claimed_before(actor, command.number, str(error.params["name"]))
        return self._say("claimed", number=command.number)

    def _claimed_before(self, actor: Actor, number: str, winner: str) -> Answer:
        """Tell who has it; a second tap of the winner is told that it is theirs."""
        if self._is_theirs(actor, number):
            return self._say("claimed_before", number=number)
        text = self._texts.get("telegram.claimed_by_other", number=number, name=winner)
        return Answer(text, is_alert=True)

    def _is_theirs(self, actor: Actor, number: str) -> bool:
        try:
            return self._runtime.tickets.get(actor, number).ticket.assignee_id == actor.id
        except NotPermitted:
            return False

    def _detail(self, actor: Actor, command: Command) -> Answer:
        if not command.number:
            return self._say("number_usage", command=command.name)
        ticket = self._runtime.tickets.get(actor, command.number).ticket
        self._reads.shown(actor, DETAIL, (ticket,))
        return Answer(self._writer.detail(ticket, reader_id=actor.id))

    def _close(self, actor: Actor, command: Command) -> Answer:
        if not command.text:
            return self._say("text_usage", command=command.name)
        self._runtime.tickets.resolve(actor, command.number, result=command.text)
        return self._say("closed", number=command.number)

    def _note(self, actor: Actor, command: Command) -> Answer:
        if not command.text:
            return self._say("text_usage", command=command.name)
        self._runtime.tickets.note(actor, command.number, text=command.text)
        return self._say("noted", number=command.number)

    def _reply(self, actor: Actor, command: Command) -> Answer:
        if not command.text:
            return self._say("text_usage", command=command.name)
        self._runtime.tickets.reply(actor, command.number, text=command.text)
        return self._say("replied", number=command.number)

    def _found(self, actor: Actor, command: Command) -> Answer:
        """Keep what a worker found on his round; the same words again on the same day are one find."""
        if not command.rest:
            return Answer(self._texts.get("discovery.telegram_usage"))
        found, finding = found_in(self._runtime, actor, command.rest), safety_net.scan(command.rest)
        known = self._runtime.discovering.report(actor, found, finding)
        ticket = known.ticket
        told = self._texts.get(
            "discovery.telegram_done",
            number=ticket.number,
            category=self._texts.get(f"category.{ticket.category.value}"),
            risk=self._texts.get(f"risk.{ticket.risk.value}"),
            unit=ticket.unit_name,
        )
        lines = [self._texts.get("discovery.telegram_danger")] if ticket.risk is Risk.EMERGENCY else []
        duty = [self._texts.get("discovery.telegram_duty")] if known.is_childs else []
        return Answer("\n".join([*lines, told, *duty]))

    def _actor(self, chat_id: str) -> Actor | None:
        return self._runtime.staff.actor_of_telegram(chat_id)

    def _say(self, key: str, **params: str | int) -> Answer:
        return Answer(self._texts.get(f"telegram.{key}", **params))

    def _refusal(self, error: TicketingError) -> str:
        return self._texts.get(f"errors.{error.code}", **error.params)
