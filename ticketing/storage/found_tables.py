"""Tables of what workers found on their rounds, and of the situations children's cases fall under."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class DiscoveryRecord(Record):
    """One report of a worker; counted by the month. The token makes a repeat of the form the same report."""

    __tablename__ = "discoveries"

    found_by: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    #: Null only within the transaction that opens the ticket.
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit: Mapped[str]
    who: Mapped[str]
    what: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_discoveries_at", "at"),)


class ChildSituationRecord(Record):
    """That a child's case falls under one of the nine situations; a case may fall under several."""

    __tablename__ = "child_situations"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    situation: Mapped[str] = mapped_column(primary_key=True)
    marked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_child_situations_at", "at"),)
