"""Tables of repeats: which tickets became one, and which are known to be two."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record


class MergeRecord(Record):
    """One ticket became part of another; ``before`` is what it was, so that it can be so again."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kept_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str]
    before: Mapped[Json]
    merged_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    merged_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("ticket_id <> kept_id", name="two"),
        CheckConstraint("(undone_by is null) = (undone_at is null)", name="undone"),
        Index("uq_merges_standing", "ticket_id", unique=True, postgresql_where=sql("undone_at is null")),
    )


class NotRepeatRecord(Record):
    """Somebody looked at two tickets and said that they are not the same matter."""

    __tablename__ = "not_repeats"

    first_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)
    said_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    said_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)
