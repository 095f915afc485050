"""Tickets that became one, tickets that are known to be two, and tickets that may be one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ticketing.domain.lifecycle import OPEN
from ticketing.domain.ticket import Field
from ticketing.storage.repeat_tables import MergeRecord, NotRepeatRecord
from ticketing.storage.tables import TicketRecord

#: The newest of these many that could be the same matter are compared.
COMPARED_MAX = 200


class RepeatLinks:
    """Reads and writes what joins tickets, inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def merged_into(self, ticket_id: int) -> Sequence[TicketRecord]:
        """All tickets that became part of this one, also by way of another, oldest first.

        In two steps: in one the database guesses a share of all tickets and reads them all to find none.
        """
        parts = (
            select(TicketRecord.id)
            .where(TicketRecord.merged_into_id == ticket_id)
            .cte("parts", recursive=True)
        )
        further = aliased(TicketRecord)
        parts = parts.union(select(further.id).join(parts, further.merged_into_id == parts.c.id))
        ids = self._session.scalars(select(parts.c.id)).all()
        if not ids:
            return ()
        return self._session.scalars(
            select(TicketRecord).where(TicketRecord.id.in_(ids)).order_by(TicketRecord.id)
        ).all()

    def kept_of(self, record: TicketRecord) -> TicketRecord:
        """The ticket that is worked on for this one: itself unless it was merged; not locked."""
        kept = record
        while kept.merged_into_id is not None:
            above = self._session.get(TicketRecord, kept.merged_into_id)
            if above is None:
                return kept
            kept = above
        return kept

    def add_merge(self, merge: MergeRecord) -> None:
        """Keep how a ticket stood before it became part of another."""
        self._session.add(merge)

    def standing_merge(self, ticket_id: int) -> MergeRecord | None:
        """The merge that holds now, locked until the transaction ends."""
        return self._session.scalar(
            select(MergeRecord)
            .where(MergeRecord.ticket_id == ticket_id, MergeRecord.undone_at.is_(None))
            .with_for_update()
        )

    def say_two(self, ticket_id: int, other_id: int, *, by: int, at: datetime) -> None:
        """Keep that two tickets are not the same matter; saying it twice changes nothing."""
        first, second = sorted((ticket_id, other_id))
        self._session.execute(
            insert(NotRepeatRecord)
            .values(first_id=first, second_id=second, said_by=by, said_at=at)
            .on_conflict_do_nothing()
        )

    def alike(self, record: TicketRecord, *, since: datetime) -> Sequence[TicketRecord]:
        """Open tickets that could be the same matter, newest first: same person, or same kind of matter."""
        first, second = NotRepeatRecord.first_id, NotRepeatRecord.second_id
        told_apart = exists().where(
            or_(
                (first == record.id) & (second == TicketRecord.id),
                (second == record.id) & (first == TicketRecord.id),
            )
        )
        contact = record.fields.get(Field.CONTACT.value)
        ways = [TicketRecord.category == record.category]
        if record.conversation_id is not None:
            ways.append(TicketRecord.conversation_id == record.conversation_id)
        if contact:
            ways.append(TicketRecord.fields[Field.CONTACT.value].astext == contact)
        return self._session.scalars(
            select(TicketRecord)
            .where(
                TicketRecord.created_at >= since,
                TicketRecord.status.in_(OPEN),
                TicketRecord.id != record.id,
                or_(*ways),
                ~told_apart,
            )
            .order_by(TicketRecord.created_at.desc(), TicketRecord.id.desc())
            .limit(COMPARED_MAX)
        ).all()
