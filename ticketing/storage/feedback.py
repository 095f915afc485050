"""Residents' votes on answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ticketing.domain.answer_marks import AnswerMark, mark_of
from ticketing.domain.feedback import BadAnswer, Reason, Verdict, Vote, VoteCount
from ticketing.domain.vocabulary import Channel, Risk
from ticketing.storage.feedback_tables import AnswerVoteRecord
from ticketing.storage.tables import ConversationRecord, MessageRecord

_Asked = aliased(MessageRecord)
BAD_ANSWERS_MAX = 100
#: An answer that lies further back is not what a vote is about.
LINES_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in the ledger."""

    message_id: int
    mark: AnswerMark


class Feedback:
    """Reads and writes votes inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def answer(self, channel: Channel, peer: str, message_id: int) -> Answered | None:
        """A line of this resident's conversation, if it is an answer about policies."""
        payload = self._session.scalar(
            select(MessageRecord.payload)
            .join(ConversationRecord, ConversationRecord.id == MessageRecord.conversation_id)
            .where(
                MessageRecord.id == message_id,
                MessageRecord.direction == "out",
                ConversationRecord.channel == channel,
                ConversationRecord.peer == peer,
            )
        )
        mark = mark_of(payload)
        return Answered(message_id, mark) if mark is not None and mark.topic is not None else None

    def newest(self, channel: Channel, peer: str) -> Answered | None:
        """The newest answer about policies among the last lines of this resident's conversation."""
        lines = self._session.execute(
            select(MessageRecord.id, MessageRecord.payload)
            .join(ConversationRecord, ConversationRecord.id == MessageRecord.conversation_id)
            .where(
                MessageRecord.direction == "out",
                ConversationRecord.channel == channel,
                ConversationRecord.peer == peer,
            )
            .order_by(MessageRecord.id.desc())
            .limit(LINES_LOOKED_AT)
        )
        marks = ((message_id, mark_of(payload)) for message_id, payload in lines)
        return next((Answered(id_, mark) for id_, mark in marks if mark is not None and mark.topic), None)

    def put(self, answered: Answered, vote: Vote, now: datetime) -> None:
        """Keep the one vote on an answer, in place of an earlier one."""
        mark = answered.mark
        values = {
            "message_id": answered.message_id,
            "verdict": vote.verdict,
            "reason": vote.reason,
            "topic": mark.topic,
            "aspect": mark.aspect,
            "revision": mark.revision,
            "facts": dict(mark.facts),
            "at": now,
        }
        changed = {key: values[key] for key in ("verdict", "reason", "at")}
        self._session.execute(
            insert(AnswerVoteRecord)
            .values(values)
            .on_conflict_do_update(index_elements=["message_id"], set_=changed)
        )

    def counts(self, since: datetime) -> Sequence[VoteCount]:
        """Votes by topic since an instant, most bad ones first."""
        rows = self._session.execute(
            select(AnswerVoteRecord.topic, AnswerVoteRecord.verdict, AnswerVoteRecord.reason, func.count())
            .where(AnswerVoteRecord.at >= since)
            .group_by(AnswerVoteRecord.topic, AnswerVoteRecord.verdict, AnswerVoteRecord.reason)
        )
        found: dict[str, VoteCount] = {}
        for topic, verdict, reason, count in rows:
            found[topic] = _with(found.get(topic, VoteCount(topic)), verdict, reason, count)
        return sorted(found.values(), key=lambda one: (-one.down, -one.up, one.topic))

    def bad(self, since: datetime, topic: str) -> Sequence[BadAnswer]:
        """The newest answers about a topic found no good; those to people at risk are not shown."""
        rows = self._session.execute(
            select(AnswerVoteRecord, MessageRecord.text, _Asked.text)
            .join(MessageRecord, MessageRecord.id == AnswerVoteRecord.message_id)
            .join(_Asked, _Asked.id == MessageRecord.in_reply_to)
            .where(
                AnswerVoteRecord.verdict == Verdict.DOWN,
                AnswerVoteRecord.topic == topic,
                AnswerVoteRecord.at >= since,
                func.coalesce(_Asked.risk, Risk.NONE) == Risk.NONE,
            )
            .order_by(AnswerVoteRecord.at.desc())
            .limit(BAD_ANSWERS_MAX)
        )
        return [_bad(vote, answer, question) for vote, answer, question in rows]


def _with(count: VoteCount, verdict: str, reason: str | None, more: int) -> VoteCount:
    if verdict == Verdict.UP:
        return VoteCount(count.topic, count.up + more, count.down, count.reasons)
    told: Mapping[Reason, int] = {**count.reasons, **({Reason(reason): more} if reason else {})}
    return VoteCount(count.topic, count.up, count.down + more, told)


def _bad(vote: AnswerVoteRecord, answer: str, question: str) -> BadAnswer:
    return BadAnswer(
        topic=vote.topic,
        aspect=vote.aspect,
        reason=Reason(vote.reason) if vote.reason else None,
        at=vote.at,
        question=question,
        answer=answer,
        revision=vote.revision,
        facts=vote.facts,
    )
