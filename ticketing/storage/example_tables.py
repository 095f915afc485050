"""The table of questions that editors give the model to learn from."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class EditorExampleRecord(Record):
    """A question as residents ask it, and the item it asks for; withdrawn ones stay as a record."""

    __tablename__ = "editor_examples"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: Without anything that tells who asked.
    text: Mapped[str]
    topic: Mapped[str] = mapped_column(index=True)
    aspect: Mapped[str | None]
    added_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("length(text) between 2 and 200", name="text"),
        # One text teaches one thing.
        Index("uq_editor_examples_text", "text", unique=True, postgresql_where=sql("withdrawn_at is null")),
    )
