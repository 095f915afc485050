"""Questions that editors give the model to learn from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112751"
down_revision: str | Sequence[str] | None = "2026112405"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "editor_examples",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=True),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(text) between 2 and 200", name=op.f("ck_editor_examples_text")),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name=op.f("fk_editor_examples_added_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editor_examples")),
    )
    op.create_index(op.f("ix_editor_examples_topic"), "editor_examples", ["topic"])
    op.create_index(
        "uq_editor_examples_text",
        "editor_examples",
        ["text"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("editor_examples")
