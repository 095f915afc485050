"""Who of staff read what: only added to, and kept as long as the law asks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112730"
down_revision: str | Sequence[str] | None = "2026112754"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: By the server's own clock; the time of a row cannot be changed, so none becomes old before its time.
KEEP = """
create function keep_reads() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.at < now() - interval '183 days' then
        return old;
    end if;
    raise exception 'records of reading are neither changed nor taken out before their time';
end
$$
"""


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "reads",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(
            "outcome in ('shown', 'masked', 'refused', 'not_found')", name=op.f("ck_reads_outcome")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_reads_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads")),
    )
    op.create_index("ix_reads_at", "reads", ["at"])
    op.create_index("ix_reads_staff_id", "reads", ["staff_id", "at"])
    op.create_index("ix_reads_subjects", "reads", ["subjects"], postgresql_using="gin")
    op.create_index(
        "ix_reads_refused", "reads", ["id"], postgresql_where=sa.text("outcome in ('refused', 'not_found')")
    )
    op.execute(KEEP)
    op.execute(
        "create trigger kept before update or delete on reads for each row execute function keep_reads()"
    )
    op.execute(
        "create trigger kept_whole before truncate on reads for each statement execute function keep_reads()"
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("reads")
    op.execute("drop function keep_reads()")
