"""By which pairs of characters a ticket is found."""

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.domain.finding import pairs
from ticketing.storage.tables import Record, TicketRecord


class TicketSearchRecord(Record):
    """Written once, when the ticket is opened; a table of its own, so that moves leave it alone."""

    __tablename__ = "ticket_search"

    ticket_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("tickets.id"), primary_key=True, autoincrement=False
    )
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text()))

    __table_args__ = (Index("ix_ticket_search_pairs", "pairs", postgresql_using="gin"),)


def keys_of(record: TicketRecord) -> TicketSearchRecord:
    """By which pairs this ticket is found."""
    return TicketSearchRecord(ticket_id=record.id, pairs=sorted(pairs(record.summary)))
