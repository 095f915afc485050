"""Services that residents order: orders, takings, what was done; and a role for organisations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112731"
down_revision: str | Sequence[str] | None = "2026112753"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLES = "'worker', 'operator', 'supervisor', 'admin'"


def upgrade() -> None:
    """Go one step up."""
    op.drop_constraint(op.f("ck_staff_role"), "staff", type_="check")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role in ({ROLES}, 'organisation')")
    _create_orders()
    _create_takings()
    op.create_table(
        "service_records",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("taking_id", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_at <= to_at", name=op.f("ck_service_records_span")),
        sa.CheckConstraint("done <> ''", name=op.f("ck_service_records_done")),
        sa.ForeignKeyConstraint(
            ["taking_id"], ["takings.id"], name=op.f("fk_service_records_taking_id_takings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_records")),
    )
    op.create_index(op.f("ix_service_records_taking_id"), "service_records", ["taking_id"])


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("notes", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("helpers", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("by_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("every_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pool'"), nullable=False),
        sa.Column("offered_by", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raise_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("taken between 0 and helpers", name=op.f("ck_orders_places")),
        sa.CheckConstraint("state in ('pool', 'full', 'served', 'called_off')", name=op.f("ck_orders_state")),
        sa.CheckConstraint("state <> 'full' or taken = helpers", name=op.f("ck_orders_full")),
        sa.CheckConstraint("state <> 'pool' or taken < helpers", name=op.f("ck_orders_pool")),
        sa.CheckConstraint("consent <> ''", name=op.f("ck_orders_consent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_orders_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["offered_by"], ["staff.id"], name=op.f("fk_orders_offered_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_ticket_id", "orders", ["ticket_id"])
    op.create_index(
        "uq_orders_active",
        "orders",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("state in ('pool', 'full')"),
    )
    op.create_index(
        "ix_orders_raise", "orders", ["raise_at"], postgresql_where=sa.text("raise_at is not null")
    )


def _create_takings() -> None:
    op.create_table(
        "takings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("helpers", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("helpers > 0", name=op.f("ck_takings_helpers")),
        sa.CheckConstraint("given_back_at is null or served_at is null", name=op.f("ck_takings_one_end")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_takings_order_id_orders")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_takings_staff_id_staff")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_takings_approved_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takings")),
    )
    op.create_index(op.f("ix_takings_staff_id"), "takings", ["staff_id"])
    op.create_index(
        "uq_takings_held",
        "takings",
        ["order_id", "staff_id"],
        unique=True,
        postgresql_where=sa.text("given_back_at is null and served_at is null"),
    )


def downgrade() -> None:
    """Go one step down; organisations' accounts cannot stay: they become workers who are disabled."""
    op.drop_table("service_records")
    op.drop_table("takings")
    op.drop_table("orders")
    op.execute("update staff set role = 'worker', active = false where role = 'organisation'")
    op.drop_constraint(op.f("ck_staff_role"), "staff", type_="check")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role in ({ROLES})")
