"""Tables of dispatching: the versions of the catalogue, and objections to what was dispatched."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record


class DispatchVersionRecord(Record):
    """The whole dispatch catalogue as it was at one time; rows are only ever added."""

    __tablename__ = "dispatch_versions"

    #: Counts up by one; 0 is the data file as it was when somebody first edited.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[Json]
    #: None: the data file.
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default=sql("''"))
    #: The version whose content this one has again.
    restored: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("(made_by is null) = (number = 0)", name="made_by"),
        CheckConstraint("restored < number", name="restored"),
    )


class ObjectionRecord(Record):
    """A ticket sent back with a reason and a named next unit, and what was decided."""

    __tablename__ = "objections"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit: Mapped[str]
    next_unit: Mapped[str]
    reason: Mapped[str]
    raised_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=sql("'open'"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(server_default=sql("''"))
    to_unit: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("state in ('open', 'upheld', 'dismissed', 'overtaken')", name="state"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided"),
        CheckConstraint(
            "state not in ('upheld', 'dismissed') or (decided_by is not null and to_unit is not null)",
            name="decider",
        ),
        CheckConstraint("decided_by <> raised_by", name="second_person"),
        # One at a time.
        Index("uq_objections_open", "ticket_id", unique=True, postgresql_where=sql("state = 'open'")),
    )
