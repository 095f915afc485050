"""Files that residents send beside text: kept, being fetched, or lost with the reason."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112743"
down_revision: str | Sequence[str] | None = "2026112712"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: Names of files that were only noted until now are fetched too, as far as the channel still gives them.
FROM_THE_LEDGER = """
insert into attachments (message_id, sort, state, source, created_at, due_at, give_up_at)
select id,
       case when kind = 'photo' or payload ->> 'was' = 'photo' then 'picture'
            when kind = 'voice' or payload ->> 'was' = 'voice' then 'sound'
            when payload ? 'video_id' then 'video' else 'paper' end,
       'missing', coalesce(payload ->> 'file_id', payload ->> 'video_id'), at, now(), now() + interval '3 days'
from messages
where direction = 'in' and (payload ? 'file_id' or payload ? 'video_id')
"""


def upgrade() -> None:
    """Go one step up."""
    text, instant = sa.Text(), sa.DateTime(timezone=True)
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("sort", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("trouble", text, server_default=sa.text("''"), nullable=False),
        sa.Column("source", text, server_default=sa.text("''"), nullable=False),
        sa.Column("name", text, server_default=sa.text("''"), nullable=False),
        sa.Column("kind", text, server_default=sa.text("''"), nullable=False),
        sa.Column("size_bytes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sha256", text, server_default=sa.text("''"), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("preview", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", instant, nullable=True),
        sa.Column("give_up_at", instant, nullable=True),
        sa.CheckConstraint("state in ('missing', 'kept', 'lost')", name=op.f("ck_attachments_state")),
        sa.CheckConstraint(
            "sort in ('picture', 'sound', 'video', 'paper')", name=op.f("ck_attachments_sort")
        ),
        sa.CheckConstraint("(state = 'kept') = (data is not null)", name=op.f("ck_attachments_kept")),
        sa.CheckConstraint("(state = 'missing') = (due_at is not null)", name=op.f("ck_attachments_due")),
        sa.CheckConstraint(
            "size_bytes = coalesce(octet_length(data), 0) and size_bytes <= 20971520",
            name=op.f("ck_attachments_size"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_attachments_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("message_id", name=op.f("uq_attachments_message_id")),
    )
    # Pictures and sounds are packed already.
    op.execute("alter table attachments alter column data set storage external")
    op.create_index(
        "ix_attachments_due", "attachments", ["due_at"], postgresql_where=sa.text("state = 'missing'")
    )
    op.execute(FROM_THE_LEDGER)


def downgrade() -> None:
    """Go one step down."""
    op.drop_table("attachments")
