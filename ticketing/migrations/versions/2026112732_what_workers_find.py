"""What workers find on their rounds, and the situations children's cases fall under."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112732"
down_revision: str | Sequence[str] | None = "2026112731"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up; situations told with a report to the police count from then on too."""
    op.create_table(
        "discoveries",
        sa.Column("found_by", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["found_by"], ["staff.id"], name=op.f("fk_discoveries_found_by_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_discoveries_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("found_by", "token", name=op.f("pk_discoveries")),
    )
    op.create_index(op.f("ix_discoveries_ticket_id"), "discoveries", ["ticket_id"])
    op.create_index("ix_discoveries_at", "discoveries", ["at"])
    op.create_table(
        "child_situations",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_child_situations_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["staff.id"], name=op.f("fk_child_situations_marked_by_staff")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "situation", name=op.f("pk_child_situations")),
    )
    op.create_index("ix_child_situations_at", "child_situations", ["at"])
    op.execute(
        "insert into child_situations (ticket_id, situation, marked_by, at)"
        " select distinct on (ticket_id, situation) ticket_id, situation, recorded_by, recorded_at"
        " from police_reports where situation <> '' order by ticket_id, situation, recorded_at"
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("child_situations")
    op.drop_table("discoveries")
