"""Which parts of a case file a referral shows; those made before show none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112754"
down_revision: str | Sequence[str] | None = "2026112750"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    shows = sa.Column(
        "shows",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'[]'::jsonb"),
        nullable=False,
    )
    op.add_column("referrals", shows)


def downgrade() -> None:
    """Go one step down."""
    op.drop_column("referrals", "shows")
