"""The table of files that came with messages."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class AttachmentRecord(Record):
    """One file; goes with its message when that is deleted."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    sort: Mapped[str]
    state: Mapped[str]
    #: Why it is not here.
    trouble: Mapped[str] = mapped_column(server_default=sql("''"))
    #: The channel's name of it; empty when it came with the message itself.
    source: Mapped[str] = mapped_column(server_default=sql("''"))
    name: Mapped[str] = mapped_column(server_default=sql("''"))
    #: What it is by its own bytes; empty until it is here.
    kind: Mapped[str] = mapped_column(server_default=sql("''"))
    size_bytes: Mapped[int] = mapped_column(server_default=sql("0"))
    sha256: Mapped[str] = mapped_column(server_default=sql("''"))
    #: Read only by whoever hands the file out.
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    preview: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    #: When it is tried next.
    due_at: Mapped[datetime | None]
    #: Until when it is tried.
    give_up_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state in ('missing', 'kept', 'lost')", name="state"),
        CheckConstraint("sort in ('picture', 'sound', 'video', 'paper')", name="sort"),
        CheckConstraint("(state = 'kept') = (data is not null)", name="kept"),
        CheckConstraint("(state = 'missing') = (due_at is not null)", name="due"),
        CheckConstraint(
            "size_bytes = coalesce(octet_length(data), 0) and size_bytes <= 20971520", name="size"
        ),
        Index("ix_attachments_due", "due_at", postgresql_where=sql("state = 'missing'")),
    )
