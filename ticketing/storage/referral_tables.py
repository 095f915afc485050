"""Tables of what is shown to others: referrals."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Record

LIVE_REFERRAL = "state in ('in_progress', 'accepted')"


class ReferralRecord(Record):
    """A ticket shown to one body: asked, answered, ended; its steps are in the ticket's events as well."""

    __tablename__ = "referrals"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    #: Slug of an outside body, or of one of our units.
    target: Mapped[str]
    #: Whether the target is a unit of the directory.
    is_unit: Mapped[bool]
    state: Mapped[str] = mapped_column(server_default=sql("'in_progress'"))
    request: Mapped[str]
    consented_by: Mapped[str] = mapped_column(server_default=sql("''"))
    ground: Mapped[str] = mapped_column(server_default=sql("''"))
    #: Parts of the case file that are shown once it was accepted.
    shows: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    referred_by: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    referred_at: Mapped[datetime]
    due_at: Mapped[datetime]
    due_basis: Mapped[str]
    #: When the referrer was told that ``due_at`` has passed; None: not yet.
    raised_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(server_default=sql("''"))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(server_default=sql("''"))
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    told_by: Mapped[str] = mapped_column(server_default=sql("''"))
    told_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state in ('in_progress', 'accepted', 'rejected', 'done', 'revoked')", name="state"),
        CheckConstraint("consented_by <> '' or ground <> ''", name="disclosure"),
        CheckConstraint("state <> 'rejected' or answer <> ''", name="reason"),
        CheckConstraint("state not in ('accepted', 'done') or answered_by is not null", name="answered"),
        CheckConstraint(f"({LIVE_REFERRAL}) = (ended_at is null)", name="ended"),
        # One ticket is with one body once at a time.
        Index("uq_referrals_live", "ticket_id", "target", unique=True, postgresql_where=sql(LIVE_REFERRAL)),
        Index("ix_referrals_target", "target", "due_at", postgresql_where=sql(LIVE_REFERRAL)),
        Index(
            "ix_referrals_due",
            "due_at",
            postgresql_where=sql(f"{LIVE_REFERRAL} and raised_at is null"),
        ),
    )
