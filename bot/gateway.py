"""Inbound message → ledger and safety net → the person of staff who has it, or the bot → outbound messages.

Whatever part of the house is down, what a resident said is kept, and whoever is at risk hears the right
numbers: the safety net and its replies need no other process.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from weakref import WeakValueDictionary

from bot import safety_net
from bot.beside import PHONE, beside, told_in, voice_of
from bot.gateway_ports import Answers, Language, Ledger, Reader, Reports
from bot.messages import BotAnswer, Button, InboundMessage, OutboundMessage, told
from bot.pieces import said_in_pieces
from bot.rasa_client import RasaClient, RasaFault, RasaUnavailable, plain
from bot.safety_net import Voice
from bot.spool import Spool
from bot.turns import UNDERSTOOD_CHARACTERS, Read, Turn, cleaned, readable, whole_characters
from bot.worded import read_words
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.errors import StorageUnavailable, TicketingError
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.policy_talk import PolicyTalk
from ticketing.domain.ticket import BotStanding, Receipt, StoredReply, TicketGiven
from ticketing.domain.triage import FOLLOW_UP, Assessment, Finding, Understanding, assess, understanding_of
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Channel, Risk
from ticketing.texts import Texts

#: Another process is answering the same message: how long to wait for its answer.
OTHERS_ANSWER_TRIES = 24
OTHERS_ANSWER_EVERY_S = 0.35
#: No button below a result has more.
TAPPED_CHARACTERS = 8
#: What a person must look at, since the bot cannot.
FOR_A_PERSON = frozenset({Kind.PHOTO, Kind.VOICE, Kind.OTHER})

log = logging.getLogger(__name__)


class Gateway:
    """The one way in for residents' messages, whatever the channel."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        reports: Reports,
        language: Language,
        answers: Answers,
        texts: Texts,
        spool: Spool,
    ) -> None:
        """Work with these; belongs to one event loop."""
        self._ledger = ledger
        self._reports = reports
        self._language = language
        self._answers = answers
        self._texts = texts
        self._spool = spool
        self._locks: WeakValueDictionary[tuple[Channel, str], asyncio.Lock] = WeakValueDictionary()

    async def handle(self, message: InboundMessage) -> tuple[OutboundMessage, ...]:
        """Keep what the resident sent and answer it.

        Nothing comes back while a person of staff has the conversation. Messages of one person are taken
        one after the other. A part of the house that is down is no error here: it is said in the answer.
        """
        message = cleaned(message)
        async with self._lock_of(message):
            # Reading changes nothing anywhere, so it waits for no disk; nothing is said or done about the
            # message before it is kept.
            reading = asyncio.create_task(self._read(message))
            try:
                await asyncio.sleep(0)  # The question is on its way while we look for danger.
                finding = safety_net.scan(message.text)
                return await self._keep_and_answer(message, finding, reading)
            except StorageUnavailable:
                log.warning("the database is away, a message goes to the spool")
                return await self._without_storage(message, safety_net.scan(message.text))
            finally:
                reading.cancel()

    async def take_in(self, message: InboundMessage) -> bool:
        """Take a message of the spool into the ledger and answer it late; False: try again later.

        Raises StorageUnavailable while the database is still away.
        """
        async with self._lock_of(message):
            finding = safety_net.scan(message.text)
            receipt = await self._receive(message, finding)
            if receipt.duplicate:
                return receipt.replies is not None
            reading = asyncio.create_task(self._read(message))
            try:
                await self._answer(Turn(message, finding, receipt, reading, is_late=True))
            finally:
                reading.cancel()
            return True

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._language.aclose()

    def _lock_of(self, message: InboundMessage) -> asyncio.Lock:
        return self._locks.setdefault((message.channel, message.peer), asyncio.Lock())

    async def _keep_and_answer(
        self, message: InboundMessage, finding: Finding, reading: Awaitable[Read]
    ) -> tuple[OutboundMessage, ...]:
        for _ in range(OTHERS_ANSWER_TRIES):
            receipt = await self._receive(message, finding)
            if not receipt.duplicate:
                return await self._answer(Turn(message, finding, receipt, reading))
            if receipt.replies is not None:
                return tuple(_outbound(reply) for reply in receipt.replies)
            await asyncio.sleep(OTHERS_ANSWER_EVERY_S)
        return ()

    async def _read(self, message: InboundMessage) -> Read:
        """What the model makes of the words; a fault is told, not raised."""
        text = readable(message)
        if message.kind is not Kind.TEXT or not text:
            return Read(Understanding.nothing(), PolicyTalk.of({}))
        try:
            words, parse = await read_words(self._language, text)
        except RasaUnavailable as error:
            return Read(Understanding.nothing(), PolicyTalk.of({}), error.kind)
        left = None if words == text else words
        return Read(understanding_of(parse), PolicyTalk.of(parse), told=told_in(parse), words=left)

    async def _receive(self, message: InboundMessage, finding: Finding) -> Receipt:
        arrival = Arrival(
            channel=message.channel,
            peer=message.peer,
            external_id=message.external_id,
            kind=message.kind,
            text=message.text or told(message.payload),
            finding=safety_net.with_voice(finding, message.text),
            payload=message.payload,
            attached=message.attached,
        )
        return await asyncio.to_thread(self._ledger.receive, arrival)

    async def _answer(self, turn: Turn) -> tuple[OutboundMessage, ...]:
        if turn.receipt.staff_has_it:
            await self._forget(turn)
            return ()
        if turn.message.kind is Kind.TEXT and turn.text:
            return await self._answer_text(turn)
        if turn.message.kind is Kind.TEXT:
            return await self._record(turn, self._say("gateway.got_empty"), turn.receipt.standing)
        return await self._acknowledge(turn)

    async def _acknowledge(self, turn: Turn) -> tuple[OutboundMessage, ...]:
        """For what is no text; its words, if it has any, were read by the safety net like all others."""
        first = self._first_words(turn, turn.finding, turn.receipt.ticket)
        kind = turn.message.kind
        said = await self._record(turn, (*first, *self._say(f"gateway.got_{kind}")), turn.receipt.standing)
        if kind in FOR_A_PERSON:
            await self._wait_for_person(turn, reason=kind.value)
        return said

    async def _answer_text(self, turn: Turn) -> tuple[OutboundMessage, ...]:
        seen = _seen(turn)
        read = await turn.reading
        danger = await self._danger(turn, seen, read.understanding)
        ticket = await self._ticket_for(turn, seen, danger)
        first = self._first_words(turn, danger, ticket)
        is_quiet = ticket is None and danger.category is None
        answer = await self._tapped(turn) if is_quiet else None
        if answer is None and read.fault is not None:
            return await self._unanswered(turn, first, fault=read.fault, at_risk=ticket is not None)
        if answer is None and is_quiet:
            answer = self._plain_answer(turn, read) or await self._saw_nothing(turn, read)
        try:
            answer = answer or await self._ask_bot(turn, danger, ticket, read)
        except RasaUnavailable as error:
            return await self._unanswered(turn, first, fault=error.kind, at_risk=ticket is not None)
        replies = (*first, *self._about_length(turn), *answer.replies)
        return await self._record(turn, replies, answer.standing)

    async def _tapped(self, turn: Turn) -> BotAnswer | None:
        """The answer to a tap below the result of a ticket; the dialogue stands where it stood."""
        if len(turn.text) > TAPPED_CHARACTERS:
            return None
        reply = await asyncio.to_thread(self._reports.tapped, turn.receipt.conversation_id, turn.text)
        return None if reply is None else BotAnswer((_outbound(reply),), turn.receipt.standing)

    async def _saw_nothing(self, turn: Turn, read: Read) -> BotAnswer | None:
        """The answer to what has no words in it; None: it has, or what goes on with a ticket may want it."""
        conversation = turn.receipt.conversation_id
        if read.words != "" or await asyncio.to_thread(self._reports.current, conversation) is not None:
            return None
        return BotAnswer(self._say("gateway.got_empty"), turn.receipt.standing)

    def _plain_answer(self, turn: Turn, read: Read) -> BotAnswer | None:
        """The answer that the dialogue would give to a question of policy, where no dialogue is going on.

        None: ask the dialogue.
        """
        standing, talk = turn.receipt.standing, read.talk
        questions = talk.asked(standing.topic)
        is_policy = talk.intent == FOLLOW_UP or self._answers.knows(talk.intent)
        is_plain = is_policy and not self._answers.leads_on(turn.text)
        # A number by itself may be what a report still lacks.
        is_told = PHONE in read.told or self._reports.puts_right(turn.text)
        if not (standing.settled and questions and is_plain) or is_told:
            return None
        try:
            replies = self._answers.to(questions, titled=len(questions) > 1)
        except TicketingError as error:
            log.warning("no plain answer: %s", error.code)
            return None
        said = tuple(_outbound(reply) for reply in replies)
        return BotAnswer(said, BotStanding(settled=True, topic=questions[-1].topic))

    async def _danger(self, turn: Turn, seen: Finding, understanding: Understanding) -> Finding:
        """All there is to know about risk: what the words tell, and the model."""
        verdict = assess(seen, understanding)
        if verdict.risk is Risk.NONE or verdict.category is None:
            return Finding.nothing()
        if seen.risk is Risk.NONE and await self._is_being_reported(turn):
            # Answers to the form's questions speak of the danger again; that is no second case.
            return Finding.nothing()
        # Nothing but a person takes off a ticket that it is a child's; so it is reported on as one.
        stays = turn.receipt.ticket is not None and seen.category is Category.CHILD_PROTECTION
        return Finding(verdict.risk, seen.category if stays else verdict.category, verdict.evidence)

    async def _ticket_for(self, turn: Turn, seen: Finding, danger: Finding) -> TicketGiven | None:
        """The ticket that the words opened, made to fit what the model sees in them; or one of its own."""
        ticket = turn.receipt.ticket
        is_known = (seen.risk, seen.category) == (danger.risk, danger.category)
        if danger.category is None or (ticket is not None and is_known):
            return ticket
        if ticket is not None and not ticket.new:
            # What is told now belongs to the case of before, whatever the model would call it.
            danger = replace(danger, category=seen.category)
        finding = safety_net.with_voice(danger, turn.text)
        raised = await asyncio.to_thread(self._ledger.raise_risk, turn.receipt.message_id, finding=finding)
        return ticket or raised

    async def _is_being_reported(self, turn: Turn) -> bool:
        ticket = await asyncio.to_thread(self._reports.current, turn.receipt.conversation_id)
        return ticket is not None and ticket.status in OPEN and ticket.category in AT_RISK_CATEGORIES

    def _first_words(
        self, turn: Turn, danger: Finding, ticket: TicketGiven | None
    ) -> tuple[OutboundMessage, ...]:
        """Numbers before anything else, for a new ticket and whenever a life is in danger."""
        late = self._say("gateway.late") if turn.is_late else ()
        is_new = ticket is not None and ticket.new
        if not is_new and danger.risk is not Risk.EMERGENCY:
            return late
        words = self._numbers(danger, voice_of(turn.message.text, turn.receipt.earlier))
        if ticket is not None and ticket.new:
            given = self._texts.get("gateway.ticket_given", number=ticket.number, code=ticket.code)
            words = f"{words}\n\n{given}"
        return (*late, OutboundMessage(words))

    def _numbers(self, danger: Finding, voice: Voice) -> str:
        return self._texts.get(safety_net.reply_key(danger, voice))

    async def _ask_bot(
        self, turn: Turn, danger: Finding, ticket: TicketGiven | None, read: Read
    ) -> BotAnswer:
        conversation_id, topic = turn.receipt.conversation_id, turn.receipt.standing.topic
        if ticket is not None and ticket.new and danger.category is not None:
            voice = voice_of(turn.text, turn.receipt.earlier)
            command = f"{danger.category}{beside(voice, read.understanding, read.told)}"
            return await self._language.command(conversation_id, command, topic=topic)
        return await self._language.say(conversation_id, read.words or turn.text, topic=topic)

    async def _unanswered(
        self, turn: Turn, first: tuple[OutboundMessage, ...], *, fault: RasaFault, at_risk: bool
    ) -> tuple[OutboundMessage, ...]:
        """Honest words, and a person to answer; the ticket of somebody at risk is there already."""
        log.warning("the language server gave no answer: %s", fault)
        key = "gateway.bot_unavailable_at_risk" if at_risk else "gateway.bot_unavailable"
        # What was said may have reached the bot all the same; what was talked about before it is still known.
        said = await self._record(
            turn, (*first, *self._say(key)), BotStanding(topic=turn.receipt.standing.topic)
        )
        await self._wait_for_person(turn, reason=f"bot_{fault}")
        return said

    async def _record(
        self, turn: Turn, replies: tuple[OutboundMessage, ...], standing: BotStanding
    ) -> tuple[OutboundMessage, ...]:
        stored = [
            StoredReply(reply.text, tuple(button.text for button in reply.buttons), reply.mark)
            for reply in replies
        ]
        try:
            may_say = await asyncio.to_thread(
                self._ledger.record_replies,
                turn.receipt.message_id,
                stored,
                push=turn.is_late,
                standing=standing,
            )
        except StorageUnavailable:
            # The message itself is in the ledger; a redelivery will be answered again.
            log.warning("the database is away, an answer is given without being kept")
            return replies
        return replies if may_say else ()

    async def _wait_for_person(self, turn: Turn, *, reason: str) -> None:
        try:
            await asyncio.to_thread(self._ledger.wait_for_person, turn.receipt.message_id, reason=reason)
        except StorageUnavailable:
            log.warning("the database is away, a message is not on the operators' list: %s", reason)

    async def _forget(self, turn: Turn) -> None:
        """A person speaks now: when the bot is back it must not go on with a form of before."""
        try:
            await self._language.forget(turn.receipt.conversation_id)
        except RasaUnavailable as error:
            log.warning("the bot's side of a conversation was not reset: %s", error.kind)

    async def _without_storage(
        self, message: InboundMessage, finding: Finding
    ) -> tuple[OutboundMessage, ...]:
        at_risk = finding.risk is not Risk.NONE
        first = (OutboundMessage(self._numbers(finding, voice_of(message.text, ()))),) if at_risk else ()
        try:
            await asyncio.to_thread(self._spool.keep, message)
        except OSError:
            log.exception("a message could be kept neither in the database nor in the spool")
            return (*first, *self._say("gateway.not_kept"))
        return (*first, *self._say("gateway.not_recorded_at_risk" if at_risk else "gateway.not_recorded"))

    def _about_length(self, turn: Turn) -> tuple[OutboundMessage, ...]:
        is_long = len(turn.message.text) > UNDERSTOOD_CHARACTERS
        return self._say("gateway.long_text") if is_long else ()

    def _say(self, key: str) -> tuple[OutboundMessage, ...]:
        return (OutboundMessage(self._texts.get(key)),)


