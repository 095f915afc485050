"""Indexes over what is open, pairs of characters to find tickets by, numbers nobody waits for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112742"
down_revision: str | Sequence[str] | None = "2026112711"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = "status in ('new', 'dispatched', 'returned')"
OPEN = "status in ('new', 'dispatched', 'returned', 'claimed', 'in_progress', 'referred')"


def upgrade() -> None:
    """Go one step up; today's numbers go on where they are."""
    where = sa.text(OPEN)
    op.create_index(
        "ix_tickets_open",
        "tickets",
        [sa.text("risk_rank DESC"), "created_at", "id"],
        postgresql_where=where,
    )
    op.create_index(
        "ix_tickets_accept_by", "tickets", ["unit", "accept_by_at"], postgresql_where=sa.text(WAITING)
    )
    op.create_index("ix_tickets_resolve_by", "tickets", ["unit", "resolve_by_at"], postgresql_where=where)
    op.create_table(
        "ticket_search",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pairs", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_search_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_search")),
    )
    op.execute(
        "insert into ticket_search (ticket_id, pairs) "
        "select id, array(select distinct substr(told, place, 2) "
        "from generate_series(1, char_length(told) - 1) as place) "
        "from (select id, lower(summary) as told from tickets) as t"
    )
    op.create_index("ix_ticket_search_pairs", "ticket_search", ["pairs"], postgresql_using="gin")
    op.execute("create sequence ticket_numbers")
    op.add_column("ticket_days", sa.Column("before", sa.BigInteger(), nullable=True))
    op.execute("update ticket_days set before = -last")
    op.alter_column("ticket_days", "before", nullable=False)
    op.drop_column("ticket_days", "last")


def downgrade() -> None:
    """Go one step down; a day's count becomes what the sequence has given out since it began."""
    op.add_column("ticket_days", sa.Column("last", sa.Integer(), nullable=True))
    op.execute("update ticket_days set last = (select last_value from ticket_numbers) - before")
    op.alter_column("ticket_days", "last", nullable=False)
    op.drop_column("ticket_days", "before")
    op.execute("drop sequence ticket_numbers")
    op.drop_table("ticket_search")
    op.drop_index("ix_tickets_resolve_by", "tickets")
    op.drop_index("ix_tickets_accept_by", "tickets")
    op.drop_index("ix_tickets_open", "tickets")
