"""Table of the second look: conversations that a person is to read."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record

OPEN_LOOK = "closed_at is null"


class SecondLookRecord(Record):
    """A conversation that a person is to look at, and what came of it."""

    __tablename__ = "second_looks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    found_at: Mapped[datetime]
    due_at: Mapped[datetime]
    doubts: Mapped[list[str]]
    category: Mapped[str | None]
    #: Hundredths.
    score: Mapped[int]
    evidence: Mapped[list[str]]
    #: When the supervisors were told that nobody had looked in time.
    told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default=sql("''"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))

    __table_args__ = (
        CheckConstraint("score between 0 and 100", name="score"),
        CheckConstraint("outcome in ('no_danger', 'ticket', 'taken_over')", name="outcome"),
        CheckConstraint(
            "(closed_at is null) = (closed_by is null) and (closed_at is null) = (outcome is null)",
            name="closed",
        ),
        CheckConstraint("outcome <> 'ticket' or ticket_id is not null", name="ticket"),
        # A conversation stands in the list once.
        Index("uq_second_looks_open", "conversation_id", unique=True, postgresql_where=sql(OPEN_LOOK)),
        Index("ix_second_looks_due", "due_at", postgresql_where=sql(OPEN_LOOK)),
    )
