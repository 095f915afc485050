"""What was counted of months that cannot change any more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112781"
down_revision: str | Sequence[str] | None = "2026112733"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "month_figures",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("counted_by", sa.Text(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("groups", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_month_figures_month")),
        sa.CheckConstraint("opened >= 0", name=op.f("ck_month_figures_opened")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_figures")),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("month_figures")
