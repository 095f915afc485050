"""Referrals as records of their own: state, deadline, consent, answer; who besides its unit sees a ticket."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112711"
down_revision: str | Sequence[str] | None = "2026112741"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIVE = "state in ('in_progress', 'accepted')"
UNSENT = "sent_at is null and given_up_at is null"


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("is_unit", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'in_progress'"), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("consented_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ground", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("referred_by", sa.BigInteger(), nullable=False),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_basis", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('in_progress', 'accepted', 'rejected', 'done', 'revoked')",
            name=op.f("ck_referrals_state"),
        ),
        sa.CheckConstraint("consented_by <> '' or ground <> ''", name=op.f("ck_referrals_disclosure")),
        sa.CheckConstraint("state <> 'rejected' or answer <> ''", name=op.f("ck_referrals_reason")),
        sa.CheckConstraint(
            "state not in ('accepted', 'done') or answered_by is not null",
            name=op.f("ck_referrals_answered"),
        ),
        sa.CheckConstraint(f"({LIVE}) = (ended_at is null)", name=op.f("ck_referrals_ended")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_referrals_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["referred_by"], ["staff.id"], name=op.f("fk_referrals_referred_by_staff")),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_referrals_answered_by_staff")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_referrals_ended_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_ticket_id"), "referrals", ["ticket_id"])
    op.create_index(op.f("ix_referrals_referred_by"), "referrals", ["referred_by"])
    op.create_index(
        "uq_referrals_live", "referrals", ["ticket_id", "target"], unique=True, postgresql_where=sa.text(LIVE)
    )
    op.create_index("ix_referrals_target", "referrals", ["target", "due_at"], postgresql_where=sa.text(LIVE))
    op.create_index(
        "ix_referrals_due",
        "referrals",
        ["due_at"],
        postgresql_where=sa.text(f"{LIVE} and raised_at is null"),
    )
    op.add_column(
        "tickets",
        sa.Column(
            "shared_with",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column("outbox", sa.Column("referral_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_outbox_referral_id_referrals"), "outbox", "referrals", ["referral_id"], ["id"]
    )
    op.create_index(
        "ix_outbox_referral",
        "outbox",
        ["referral_id"],
        postgresql_where=sa.text("referral_id is not null"),
    )
    op.create_index(
        "ix_outbox_person", "outbox", ["channel", "peer", "id"], postgresql_where=sa.text(UNSENT)
    )
    # Tickets referred before there were records go on being worked on: nothing would ever resume them.
    op.execute("update tickets set status = 'in_progress', version = version + 1 where status = 'referred'")


def downgrade() -> None:
    """Go one step down."""
    op.drop_index("ix_outbox_person", table_name="outbox")
    op.drop_index("ix_outbox_referral", table_name="outbox")
    op.drop_constraint(op.f("fk_outbox_referral_id_referrals"), "outbox", type_="foreignkey")
    op.drop_column("outbox", "referral_id")
    op.drop_column("tickets", "shared_with")
    op.drop_table("referrals")
