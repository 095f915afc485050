"""Table of who was told that a resident waits."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class WaitingNoticeRecord(Record):
    """That a level was told of one waiting; a row is there once, so each is told once."""

    __tablename__ = "waiting_notices"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    since_at: Mapped[datetime] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    #: When it was to be told, and when it was.
    due_at: Mapped[datetime]
    told_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("level in (1, 2)", name="level"),)
