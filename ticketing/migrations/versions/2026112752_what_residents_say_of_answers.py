"""What residents say of answers, and groups of questions that were answered badly or not at all."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112752"
down_revision: str | Sequence[str] | None = "2026112723"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "answer_votes",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict in ('up', 'down')", name=op.f("ck_answer_votes_verdict")),
        sa.CheckConstraint(
            "reason is null or verdict = 'down'"
            " and reason in ('wrong', 'outdated', 'off_topic', 'hard', 'other')",
            name=op.f("ck_answer_votes_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_answer_votes_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_answer_votes")),
    )
    op.create_index("ix_answer_votes_topic", "answer_votes", ["topic", "at"])
    op.create_table(
        "question_groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'handled', 'draft', 'examples')", name=op.f("ck_question_groups_state")
        ),
        sa.CheckConstraint(
            "state = 'open' or decided_by is not null and decided_at is not null",
            name=op.f("ck_question_groups_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_question_groups_decided_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_groups")),
    )
    op.create_table(
        "grouped_questions",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.CheckConstraint("cause in ('unanswered', 'bad')", name=op.f("ck_grouped_questions_cause")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_grouped_questions_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["question_groups.id"], name=op.f("fk_grouped_questions_group_id_question_groups")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_grouped_questions")),
    )
    op.create_index(op.f("ix_grouped_questions_group_id"), "grouped_questions", ["group_id"])
    op.create_index(
        "ix_messages_gap",
        "messages",
        ["at"],
        postgresql_where=sa.text("(payload #> '{mark,gap}'::text[]) is not null"),
    )


def downgrade() -> None:
    """Go one step down."""
    op.drop_index("ix_messages_gap", table_name="messages")
    op.drop_table("grouped_questions")
    op.drop_table("question_groups")
    op.drop_table("answer_votes")
