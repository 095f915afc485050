"""Versions of the dispatch catalogue, objections, and who is responsible for a ticket and takes part in it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112712"
down_revision: str | Sequence[str] | None = "2026112771"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "dispatch_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.CheckConstraint("(made_by is null) = (number = 0)", name=op.f("ck_dispatch_versions_made_by")),
        sa.CheckConstraint("restored < number", name=op.f("ck_dispatch_versions_restored")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_dispatch_versions_made_by_staff")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dispatch_versions")),
    )
    op.create_table(
        "objections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("next_unit", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("to_unit", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'upheld', 'dismissed', 'overtaken')", name=op.f("ck_objections_state")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_objections_reason")),
        sa.CheckConstraint("(state = 'open') = (decided_at is null)", name=op.f("ck_objections_decided")),
        sa.CheckConstraint(
            "state not in ('upheld', 'dismissed') or (decided_by is not null and to_unit is not null)",
            name=op.f("ck_objections_decider"),
        ),
        sa.CheckConstraint("decided_by <> raised_by", name=op.f("ck_objections_second_person")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_objections_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["raised_by"], ["staff.id"], name=op.f("fk_objections_raised_by_staff")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_objections_decided_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )
    op.create_index(op.f("ix_objections_ticket_id"), "objections", ["ticket_id"])
    op.create_index(
        "uq_objections_open",
        "objections",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.add_column(
        "tickets",
        sa.Column(
            "supporting",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column(
        "tickets", sa.Column("responsible_unit", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.execute("update tickets set responsible_unit = unit")
    op.add_column("tickets", sa.Column("catalogue_version", sa.Integer(), nullable=True))
    op.add_column(
        "tickets", sa.Column("coordination", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_tickets_coordination"), "tickets", "coordination in ('', 'asked', 'decided')"
    )
    op.add_column("tickets", sa.Column("coordinator_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_tickets_coordinator_id_staff"), "tickets", "staff", ["coordinator_id"], ["id"]
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_constraint(op.f("fk_tickets_coordinator_id_staff"), "tickets", type_="foreignkey")
    op.drop_constraint(op.f("ck_tickets_coordination"), "tickets", type_="check")
    for column in ("coordinator_id", "coordination", "catalogue_version", "responsible_unit", "supporting"):
        op.drop_column("tickets", column)
    op.drop_table("objections")
    op.drop_table("dispatch_versions")
