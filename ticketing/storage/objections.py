"""Objections to what was dispatched."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Nullable, Select, select, update
from sqlalchemy.orm import Session, aliased

from ticketing.domain.objections import Coordination, ObjectionState, ObjectionView
from ticketing.storage.dispatch_tables import ObjectionRecord
from ticketing.storage.tables import StaffRecord, TicketRecord

#: As many as a person looks at.
LIST_MAX = 200

_Raiser = aliased(StaffRecord)
_Decider = aliased(StaffRecord)
_Coordinator = aliased(StaffRecord)


class Objections:
    """Reads and writes objections inside one transaction; the caller holds the ticket."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, record: ObjectionRecord) -> ObjectionRecord:
        """Write a new one."""
        self._session.add(record)
        self._session.flush()  # its task bears the id
        return record

    def open_of(self, ticket_id: int) -> ObjectionRecord | None:
        """The open objection of a ticket."""
        return self._session.scalar(
            select(ObjectionRecord).where(
                ObjectionRecord.ticket_id == ticket_id, ObjectionRecord.state == ObjectionState.OPEN
            )
        )

    def returned_by(self, ticket_id: int) -> tuple[str, ...]:
        """Units that sent the ticket back, in order, as often as they did."""
        return tuple(
            self._session.scalars(
                select(ObjectionRecord.unit)
                .where(ObjectionRecord.ticket_id == ticket_id)
                .order_by(ObjectionRecord.id)
            )
        )

    def settle(self, objection_id: int, state: ObjectionState, values: Mapping[str, object]) -> bool:
        """Decide an objection that is still open; False when it no longer is."""
        settled = (
            update(ObjectionRecord)
            .where(ObjectionRecord.id == objection_id, ObjectionRecord.state == ObjectionState.OPEN)
            .values(state=state, **values)
            .returning(ObjectionRecord.id)
        )
        return self._session.scalar(settled) is not None

    def of_ticket(self, ticket_id: int, now: datetime) -> tuple[ObjectionView, ...]:
        """All of a ticket, newest first."""
        query = viewed().where(ObjectionRecord.ticket_id == ticket_id).order_by(ObjectionRecord.id.desc())
        return self._views(query, now)

    def open_ones(self, now: datetime) -> tuple[ObjectionView, ...]:
        """All that wait for a decision, the longest due first."""
        query = viewed().where(ObjectionRecord.state == ObjectionState.OPEN)
        return self._views(query.order_by(ObjectionRecord.due_at, ObjectionRecord.id).limit(LIST_MAX), now)

    def _views(self, query: "_Viewed", now: datetime) -> tuple[ObjectionView, ...]:
        rows = self._session.execute(query).all()
        return tuple(
            ObjectionView(
                id=row.id,
                ticket_number=ticket.number,
                unit=row.unit,
                next_unit=row.next_unit,
                reason=row.reason,
                raised_by_id=row.raised_by,
                raised_by=raiser,
                raised_at=row.raised_at,
                due_at=row.due_at,
                state=ObjectionState(row.state),
                decided_by=decider,
                decided_at=row.decided_at,
                decision=row.decision,
                to_unit=row.to_unit,
                is_overdue=row.state == ObjectionState.OPEN and row.due_at < now,
                coordination=Coordination(ticket.coordination),
                coordinator=coordinator,
            )
            for row, ticket, raiser, decider, coordinator in rows
        )


type _Viewed = Select[ObjectionRecord, TicketRecord, str, str | None, str | None]


def viewed() -> _Viewed:
    """Objections with their tickets and the names of everyone concerned."""
    return (
        select(
            ObjectionRecord,
            TicketRecord,
            _Raiser.name,
            Nullable(_Decider.name),
            Nullable(_Coordinator.name),
        )
        .join(TicketRecord, TicketRecord.id == ObjectionRecord.ticket_id)
        .join(_Raiser, _Raiser.id == ObjectionRecord.raised_by)
        .outerjoin(_Decider, _Decider.id == ObjectionRecord.decided_by)
        .outerjoin(_Coordinator, _Coordinator.id == TicketRecord.coordinator_id)
    )
