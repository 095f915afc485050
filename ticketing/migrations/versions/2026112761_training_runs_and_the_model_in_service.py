"""Training runs, and which model was seen to answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112761"
down_revision: str | Sequence[str] | None = "2026112742"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up; nothing is known of the model yet."""
    seen = op.create_table(
        "language_models",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shipped", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("serving", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_language_models_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_models")),
    )
    op.bulk_insert(seen, [{"id": 1}])
    _create_runs()
    op.create_index(
        "uq_training_runs_place",
        "training_runs",
        ["place"],
        unique=True,
        postgresql_where=sa.text("place is not null"),
    )


def _create_runs() -> None:
    op.create_table(
        "training_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("place", sa.Integer(), server_default=sa.text("1"), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phase", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("percent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("train_seconds", sa.Integer(), nullable=True),
        sa.Column("base", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("model", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("compared_with", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("examples_used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("examples_left_out", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("comparison", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fault", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("log_tail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'scored', 'published', 'failed', 'rolled_back')",
            name=op.f("ck_training_runs_state"),
        ),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_training_runs_percent")),
        sa.CheckConstraint(
            "(state in ('queued', 'running')) = (place is not null)", name=op.f("ck_training_runs_place")
        ),
        sa.CheckConstraint("place = 1", name=op.f("ck_training_runs_one_place")),
        sa.CheckConstraint(
            "state not in ('scored', 'published', 'rolled_back')"
            " or (comparison is not null and model <> '' and compared_with <> '')",
            name=op.f("ck_training_runs_measured"),
        ),
        sa.CheckConstraint(
            "state not in ('published', 'rolled_back')"
            " or (published_by is not null and published_at is not null)",
            name=op.f("ck_training_runs_published"),
        ),
        sa.CheckConstraint(
            "state <> 'published' or (comparison #>> '{raised,after}')::int >="
            " (comparison #>> '{raised,before}')::int",
            name=op.f("ck_training_runs_no_fewer_raised"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_training_runs_asked_by_staff")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["staff.id"], name=op.f("fk_training_runs_published_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["staff.id"], name=op.f("fk_training_runs_taken_back_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_runs")),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("training_runs")
    op.drop_table("language_models")
