"""Conversations and the ledger of everything said in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Nullable, Select, func, select, update
from sqlalchemy.orm import Session

from ticketing.domain.answer_marks import AnswerMark, mark_of, payload_of
from ticketing.domain.arrival import Arrival
from ticketing.domain.attachments import AttachmentView
from ticketing.domain.ticket import ChatLine, ConversationView, StoredReply
from ticketing.domain.vocabulary import Channel
from ticketing.storage.attachments import Attachments
from ticketing.storage.tables import ConversationRecord, MessageRecord, StaffRecord, TicketRecord
from ticketing.storage.turns import Before, TakenIn, before, take_in

#: An attempt to answer that is older than this was cut off; the next delivery may answer.
ANSWERING_LEASE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be written into the ledger that did not come from the resident."""

    direction: str
    text: str
    at: datetime
    buttons: tuple[str, ...] = ()
    in_reply_to: int | None = None
    author_id: int | None = None
    #: What an answer about policies rests on.
    mark: AnswerMark | None = None


class Conversations:
    """Reads and writes conversations and messages inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def take_in(self, arrival: Arrival, now: datetime) -> TakenIn:
        """Write what a resident sent, once; the conversation stays locked until the transaction ends."""
        return take_in(self._session, arrival, now)

    def before(self, conversation_id: str, *, message_id: int, at: datetime) -> Before:
        """What was before a message."""
        return before(self._session, conversation_id, message_id=message_id, at=at)

    def find(self, channel: Channel, peer: str) -> str | None:
        """Id of this person's conversation, if there is one."""
        return self._session.scalar(
            select(ConversationRecord.id).where(
                ConversationRecord.channel == channel, ConversationRecord.peer == peer
            )
        )

    def get(self, conversation_id: str, *, locked: bool = False) -> ConversationRecord | None:
        """One conversation; ``locked`` until the transaction ends."""
        query = select(ConversationRecord).where(ConversationRecord.id == conversation_id)
        return self._session.scalar(query.with_for_update() if locked else query)

    def inbound(self, conversation_id: str, external_id: str) -> MessageRecord | None:
        """The message the channel already delivered under this id, if any."""
        return self._session.scalar(
            select(MessageRecord).where(
                MessageRecord.conversation_id == conversation_id,
                MessageRecord.external_id == external_id,
                MessageRecord.direction == "in",
            )
        )

    def message(self, message_id: int) -> MessageRecord | None:
        """One message of the ledger."""
        return self._session.get(MessageRecord, message_id)

    def add_line(self, conversation_id: str, line: NewLine) -> MessageRecord:
        """Write a line of the bot, of staff or a notice."""
        message = MessageRecord(
            conversation_id=conversation_id,
            direction=line.direction,
            kind="text",
            text=line.text,
            payload=payload_of(line.mark),
            buttons=list(line.buttons),
            at=line.at,
            in_reply_to=line.in_reply_to,
            author_id=line.author_id,
        )
        self._session.add(message)
        self._session.flush()  # the id keys the outbox row
        return message

    def replies_to(self, message_id: int) -> tuple[StoredReply, ...]:
        """What was answered to a message, in order."""
        rows = self._session.scalars(
            select(MessageRecord).where(MessageRecord.in_reply_to == message_id).order_by(MessageRecord.id)
        )
        return tuple(StoredReply(row.text, tuple(row.buttons), mark_of(row.payload)) for row in rows)

    def lines(self, conversation_id: str, *, after_id: int, limit: int = 500) -> list[ChatLine]:
        """Lines of a conversation after a given one, oldest first."""
        rows = self._session.scalars(
            select(MessageRecord)
            .where(MessageRecord.conversation_id == conversation_id, MessageRecord.id > after_id)
            .order_by(MessageRecord.id)
            .limit(limit)
        ).all()
        return self._with_files(rows)

    def latest_lines(self, conversation_id: str, *, limit: int = 500) -> list[ChatLine]:
        """The newest lines of a conversation, oldest of them first."""
        rows = self._session.scalars(
            select(MessageRecord)
            .where(MessageRecord.conversation_id == conversation_id)
            .order_by(MessageRecord.id.desc())
            .limit(limit)
        ).all()
        return self._with_files(rows[::-1])

    def _with_files(self, rows: Sequence[MessageRecord]) -> list[ChatLine]:
        """Rows as people see them; where all is text no file is looked for."""
        wordless = (row.id for row in rows if row.direction == "in" and row.kind != "text")
        files = Attachments(self._session).of_messages(wordless)
        return [chat_line(row, files.get(row.id)) for row in rows]

    def wait_for_person(self, conversation_id: str, now: datetime) -> None:
        """Put the conversation on the operators' list, keeping the earliest time."""
        self._session.execute(
            update(ConversationRecord)
            .where(ConversationRecord.id == conversation_id)
            .values(waiting_since_at=func.coalesce(ConversationRecord.waiting_since_at, now))
        )

    def for_operators(self) -> list[ConversationView]:
        """Conversations that wait for a person or are held by one, longest waiting first."""
        rows = self._session.execute(operators_query()).all()
        return [
            ConversationView(
                id=conversation.id,
                channel=Channel(conversation.channel),
                last_text=last_text or "",
                last_at=conversation.last_at,
                waiting=conversation.waiting_since_at is not None,
                handler_id=conversation.handler_id,
                handler_name=handler_name,
                ticket_number=number,
            )
            for conversation, handler_name, last_text, number in rows
        ]

    def count_waiting(self) -> int:
        """How many conversations wait for a person."""
        return (
            self._session.scalar(
                select(func.count())
                .select_from(ConversationRecord)
                .where(ConversationRecord.waiting_since_at.is_not(None))
            )
            or 0
        )

    def count_messages(self) -> Sequence[tuple[str, int]]:
        """Lines in the ledger by direction."""
        rows = self._session.execute(
            select(MessageRecord.direction, func.count()).group_by(MessageRecord.direction)
        ).all()
        return [(direction, count) for direction, count in rows]


def operators_query() -> Select[ConversationRecord, str | None, str | None, str | None]:
    """The operators' list in one statement: no query per row."""
    last_text = (
        select(MessageRecord.text)
        .where(MessageRecord.conversation_id == ConversationRecord.id, MessageRecord.direction == "in")
        .order_by(MessageRecord.id.desc())
        .limit(1)
        .correlate(ConversationRecord)
        .scalar_subquery()
    )
    number = (
        select(TicketRecord.number)
        .where(TicketRecord.conversation_id == ConversationRecord.id)
        .order_by(TicketRecord.id.desc())
        .limit(1)
        .correlate(ConversationRecord)
        .scalar_subquery()
    )
    return (
        select(ConversationRecord, Nullable(StaffRecord.name), last_text, number)
        .outerjoin(StaffRecord, StaffRecord.id == ConversationRecord.handler_id)
        .where(ConversationRecord.waiting_since_at.is_not(None) | ConversationRecord.handler_id.is_not(None))
        .order_by(ConversationRecord.waiting_since_at.asc().nulls_last(), ConversationRecord.last_at.desc())
        .limit(200)
    )


def chat_line(row: MessageRecord, attachment: AttachmentView | None = None) -> ChatLine:
    """A ledger row as people see it."""
    return ChatLine(
        id=row.id,
        direction=row.direction,
        kind=row.kind,
        text=row.text,
        buttons=tuple(row.buttons),
        at=row.at,
        attachment=attachment,
    )
