"""Tables of what the city states: fields, every value ever entered for them, and what must be renewed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class CityFieldRecord(Record):
    """A field somebody entered a value for; its version rises with every change, so none is overwritten."""

    __tablename__ = "city_fields"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str]
    field: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=sql("0"))

    __table_args__ = (UniqueConstraint("topic", "field"),)


class CityRevisionRecord(Record):
    """A value somebody entered; never changed but for its decision, never deleted."""

    __tablename__ = "city_revisions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("city_fields.id"))
    #: 1, 2, 3 … within the field.
    number: Mapped[int]
    #: Empty: what was stated before is taken back.
    value: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    review_by: Mapped[date | None]
    note: Mapped[str] = mapped_column(server_default=sql("''"))
    origin: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=sql("'pending'"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    entered_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default=sql("''"))
    #: The city's count when it was approved: whoever knows a lower one has not seen it.
    published: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("field_id", "number"),
        CheckConstraint("state in ('pending', 'approved', 'refused', 'superseded')", name="state"),
        CheckConstraint("(state = 'approved') = (published is not null)", name="published"),
        CheckConstraint("state not in ('approved', 'refused') or decided_by is not null", name="decided"),
        # Nobody approves his own.
        CheckConstraint("state <> 'approved' or decided_by <> entered_by", name="second_person"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="days"),
        Index(
            "uq_city_revisions_pending", "field_id", unique=True, postgresql_where=sql("state = 'pending'")
        ),
        Index("ix_city_revisions_published", "published"),
    )


class CityCountRecord(Record):
    """One row: how many times something was approved."""

    __tablename__ = "city_counts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(server_default=sql("0"))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class RenewalRecord(Record):
    """Something that ran out and must be renewed by its owner; closed when it is."""

    __tablename__ = "renewals"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    topic: Mapped[str]
    key: Mapped[str] = mapped_column(server_default=sql("''"))
    unit: Mapped[str] = mapped_column(index=True)
    #: Its last day.
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind in ('item', 'document', 'value', 'field')", name="kind"),
        Index(
            "uq_renewals_open", "kind", "topic", "key", unique=True, postgresql_where=sql("closed_at is null")
        ),
    )
