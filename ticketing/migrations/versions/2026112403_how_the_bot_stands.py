"""How the bot stood after a message, so that a plain question needs no dialogue."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112403"
down_revision: str | Sequence[str] | None = "2026112401"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up; of what was said before nobody knows, so the dialogue is asked."""
    op.add_column(
        "messages", sa.Column("bot_settled", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("messages", sa.Column("bot_topic", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go one step down."""
    op.drop_column("messages", "bot_topic")
    op.drop_column("messages", "bot_settled")
