"""Finds tickets by words of their number and summary, never more than a person may see."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from ticketing.domain.finding import pairs
from ticketing.domain.ticket import TicketView
from ticketing.storage.search_tables import TicketSearchRecord
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import PAGE_SIZE, view_of, viewed


class TicketSearch:
    """Reads inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; writes nothing."""
        self._session = session

    def find(
        self, words: Sequence[str], *, units: frozenset[str] | None, page: int, now: datetime
    ) -> tuple[TicketView, ...]:
        """Tickets with all ``words``, newest first: one page and one more, which tells that there are others.

        ``units`` None sees every unit. Nothing is counted: the database stops after the page.
        """
        asked = sorted(frozenset[str]().union(*map(pairs, words)))
        told = func.lower(TicketRecord.number + " " + TicketRecord.summary)
        query = (
            viewed()
            .join(TicketSearchRecord, TicketSearchRecord.ticket_id == TicketRecord.id)
            .where(TicketSearchRecord.pairs.contains(asked), *(func.strpos(told, word) > 0 for word in words))
        )
        if units is not None:
            query = query.where(TicketRecord.unit.in_(units))
        newest = query.order_by(TicketSearchRecord.ticket_id.desc()).offset((page - 1) * PAGE_SIZE)
        rows = self._session.execute(newest.limit(PAGE_SIZE + 1)).all()
        return tuple(view_of(record, name, now) for record, name in rows)
