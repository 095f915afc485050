"""Who was told that a resident waits for a person, each level once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112733"
down_revision: str | Sequence[str] | None = "2026112730"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "waiting_notices",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level in (1, 2)", name=op.f("ck_waiting_notices_level")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_waiting_notices_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "since_at", "level", name=op.f("pk_waiting_notices")),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("waiting_notices")
