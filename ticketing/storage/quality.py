"""Samples of finished tickets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Nullable, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.domain.quality import QualityView
from ticketing.storage.closure_tables import ClosureRecord
from ticketing.storage.quality_tables import QualityCheckRecord
from ticketing.storage.tables import StaffRecord, TicketRecord


class QualityChecks:
    """Reads and writes samples inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def closed_by_unit(self, since: datetime, until: datetime) -> Mapping[str, Sequence[str]]:
        """Numbers of the tickets closed in a time, by unit."""
        rows = self._session.execute(
            select(TicketRecord.unit, TicketRecord.number)
            .join(ClosureRecord, ClosureRecord.ticket_id == TicketRecord.id)
            .where(ClosureRecord.closed_at >= since, ClosureRecord.closed_at < until)
            .distinct()
        )
        found: dict[str, list[str]] = {}
        for unit, number in rows:
            found.setdefault(unit, []).append(number)
        return found

    def add(self, month: str, numbers: Iterable[str], now: datetime) -> None:
        """Put tickets into the month's sample; those that are in it already stay as they are."""
        chosen = select(TicketRecord.id, TicketRecord.unit, TicketRecord.assignee_id)
        for ticket_id, unit, handler in self._session.execute(
            chosen.where(TicketRecord.number.in_(list(numbers)))
        ):
            self._session.execute(
                insert(QualityCheckRecord)
                .values(month=month, ticket_id=ticket_id, unit=unit, barred_id=handler, drawn_at=now)
                .on_conflict_do_nothing(index_elements=["month", "ticket_id"])
            )

    def one(self, check_id: int) -> QualityCheckRecord | None:
        """One that is not filled in yet, locked until the transaction ends."""
        return self._session.scalar(
            select(QualityCheckRecord)
            .where(QualityCheckRecord.id == check_id, QualityCheckRecord.checked_at.is_(None))
            .with_for_update()
        )

    def of_month(self, month: str) -> tuple[QualityView, ...]:
        """The month's sample, by unit and number."""
        rows = self._session.execute(
            select(QualityCheckRecord, TicketRecord.number, Nullable(StaffRecord.name))
            .join(TicketRecord, TicketRecord.id == QualityCheckRecord.ticket_id)
            .outerjoin(StaffRecord, StaffRecord.id == QualityCheckRecord.checked_by)
            .where(QualityCheckRecord.month == month)
            .order_by(QualityCheckRecord.unit, TicketRecord.number)
        ).all()
        return tuple(
            QualityView(
                id=row.id,
                ticket_number=number,
                unit=row.unit,
                month=row.month,
                barred_id=row.barred_id,
                checked_by=name,
                checked_at=row.checked_at,
                answers=row.answers,
            )
            for row, number, name in rows
        )
