"""Clocks of tickets with what made them, pauses, and more time asked for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112721"
down_revision: str | Sequence[str] | None = "2026112751"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table('clock_extensions',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('clock', sa.Text(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved', sa.Boolean(), nullable=True),
    sa.Column('decision', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('spent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_clock_extensions_reason')),
    sa.CheckConstraint("unit in ('minutes', 'hours', 'workminutes', 'workhours', 'days', 'workdays') and amount > 0", name=op.f('ck_clock_extensions_span')),
    sa.CheckConstraint('(decided_by is null) = (decided_at is null) and (decided_by is null) = (approved is null)', name=op.f('ck_clock_extensions_decision')),
    sa.CheckConstraint('decided_by <> asked_by', name=op.f('ck_clock_extensions_second_person')),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_clock_extensions_asked_by_staff')),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_clock_extensions_decided_by_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_clock_extensions_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_extensions'))
    )
    op.create_index(op.f('ix_clock_extensions_ticket_id'), 'clock_extensions', ['ticket_id'], unique=False)
    op.create_table('ticket_clocks',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('calendar_version', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('steps', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("name in ('accept', 'first_contact', 'resolve', 'call_back', 'response')", name=op.f('ck_ticket_clocks_name')),
    sa.CheckConstraint("unit in ('minutes', 'hours', 'workminutes', 'workhours', 'days', 'workdays') and amount > 0", name=op.f('ck_ticket_clocks_span')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_clocks_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_clocks'))
    )
    op.create_index(op.f('ix_ticket_clocks_ticket_id'), 'ticket_clocks', ['ticket_id'], unique=False)
    op.create_index('uq_ticket_clocks_current', 'ticket_clocks', ['ticket_id', 'name'], unique=True, postgresql_where=sa.text('ended_at is null'))
    op.create_table('ticket_pauses',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('to_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('started_by', sa.BigInteger(), nullable=False),
    sa.Column('ended_by', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_ticket_pauses_reason')),
    sa.CheckConstraint('to_at is null or to_at >= from_at', name=op.f('ck_ticket_pauses_order')),
    sa.ForeignKeyConstraint(['ended_by'], ['staff.id'], name=op.f('fk_ticket_pauses_ended_by_staff')),
    sa.ForeignKeyConstraint(['started_by'], ['staff.id'], name=op.f('fk_ticket_pauses_started_by_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_pauses_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_pauses'))
    )
    op.create_index(op.f('ix_ticket_pauses_ticket_id'), 'ticket_pauses', ['ticket_id'], unique=False)
    op.create_index('uq_ticket_pauses_open', 'ticket_pauses', ['ticket_id'], unique=True, postgresql_where=sa.text('to_at is null'))
    op.add_column("tickets", sa.Column("clocks_from_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update tickets set clocks_from_at = created_at")
    op.alter_column("tickets", "clocks_from_at", nullable=False)


def downgrade() -> None:
    """Go one step down."""
    op.drop_column('tickets', 'clocks_from_at')
    op.drop_index('uq_ticket_pauses_open', table_name='ticket_pauses', postgresql_where=sa.text('to_at is null'))
    op.drop_index(op.f('ix_ticket_pauses_ticket_id'), table_name='ticket_pauses')
    op.drop_table('ticket_pauses')
    op.drop_index('uq_ticket_clocks_current', table_name='ticket_clocks', postgresql_where=sa.text('ended_at is null'))
    op.drop_index(op.f('ix_ticket_clocks_ticket_id'), table_name='ticket_clocks')
    op.drop_table('ticket_clocks')
    op.drop_index(op.f('ix_clock_extensions_ticket_id'), table_name='clock_extensions')
    op.drop_table('clock_extensions')
