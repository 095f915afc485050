"""Indexes over the time things came in, for the monthly notice."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026112741"
down_revision: str | Sequence[str] | None = "2026112722"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"])
    op.create_index("ix_messages_at", "messages", ["at"], postgresql_using="brin")


def downgrade() -> None:
    """Go one step down."""
    op.drop_index("ix_messages_at", "messages")
    op.drop_index("ix_tickets_created_at", "tickets")
