"""Tables of the end of a matter: results told, answers to them, tries to call back."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record


class ClosureRecord(Record):
    """One result of a ticket; the first stays what it was, whatever comes after it."""

    __tablename__ = "closures"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    #: 1 for the first result of a ticket.
    round: Mapped[int]
    result: Mapped[str]
    #: Exactly what the resident was sent.
    told: Mapped[str]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    resolved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    #: It was opened again because the resident was not content, and not by staff of their own accord.
    reopened_by_answer: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        UniqueConstraint("ticket_id", "round"),
        CheckConstraint("round > 0", name="round"),
        CheckConstraint("result <> ''", name="result"),
    )


class RatingRecord(Record):
    """One resident asked about one result, once; the newest answer stands."""

    __tablename__ = "ratings"

    closure_id: Mapped[int] = mapped_column(ForeignKey("closures.id"), primary_key=True)
    #: The resident's own ticket: the one with the result, or one merged into it.
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)
    asked_at: Mapped[datetime]
    grade: Mapped[int | None]
    solved: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(server_default=sql("''"))
    answered_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("grade between 1 and 5", name="grade"),
        CheckConstraint("(answered_at is null) = (grade is null and solved is null)", name="answered"),
    )


class CallBackRecord(Record):
    """One try to ask the resident by telephone."""

    __tablename__ = "call_backs"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    closure_id: Mapped[int] = mapped_column(ForeignKey("closures.id"), index=True)
    by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    reach: Mapped[str]
    text: Mapped[str]
    grade: Mapped[int | None]
    solved: Mapped[bool | None]

    __table_args__ = (
        CheckConstraint("reach in ('reached', 'not_reached', 'refused')", name="reach"),
        CheckConstraint("grade between 1 and 5", name="grade"),
    )
