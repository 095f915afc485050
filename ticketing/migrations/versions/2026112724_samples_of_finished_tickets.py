"""Samples of finished tickets and what was found in them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112724"
down_revision: str | Sequence[str] | None = "2026112732"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table('quality_checks',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('barred_id', sa.BigInteger(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_by', sa.BigInteger(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.CheckConstraint('(checked_by is null) = (checked_at is null)', name=op.f('ck_quality_checks_checked')),
    sa.CheckConstraint('checked_by <> barred_id', name=op.f('ck_quality_checks_other_person')),
    sa.ForeignKeyConstraint(['barred_id'], ['staff.id'], name=op.f('fk_quality_checks_barred_id_staff')),
    sa.ForeignKeyConstraint(['checked_by'], ['staff.id'], name=op.f('fk_quality_checks_checked_by_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_quality_checks_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_checks')),
    sa.UniqueConstraint('month', 'ticket_id', name=op.f('uq_quality_checks_month_ticket_id'))
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table('quality_checks')