def gateway_of(runtime: Runtime, *, language: RasaClient | None = None) -> Gateway:
    """The gateway of a running house, for the event loop it is first used in.

    ``language`` asks the language server of the house in another way than usual.
    """
    # Half a second's work that would hold up everybody if the first message did it.
    safety_net.default_net()
    return Gateway(
        ledger=runtime.intake,
        reports=runtime.reports,
        language=language or RasaClient(runtime.settings.rasa_url),
        answers=runtime.answers,
        texts=runtime.texts,
        spool=Spool(runtime.settings.home),
    )


async def understand(language: Reader, text: str) -> Understanding:
    """What the model takes a text for; raises RasaUnavailable."""
    _, parse = await read_words(language, text)
    return understanding_of(parse)


async def assessed(language: Reader, text: str) -> Assessment:
    """The verdict on one message by itself, as a resident's first message gets it; raises RasaUnavailable."""
    whole = whole_characters(text)
    read = plain(whole)[:UNDERSTOOD_CHARACTERS]
    understanding = await understand(language, read) if read else Understanding.nothing()
    return assess(safety_net.scan(whole), understanding)


def _seen(turn: Turn) -> Finding:
    """The danger in the words, alone or together with the last few messages."""
    if turn.finding.risk is not Risk.NONE:
        return turn.finding
    return said_in_pieces(turn.receipt.earlier, turn.message.text)


def _outbound(reply: StoredReply) -> OutboundMessage:
    return OutboundMessage(reply.text, tuple(Button(text) for text in reply.buttons), reply.mark)
