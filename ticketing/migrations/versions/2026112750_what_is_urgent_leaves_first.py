"""What is urgent leaves first, and the relay reads the outbox from its front."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112750"
down_revision: str | Sequence[str] | None = "2026112743"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNSENT = "sent_at is null and given_up_at is null"


def upgrade() -> None:
    """Go one step up."""
    op.add_column(
        "outbox", sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    # What waits of tickets with somebody at risk goes first from now on too.
    op.execute(
        "update outbox o set urgent = true from tickets t"
        f" where t.number = o.ticket_number and t.risk_rank > 0 and {UNSENT}"
    )
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index(
        "ix_outbox_next", "outbox", [sa.text("urgent desc"), "id"], postgresql_where=sa.text(UNSENT)
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_index("ix_outbox_next", table_name="outbox")
    op.create_index("ix_outbox_due", "outbox", ["due_at"], postgresql_where=sa.text(UNSENT))
    op.drop_column("outbox", "urgent")
