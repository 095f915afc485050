"""Tables of the work around a ticket: duties, records, tasks."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record

OPEN_TASK = "done_at is null and cancelled_at is null"


class PoliceReportRecord(Record):
    """A report to the police that somebody made about a child; rows are only ever added."""

    __tablename__ = "police_reports"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    reported_at: Mapped[datetime]
    receiver: Mapped[str]
    receipt: Mapped[str]
    #: Which of the nine situations, slug; empty when none was chosen.
    situation: Mapped[str] = mapped_column(server_default=sql("''"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("receiver <> '' and receipt <> ''", name="complete"),
        CheckConstraint("reported_at <= recorded_at", name="past"),
    )


class ReportWaiverRecord(Record):
    """A reason why no police report is needed: asked by one person, signed by another."""

    __tablename__ = "report_waivers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    signed_reason: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    #: Since when it counts no longer: the ticket was opened again.
    spent_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("signed_by <> asked_by", name="second_person"),
        CheckConstraint(
            "(signed_by is null) = (signed_at is null) and (signed_by is null) = (signed_reason is null)",
            name="signature",
        ),
    )


class CaseRecordRecord(Record):
    """A filled-in form of a case; a correction is another row."""

    __tablename__ = "case_records"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    form: Mapped[str]
    answers: Mapped[Json]
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class TaskRecord(Record):
    """Something a person has to do by a certain time."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: Who may not do it, because it checks this person's own work.
    barred_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(server_default=sql("''"))
    contact: Mapped[str] = mapped_column(server_default=sql("''"))
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str] = mapped_column(server_default=sql("''"))
    cancelled_at: Mapped[datetime | None]
    #: The same task is set once; null for tasks that may come again.
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)

    __table_args__ = (
        CheckConstraint("done_by <> barred_id", name="other_person"),
        CheckConstraint("(done_at is null) = (done_by is null)", name="done"),
        Index("ix_tasks_open", "unit", "due_at", postgresql_where=sql(OPEN_TASK)),
    )
