"""Conversations that have gone quiet and were not looked at, and the list of the doubtful ones."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Nullable, Select, func, or_, select
from sqlalchemy.orm import Session

from ticketing.domain.arrival import Kind
from ticketing.domain.lifecycle import OPEN, Status
from ticketing.domain.second_look import Doubt, LookView, Outcome, Unread
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.storage.second_look_tables import SecondLookRecord
from ticketing.storage.tables import ConversationRecord, MessageRecord, StaffRecord, TicketRecord

#: As many as a person looks at.
LIST_MAX = 200
#: What a resident sends without words.
WORDLESS = frozenset({Kind.PHOTO.value, Kind.VOICE.value, Kind.OTHER.value})
#: A line, its conversation, the newest text, who closed it, the ticket made of it.
type Found = tuple[SecondLookRecord, ConversationRecord, str | None, str | None, str | None]
#: A person of staff read it when it came.
WITH_STAFF = "with_staff"


class SecondLookList:
    """Reads and writes the second look inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def quiet(self, before: datetime, limit: int) -> list[ConversationRecord]:
        """Conversations in which nothing was said since ``before`` and something since the last look.

        The longest quiet first; not those that a person of staff has.
        """
        unlooked = or_(
            ConversationRecord.looked_at.is_(None), ConversationRecord.looked_at < ConversationRecord.last_at
        )
        query = select(ConversationRecord).where(
            ConversationRecord.last_at <= before, ConversationRecord.handler_id.is_(None), unlooked
        )
        return list(self._session.scalars(query.order_by(ConversationRecord.last_at).limit(limit)))

    def unread(self, conversation: ConversationRecord) -> Unread:
        """What was said in a conversation since the last look, and what came of it."""
        lines = self._lines_since(conversation)
        said = [line for line in lines if line.direction == "in"]
        alone = [line for line in said if line.state != WITH_STAFF]
        answered_by_staff = max((line.id for line in lines if line.direction == "staff"), default=0)
        tickets = self._tickets(conversation.id)
        return Unread(
            conversation_id=conversation.id,
            looked_at=conversation.looked_at,
            said_until=max([conversation.last_at, *(line.at for line in said)]),
            texts=tuple(line.text for line in alone if line.text.strip()),
            has_unseen=any(line.kind in WORDLESS and line.id > answered_by_staff for line in alone),
            is_unfinished=_is_unfinished(conversation, alone, tickets),
            covered=frozenset(_covered(said, tickets)),
        )

    def _lines_since(self, conversation: ConversationRecord) -> list[MessageRecord]:
        query = select(MessageRecord).where(
            MessageRecord.conversation_id == conversation.id, MessageRecord.direction.in_(("in", "staff"))
        )
        if conversation.looked_at is not None:
            query = query.where(MessageRecord.at > conversation.looked_at)
        return list(self._session.scalars(query.order_by(MessageRecord.id)))

    def _tickets(self, conversation_id: str) -> list[TicketRecord]:
        query = select(TicketRecord).where(TicketRecord.conversation_id == conversation_id)
        return list(self._session.scalars(query))

    def open_of(self, conversation_id: str) -> SecondLookRecord | None:
        """The open line of a conversation, locked until the transaction ends."""
        query = select(SecondLookRecord).where(
            SecondLookRecord.conversation_id == conversation_id, SecondLookRecord.closed_at.is_(None)
        )
        return self._session.scalar(query.with_for_update())

    def get(self, look_id: int) -> SecondLookRecord | None:
        """One line, locked until the transaction ends."""
        query = select(SecondLookRecord).where(SecondLookRecord.id == look_id)
        return self._session.scalar(query.with_for_update())

    def add(self, record: SecondLookRecord) -> None:
        """Write a line."""
        self._session.add(record)
        self._session.flush()  # the unique index speaks now, not at the end

    def late(self, now: datetime, limit: int) -> list[SecondLookRecord]:
        """Open lines whose time is up and of which the supervisors were not told."""
        query = select(SecondLookRecord).where(
            SecondLookRecord.closed_at.is_(None),
            SecondLookRecord.due_at <= now,
            SecondLookRecord.told_at.is_(None),
        )
        return list(
            self._session.scalars(
                query.order_by(SecondLookRecord.due_at).limit(limit).with_for_update(skip_locked=True)
            )
        )

    def waiting(self, now: datetime) -> tuple[LookView, ...]:
        """Open lines, the longest waiting first."""
        query = viewed().where(SecondLookRecord.closed_at.is_(None))
        rows = self._session.execute(
            query.order_by(SecondLookRecord.found_at, SecondLookRecord.id).limit(LIST_MAX)
        ).all()
        return tuple(view_of(row, now) for row in rows)

    def view(self, look_id: int, now: datetime) -> LookView | None:
        """One line as people see it, open or not."""
        row = self._session.execute(viewed().where(SecondLookRecord.id == look_id)).one_or_none()
        return None if row is None else view_of(row, now)

    def count_open(self) -> int:
        """How many lines wait for a person."""
        query = select(func.count()).select_from(SecondLookRecord).where(SecondLookRecord.closed_at.is_(None))
        return self._session.scalar(query) or 0


def _is_unfinished(
    conversation: ConversationRecord, alone: Sequence[MessageRecord], tickets: Sequence[TicketRecord]
) -> bool:
    """Whether a report was begun since the last look and the bot still waited for an answer at the end."""
    last = alone[-1] if alone else None
    if last is None or last.bot_settled or last.state != "answered":
        return False
    return any(conversation.looked_at is None or one.created_at > conversation.looked_at for one in tickets)


def _covered(said: Sequence[MessageRecord], tickets: Sequence[TicketRecord]) -> Iterator[Category]:
    """What open tickets are about, and those that came of it."""
    opened = {line.opened_ticket_id for line in said}
    for ticket in tickets:
        if Status(ticket.status) in OPEN or ticket.id in opened:
            yield Category(ticket.category)
    for line in said:
        if line.category is not None and line.risk != Risk.NONE:
            yield Category(line.category)


def viewed() -> Select[SecondLookRecord, ConversationRecord, str | None, str | None, str | None]:
    """Lines with their conversation, its newest text, who closed them and the ticket made of them."""
    last_text = (
        select(MessageRecord.text)
        .where(
            MessageRecord.conversation_id == SecondLookRecord.conversation_id, MessageRecord.direction == "in"
        )
        .order_by(MessageRecord.id.desc())
        .limit(1)
        .correlate(SecondLookRecord)
        .scalar_subquery()
    )
    return (
        select(
            SecondLookRecord,
            ConversationRecord,
            last_text,
            Nullable(StaffRecord.name),
            Nullable(TicketRecord.number),
        )
        .join(ConversationRecord, ConversationRecord.id == SecondLookRecord.conversation_id)
        .outerjoin(StaffRecord, StaffRecord.id == SecondLookRecord.closed_by)
        .outerjoin(TicketRecord, TicketRecord.id == SecondLookRecord.ticket_id)
    )


def view_of(found: Found, now: datetime) -> LookView:
    """A row as people see it."""
    row, conversation, last_text, closed_by, number = found
    return LookView(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=Channel(conversation.channel),
        found_at=row.found_at,
        due_at=row.due_at,
        doubts=tuple(Doubt(one) for one in row.doubts),
        category=None if row.category is None else Category(row.category),
        score=row.score,
        evidence=tuple(row.evidence),
        last_text=last_text or "",
        last_at=conversation.last_at,
        is_late=row.closed_at is None and row.due_at <= now,
        closed_at=row.closed_at,
        closed_by=closed_by,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        ticket_number=number,
    )
