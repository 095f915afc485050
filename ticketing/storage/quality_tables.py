"""The table of samples: which finished tickets were drawn in which month, and what was found."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record


class QualityCheckRecord(Record):
    """A finished ticket drawn by lot; filled in once, by somebody else than the one who did the work."""

    __tablename__ = "quality_checks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: Year and month, as 2026-11.
    month: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    unit: Mapped[str]
    barred_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    drawn_at: Mapped[datetime]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime | None]
    answers: Mapped[Json] = mapped_column(server_default=sql("'{}'::jsonb"))

    __table_args__ = (
        UniqueConstraint("month", "ticket_id"),
        CheckConstraint("checked_by <> barred_id", name="other_person"),
        CheckConstraint("(checked_by is null) = (checked_at is null)", name="checked"),
    )
