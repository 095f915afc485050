"""Tables of clocks: what was set and why, pauses, more time asked for."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record

NAMES = "'accept', 'first_contact', 'resolve', 'call_back', 'response'"
UNITS = "'minutes', 'hours', 'workminutes', 'workhours', 'days', 'workdays'"


class TicketClockRecord(Record):
    """A clock of a ticket, with the clause, the calendar and the steps that made its end."""

    __tablename__ = "ticket_clocks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    name: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    rule: Mapped[str]
    basis: Mapped[str]
    source: Mapped[str]
    calendar_version: Mapped[str]
    started_at: Mapped[datetime]
    #: None while a pause is open.
    due_at: Mapped[datetime | None]
    steps: Mapped[list[Json]]
    #: When what it waits for happened.
    met_at: Mapped[datetime | None]
    #: Since when another clock of the same name holds instead.
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"name in ({NAMES})", name="name"),
        CheckConstraint(f"unit in ({UNITS}) and amount > 0", name="span"),
        Index(
            "uq_ticket_clocks_current",
            "ticket_id",
            "name",
            unique=True,
            postgresql_where=sql("ended_at is null"),
        ),
    )


class TicketPauseRecord(Record):
    """A stretch in which the resident's clocks stand still; open while ``to_at`` is null."""

    __tablename__ = "ticket_pauses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    reason: Mapped[str]
    started_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("to_at is null or to_at >= from_at", name="order"),
        # One pause at a time.
        Index("uq_ticket_pauses_open", "ticket_id", unique=True, postgresql_where=sql("to_at is null")),
    )


class ClockExtensionRecord(Record):
    """More time for a clock: asked by one person, decided by another."""

    __tablename__ = "clock_extensions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    clock: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    decision: Mapped[str] = mapped_column(server_default=sql("''"))
    #: Since when it counts no longer: the ticket was opened again.
    spent_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"unit in ({UNITS}) and amount > 0", name="span"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("decided_by <> asked_by", name="second_person"),
        CheckConstraint(
            "(decided_by is null) = (decided_at is null) and (decided_by is null) = (approved is null)",
            name="decision",
        ),
    )
