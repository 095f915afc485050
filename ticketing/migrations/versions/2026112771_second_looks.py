"""Conversations read again when they have gone quiet, and the list of the doubtful ones."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112771"
down_revision: str | Sequence[str] | None = "2026112724"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = "closed_at is null"


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "second_looks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doubts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("score between 0 and 100", name=op.f("ck_second_looks_score")),
        sa.CheckConstraint(
            "outcome in ('no_danger', 'ticket', 'taken_over')", name=op.f("ck_second_looks_outcome")
        ),
        sa.CheckConstraint(
            "(closed_at is null) = (closed_by is null) and (closed_at is null) = (outcome is null)",
            name=op.f("ck_second_looks_closed"),
        ),
        sa.CheckConstraint("outcome <> 'ticket' or ticket_id is not null", name=op.f("ck_second_looks_ticket")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_second_looks_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_second_looks_closed_by_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_second_looks_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
    )
    op.create_index(
        "uq_second_looks_open", "second_looks", ["conversation_id"], unique=True, postgresql_where=sa.text(OPEN)
    )
    op.create_index("ix_second_looks_due", "second_looks", ["due_at"], postgresql_where=sa.text(OPEN))
    op.add_column("conversations", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    # What lies further back than a day was never promised a second look; it would bury today's.
    op.execute("update conversations set looked_at = last_at where last_at < now() - interval '1 day'")


def downgrade() -> None:
    """Go one step down."""
    op.drop_column("conversations", "looked_at")
    op.drop_table("second_looks")
