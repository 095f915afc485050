"""Table of who read what."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class ReadRecord(Record):
    """One request of one person of staff that read about people, or wanted to.

    Rows are only ever added; the database itself refuses to change one, and to take out one younger than the
    law allows.
    """

    __tablename__ = "reads"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    way: Mapped[str]
    page: Mapped[str]
    outcome: Mapped[str]
    #: Tickets, conversations, orders … as ``ticket:NG20261123-0001``; nothing of what was read.
    subjects: Mapped[list[str]] = mapped_column(ARRAY(Text()))

    __table_args__ = (
        CheckConstraint("outcome in ('shown', 'masked', 'refused', 'not_found')", name="outcome"),
        Index("ix_reads_at", "at"),
        Index("ix_reads_staff_id", "staff_id", "at"),
        Index("ix_reads_subjects", "subjects", postgresql_using="gin"),
        # What was refused is rare and looked for first.
        Index("ix_reads_refused", "id", postgresql_where=sql("outcome in ('refused', 'not_found')")),
    )
