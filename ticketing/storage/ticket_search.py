"""Finds tickets by number and by words of the report, never more than a person may see."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session

from ticketing.domain.finding import is_number, pairs
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
        query = viewed().join(TicketSearchRecord, TicketSearchRecord.ticket_id == TicketRecord.id)
        query = query.where(*map(_has, words))
        asked = sorted(frozenset[str]().union(*(pairs(word) for word in words if not is_number(word))))
        if asked:
            query = query.where(TicketSearchRecord.pairs.contains(asked))
        if units is not None:
            query = query.where(TicketRecord.unit.in_(units))
        newest = query.order_by(TicketSearchRecord.ticket_id.desc()).offset((page - 1) * PAGE_SIZE)
        rows = self._session.execute(newest.limit(PAGE_SIZE + 1)).all()
        return tuple(view_of(record, name, now) for record, name in rows)


def _has(word: str) -> ColumnElement[bool]:
    """A whole number is the number; anything else stands in the report. The pairs alone would let more in."""
    if is_number(word):
        return TicketRecord.number == word.upper()
    return func.strpos(func.lower(TicketRecord.summary), word) > 0
