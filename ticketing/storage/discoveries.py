"""What workers found on their rounds."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.domain.discovery import Found
from ticketing.domain.staff import Actor
from ticketing.storage.found_tables import ChildSituationRecord, DiscoveryRecord
from ticketing.storage.tables import TicketRecord


class Discoveries:
    """Reads and writes finds inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def begin(self, actor: Actor, found: Found, now: datetime) -> bool:
        """Whether this report is new; a repeat at the same time waits here until the first is written."""
        first = self._session.scalar(
            insert(DiscoveryRecord)
            .values(
                found_by=actor.id,
                token=found.key,
                unit=actor.unit,
                who=found.who,
                what=found.what,
                at=now,
            )
            .on_conflict_do_nothing()
            .returning(DiscoveryRecord.token)
        )
        return first is not None

    def opened(self, actor: Actor, token: str, ticket_id: int) -> None:
        """Tie the ticket to the report."""
        self._session.execute(
            update(DiscoveryRecord)
            .where(DiscoveryRecord.found_by == actor.id, DiscoveryRecord.token == token)
            .values(ticket_id=ticket_id)
        )

    def ticket_of(self, actor: Actor, token: str) -> TicketRecord | None:
        """The ticket of one's own report."""
        return self._session.scalar(
            select(TicketRecord)
            .join(DiscoveryRecord, DiscoveryRecord.ticket_id == TicketRecord.id)
            .where(DiscoveryRecord.found_by == actor.id, DiscoveryRecord.token == token)
        )

    def mark_situation(self, ticket_id: int, situation: str, *, by: int, now: datetime) -> bool:
        """Note a situation of a child's case; False when it was noted before."""
        new = self._session.scalar(
            insert(ChildSituationRecord)
            .values(ticket_id=ticket_id, situation=situation, marked_by=by, at=now)
            .on_conflict_do_nothing()
            .returning(ChildSituationRecord.situation)
        )
        return new is not None

    def situations(self, ticket_id: int) -> tuple[str, ...]:
        """Situations noted of a case."""
        return tuple(
            self._session.scalars(
                select(ChildSituationRecord.situation)
                .where(ChildSituationRecord.ticket_id == ticket_id)
                .order_by(ChildSituationRecord.at)
            )
        )
