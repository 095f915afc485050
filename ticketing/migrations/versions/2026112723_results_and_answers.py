"""Results told to residents, their answers, tries to call back; a child's ticket waits for its report."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112723"
down_revision: str | Sequence[str] | None = "2026112761"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: The guard as it stands in the migration that made it; only the ends are told anew.
GUARD = """
create or replace function refuse_unreported_child() returns trigger language plpgsql as $$
declare
    is_child boolean := old.category = 'child_protection' or new.category = 'child_protection'
        or coalesce(old.fields->>'minor', new.fields->>'minor', '') = 'yes' and old.category in
            ('self_harm', 'domestic_violence', 'elder_harm', 'urgent_hardship', 'homeless_person');
    is_end boolean := new.status <> old.status
        and new.status in ({ends});
    is_disguise boolean := old.category = 'child_protection' and new.category <> 'child_protection'
        or old.fields->>'minor' = 'yes' and coalesce(new.fields->>'minor', '') <> 'yes';
begin
    if is_child and (is_end or is_disguise)
        and not exists (select from police_reports where ticket_id = new.id)
        and not exists (
            select from report_waivers
            where ticket_id = new.id and signed_by is not null and spent_at is null
        )
    then
        raise exception 'ticket % is a child''s: no police report and no second signature', new.number
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
"""
ENDS = "'closed', 'merged', 'returned', 'refused', 'withdrawn'"
#: What was told and answered before results were kept by themselves.
CARRY_CLOSURES = """
insert into closures (ticket_id, round, result, told, resolved_by, resolved_at, closed_at)
select t.id, 1, t.result, '', e.actor_id, e.at, t.closed_at
from tickets t
join lateral (
    select actor_id, at from ticket_events where ticket_id = t.id and kind = 'resolve' order by id desc limit 1
) e on true
where t.status in ('resolved', 'called_back', 'closed') and coalesce(t.result, '') <> ''
"""
CARRY_RATINGS = """
insert into ratings (closure_id, ticket_id, asked_at, grade, comment, answered_at)
select c.id, t.id, c.resolved_at, t.rating, coalesce(t.rating_comment, ''), case when t.rating is not null
    then coalesce((select max(at) from ticket_events where ticket_id = t.id and kind = 'rated'), c.resolved_at)
    end
from closures c join tickets t on t.id = c.ticket_id
"""


def upgrade() -> None:
    """Go one step up; a child's ticket is not resolved either without a report or a signature."""
    op.execute(GUARD.format(ends=f"'resolved', {ENDS}"))
    op.create_table('closures',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('resolved_by', sa.BigInteger(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_by_answer', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("result <> ''", name=op.f('ck_closures_result')),
    sa.CheckConstraint('round > 0', name=op.f('ck_closures_round')),
    sa.ForeignKeyConstraint(['resolved_by'], ['staff.id'], name=op.f('fk_closures_resolved_by_staff')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_closures_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closures')),
    sa.UniqueConstraint('ticket_id', 'round', name=op.f('uq_closures_ticket_id_round'))
    )
    op.create_table('call_backs',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('closure_id', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reach', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=True),
    sa.Column('solved', sa.Boolean(), nullable=True),
    sa.CheckConstraint("reach in ('reached', 'not_reached', 'refused')", name=op.f('ck_call_backs_reach')),
    sa.CheckConstraint('grade between 1 and 5', name=op.f('ck_call_backs_grade')),
    sa.ForeignKeyConstraint(['by'], ['staff.id'], name=op.f('fk_call_backs_by_staff')),
    sa.ForeignKeyConstraint(['closure_id'], ['closures.id'], name=op.f('fk_call_backs_closure_id_closures')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_backs'))
    )
    op.create_index(op.f('ix_call_backs_closure_id'), 'call_backs', ['closure_id'], unique=False)
    op.create_table('ratings',
    sa.Column('closure_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=True),
    sa.Column('solved', sa.Boolean(), nullable=True),
    sa.Column('comment', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_late', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint('(answered_at is null) = (grade is null and solved is null)', name=op.f('ck_ratings_answered')),
    sa.CheckConstraint('grade between 1 and 5', name=op.f('ck_ratings_grade')),
    sa.ForeignKeyConstraint(['closure_id'], ['closures.id'], name=op.f('fk_ratings_closure_id_closures')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ratings_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('closure_id', 'ticket_id', name=op.f('pk_ratings'))
    )
    op.create_index(op.f('ix_ratings_ticket_id'), 'ratings', ['ticket_id'], unique=False)

    op.execute(CARRY_CLOSURES)
    op.execute(CARRY_RATINGS)


def downgrade() -> None:
    """Go one step down."""
    op.execute(GUARD.format(ends=ENDS))
    op.drop_index(op.f('ix_ratings_ticket_id'), table_name='ratings')
    op.drop_table('ratings')
    op.drop_index(op.f('ix_call_backs_closure_id'), table_name='call_backs')
    op.drop_table('call_backs')
    op.drop_table('closures')
