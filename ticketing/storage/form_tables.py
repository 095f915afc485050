"""Tables of the application forms a city gives out: every file ever uploaded, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class ItemFormRecord(Record):
    """A form of an item; its version rises with every change, so none is overwritten."""

    __tablename__ = "item_forms"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[str]
    name: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=sql("0"))

    __table_args__ = (UniqueConstraint("topic", "name"),)


class FormVersionRecord(Record):
    """A file somebody uploaded for a form; never changed but for its decision, never deleted."""

    __tablename__ = "form_versions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("item_forms.id"))
    #: 1, 2, 3 … within the form.
    number: Mapped[int]
    #: What it is by its own bytes; empty: the form is to be given out no more.
    kind: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(server_default=sql("''"))
    state: Mapped[str] = mapped_column(server_default=sql("'pending'"))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    uploaded_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default=sql("''"))

    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        CheckConstraint("kind in ('', 'pdf', 'doc', 'docx', 'xls', 'xlsx', 'jpg', 'png')", name="kind"),
        CheckConstraint("state in ('pending', 'approved', 'refused', 'superseded')", name="state"),
        CheckConstraint("state not in ('approved', 'refused') or decided_by is not null", name="decided"),
        # Nobody approves his own.
        CheckConstraint("state <> 'approved' or decided_by <> uploaded_by", name="second_person"),
        CheckConstraint("size_bytes = octet_length(data) and size_bytes <= 10485760", name="size"),
        CheckConstraint("(kind = '') = (size_bytes = 0)", name="empty"),
        Index("uq_form_versions_pending", "form_id", unique=True, postgresql_where=sql("state = 'pending'")),
    )
