"""Tables of ordered services: orders in the pool, who took them, what was done."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record

ACTIVE_ORDER = "state in ('pool', 'full')"
HELD = "given_back_at is null and served_at is null"


class OrderRecord(Record):
    """A ticket's need as it is offered to organisations; nothing here tells who the resident is."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str]
    group: Mapped[str]
    notes: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    helpers: Mapped[int]
    #: How many of them have been found; raised by one conditional statement, so that no place is given twice.
    taken: Mapped[int] = mapped_column(server_default=sql("0"))
    by_at: Mapped[datetime]
    every_days: Mapped[int] = mapped_column(server_default=sql("0"))
    consent: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=sql("'pool'"))
    offered_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    offered_at: Mapped[datetime]
    #: When it goes to the bureau unless something happens; None once it went.
    raise_at: Mapped[datetime | None]
    raised_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("taken between 0 and helpers", name="places"),
        CheckConstraint("state in ('pool', 'full', 'served', 'called_off')", name="state"),
        CheckConstraint("state <> 'full' or taken = helpers", name="full"),
        CheckConstraint("state <> 'pool' or taken < helpers", name="pool"),
        CheckConstraint("consent <> ''", name="consent"),
        # One active order for a ticket, however many forms are sent.
        Index("uq_orders_active", "ticket_id", unique=True, postgresql_where=sql(ACTIVE_ORDER)),
        Index("ix_orders_ticket_id", "ticket_id"),
        Index("ix_orders_raise", "raise_at", postgresql_where=sql("raise_at is not null")),
    )


class TakingRecord(Record):
    """One organisation's hold on an order, from taking to giving back or serving."""

    __tablename__ = "takings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    unit: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    helpers: Mapped[int]
    taken_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    given_back_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default=sql("''"))
    served_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("helpers > 0", name="helpers"),
        CheckConstraint("given_back_at is null or served_at is null", name="one_end"),
        # A second tap takes nothing more.
        Index("uq_takings_held", "order_id", "staff_id", unique=True, postgresql_where=sql(HELD)),
    )


class ServiceRecordRecord(Record):
    """What was done for the resident, from when to when; rows are only ever added."""

    __tablename__ = "service_records"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    taking_id: Mapped[int] = mapped_column(ForeignKey("takings.id"), index=True)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    done: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("from_at <= to_at", name="span"),
        CheckConstraint("done <> ''", name="done"),
    )
