"""Tables of what residents say of answers, and of questions that were answered badly or not at all."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record


class AnswerVoteRecord(Record):
    """What a resident said of one answer; the answer's line tells the conversation, nothing else does."""

    __tablename__ = "answer_votes"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    verdict: Mapped[str]
    reason: Mapped[str | None]
    topic: Mapped[str]
    aspect: Mapped[str | None]
    #: State of the item's files, and the city's entries stated.
    revision: Mapped[str]
    facts: Mapped[Json] = mapped_column(server_default=sql("'{}'::jsonb"))
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("verdict in ('up', 'down')", name="verdict"),
        CheckConstraint(
            "reason is null or verdict = 'down'"
            " and reason in ('wrong', 'outdated', 'off_topic', 'hard', 'other')",
            name="reason",
        ),
        Index("ix_answer_votes_topic", "topic", "at"),
    )


class QuestionGroupRecord(Record):
    """Questions that are like the first of them, and what an editor did about them."""

    __tablename__ = "question_groups"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: The first question, without what tells who asked.
    leader: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=sql("'open'"))
    #: The item its questions were given to as examples.
    topic: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default=sql("''"))
    opened_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (
        CheckConstraint("state in ('open', 'handled', 'draft', 'examples')", name="state"),
        CheckConstraint(
            "state = 'open' or decided_by is not null and decided_at is not null", name="decided"
        ),
    )


class GroupedQuestionRecord(Record):
    """A question of the ledger that belongs to a group."""

    __tablename__ = "grouped_questions"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("question_groups.id"), index=True)
    #: Not answered, or answered badly.
    cause: Mapped[str]

    __table_args__ = (CheckConstraint("cause in ('unanswered', 'bad')", name="cause"),)
