"""What the city itself states: fields, revisions, the count of approvals, and what must be renewed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112405"
down_revision: str | Sequence[str] | None = "2026112403"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up; the count begins with nothing approved."""
    op.create_table(
        "city_fields",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_fields")),
        sa.UniqueConstraint("topic", "field", name=op.f("uq_city_fields_topic_field")),
    )
    counts = op.create_table(
        "city_counts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_city_counts_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_counts")),
    )
    op.bulk_insert(counts, [{"id": 1, "count": 0}])
    _create_revisions()
    op.create_table(
        "renewals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('item', 'document', 'value', 'field')", name=op.f("ck_renewals_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewals")),
    )
    op.create_index(op.f("ix_renewals_unit"), "renewals", ["unit"])
    op.create_index(
        "uq_renewals_open",
        "renewals",
        ["kind", "topic", "key"],
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    )


def _create_revisions() -> None:
    op.create_table(
        "city_revisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("field_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state in ('pending', 'approved', 'refused', 'superseded')", name=op.f("ck_city_revisions_state")
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (published is not null)", name=op.f("ck_city_revisions_published")
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'refused') or decided_by is not null",
            name=op.f("ck_city_revisions_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' or decided_by <> entered_by", name=op.f("ck_city_revisions_second_person")
        ),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name=op.f("ck_city_revisions_days")),
        sa.ForeignKeyConstraint(
            ["field_id"], ["city_fields.id"], name=op.f("fk_city_revisions_field_id_city_fields")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["staff.id"], name=op.f("fk_city_revisions_entered_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_city_revisions_decided_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_revisions")),
        sa.UniqueConstraint("field_id", "number", name=op.f("uq_city_revisions_field_id_number")),
    )
    op.create_index("ix_city_revisions_published", "city_revisions", ["published"])
    op.create_index(
        "uq_city_revisions_pending",
        "city_revisions",
        ["field_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("renewals")
    op.drop_table("city_revisions")
    op.drop_table("city_counts")
    op.drop_table("city_fields")
