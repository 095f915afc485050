"""Which tickets became one, and which are known to be two."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112722"
down_revision: str | Sequence[str] | None = "2026112721"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table('merges',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('kept_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('merged_by', sa.BigInteger(), nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_by', sa.BigInteger(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(undone_by is null) = (undone_at is null)', name=op.f('ck_merges_undone')),
    sa.CheckConstraint('ticket_id <> kept_id', name=op.f('ck_merges_two')),
    sa.ForeignKeyConstraint(['kept_id'], ['tickets.id'], name=op.f('fk_merges_kept_id_tickets')),
    sa.ForeignKeyConstraint(['merged_by'], ['staff.id'], name=op.f('fk_merges_merged_by_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_merges_ticket_id_tickets')),
    sa.ForeignKeyConstraint(['undone_by'], ['staff.id'], name=op.f('fk_merges_undone_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    op.create_index(op.f('ix_merges_kept_id'), 'merges', ['kept_id'], unique=False)
    op.create_index('uq_merges_standing', 'merges', ['ticket_id'], unique=True, postgresql_where=sa.text('undone_at is null'))
    op.create_table('not_repeats',
    sa.Column('first_id', sa.BigInteger(), nullable=False),
    sa.Column('second_id', sa.BigInteger(), nullable=False),
    sa.Column('said_by', sa.BigInteger(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_not_repeats_order')),
    sa.ForeignKeyConstraint(['first_id'], ['tickets.id'], name=op.f('fk_not_repeats_first_id_tickets')),
    sa.ForeignKeyConstraint(['said_by'], ['staff.id'], name=op.f('fk_not_repeats_said_by_staff')),
    sa.ForeignKeyConstraint(['second_id'], ['tickets.id'], name=op.f('fk_not_repeats_second_id_tickets')),
    sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_not_repeats'))
    )
    op.create_index(op.f('ix_not_repeats_second_id'), 'not_repeats', ['second_id'], unique=False)
    op.create_index('ix_tickets_alike', 'tickets', ['category', 'created_at'], unique=False, postgresql_where=sa.text("status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned')"))
    op.create_index('ix_tickets_contact', 'tickets', [sa.literal_column("(fields ->> 'contact')")], unique=False, postgresql_where=sa.text("status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned')"))
    op.create_index('ix_tickets_merged_into', 'tickets', ['merged_into_id'], unique=False, postgresql_where=sa.text('merged_into_id is not null'))
    # What was merged before can be parted too; where it stood then is not known, so it goes to its queue.
    op.execute(
        """
        insert into merges (ticket_id, kept_id, reason, before, merged_by, merged_at)
        select t.id, t.merged_into_id, e.text,
            jsonb_build_object('status', 'dispatched', 'unit', t.unit, 'assignee_id', null,
                               'level', t.level, 'escalate_at', null),
            e.actor_id, e.at
        from tickets t
        join lateral (
            select text, actor_id, at from ticket_events
            where ticket_id = t.id and kind = 'merge' and actor_id is not null order by id desc limit 1
        ) e on true
        where t.status = 'merged'
        """
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_index('ix_tickets_merged_into', table_name='tickets', postgresql_where=sa.text('merged_into_id is not null'))
    op.drop_index('ix_tickets_contact', table_name='tickets', postgresql_where=sa.text("status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned')"))
    op.drop_index('ix_tickets_alike', table_name='tickets', postgresql_where=sa.text("status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned')"))
    op.drop_index(op.f('ix_not_repeats_second_id'), table_name='not_repeats')
    op.drop_table('not_repeats')
    op.drop_index('uq_merges_standing', table_name='merges', postgresql_where=sa.text('undone_at is null'))
    op.drop_index(op.f('ix_merges_kept_id'), table_name='merges')
    op.drop_table('merges')
