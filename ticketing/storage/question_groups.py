"""Questions that were answered badly or not at all, in groups of questions that are alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.domain.feedback import Group, GroupState, OpenQuestion
from ticketing.storage.feedback_tables import GroupedQuestionRecord, QuestionGroupRecord
from ticketing.storage.tables import MessageRecord, StaffRecord

#: One lock for all grouping: two at once would open the same group twice.
_LOCK = 4_211_275_200
GROUPS_SHOWN_MAX = 200
QUESTIONS_SHOWN_MAX = 30

#: Asked by people who are at no risk, in words, and not grouped yet. The newest answer to a question decides.
_FRESH = text("""
select distinct on (asked.id) asked.id, asked.text, asked.at,
       case when said.payload #> '{mark,gap}' is not null then 'unanswered' else 'bad' end as cause
from messages as said
join messages as asked on asked.id = said.in_reply_to
left join answer_votes as vote on vote.message_id = said.id
where said.at >= :since
  and (said.payload #> '{mark,gap}' is not null or vote.verdict = 'down')
  and asked.kind = 'text' and coalesce(asked.risk, 'none') = 'none' and asked.opened_ticket_id is null
  and not exists (select from grouped_questions as known where known.message_id = asked.id)
order by asked.id, said.id desc
limit :limit
""")
#: Whoever takes a bad word back does not count any more.
_TAKEN_BACK = text("""
delete from grouped_questions as known
where cause = 'bad' and not exists (
    select from messages as said join answer_votes as vote on vote.message_id = said.id
    where said.in_reply_to = known.message_id and vote.verdict = 'down'
)
""")
_COUNTED = text("""
select g.id, g.leader, g.state, g.topic, g.note, s.name as decided_name, g.decided_at, g.version,
       count(distinct m.conversation_id) filter (where m.at >= :since) as people,
       count(distinct m.conversation_id) filter (where m.at < :since and m.at >= :before) as people_before,
       count(distinct m.conversation_id) filter (where m.at > g.decided_at) as people_since,
       count(*) filter (where q.cause = 'unanswered' and m.at >= :since) as unanswered,
       count(*) filter (where q.cause = 'bad' and m.at >= :since) as bad
from question_groups as g
join grouped_questions as q on q.group_id = g.id
join messages as m on m.id = q.message_id
left join staff as s on s.id = g.decided_by
where cast(:only as bigint) is null or g.id = :only
group by g.id, s.name
having count(*) filter (where m.at >= :before) > 0 or g.id = :only
order by people desc, people_before desc, g.id
limit :limit
""")


@dataclass(frozen=True, slots=True)
class Periods:
    """A month up to now, and the one before it."""

    before: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor did about a group."""

    state: GroupState
    by: int
    at: datetime
    topic: str | None = None
    note: str = ""


class QuestionGroups:
    """Reads and writes groups inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def fresh(self, since: datetime, *, limit: int) -> Sequence[OpenQuestion]:
        """Questions without a group, oldest first; nobody else groups until the transaction ends."""
        self._session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        self._session.execute(_TAKEN_BACK)
        rows = self._session.execute(_FRESH, {"since": since, "limit": limit})
        return [OpenQuestion(row.id, row.text, row.at, row.cause) for row in rows]

    def leaders(self) -> Sequence[tuple[int, str]]:
        """The first question of every group, in the order of opening."""
        rows = self._session.execute(
            select(QuestionGroupRecord.id, QuestionGroupRecord.leader).order_by(QuestionGroupRecord.id)
        )
        return [(group_id, leader) for group_id, leader in rows]

    def open(self, leader: str, now: datetime) -> int:
        """A new group; its id."""
        record = QuestionGroupRecord(leader=leader, state=GroupState.OPEN, opened_at=now)
        self._session.add(record)
        self._session.flush()
        return record.id

    def put(self, question: OpenQuestion, group_id: int) -> None:
        """Let a question belong to a group."""
        made = insert(GroupedQuestionRecord).values(
            message_id=question.message_id, group_id=group_id, cause=question.cause
        )
        self._session.execute(made.on_conflict_do_nothing(index_elements=["message_id"]))

    def groups(self, periods: Periods, *, only: int | None = None) -> Sequence[Group]:
        """Groups asked for in either period, those of most people first; ``only`` one at any time."""
        values = {"since": periods.since, "before": periods.before, "only": only, "limit": GROUPS_SHOWN_MAX}
        return [
            Group(
                id=row.id,
                leader=row.leader,
                state=GroupState(row.state),
                topic=row.topic,
                note=row.note,
                decided_name=row.decided_name,
                decided_at=row.decided_at,
                version=row.version,
                people=row.people,
                people_before=row.people_before,
                people_since=row.people_since,
                unanswered=row.unanswered,
                bad=row.bad,
            )
            for row in self._session.execute(_COUNTED, values)
        ]

    def questions(self, group_id: int) -> Sequence[str]:
        """The newest questions of a group as they were asked."""
        return self._session.scalars(
            select(MessageRecord.text)
            .join(GroupedQuestionRecord, GroupedQuestionRecord.message_id == MessageRecord.id)
            .where(GroupedQuestionRecord.group_id == group_id)
            .order_by(MessageRecord.id.desc())
            .limit(QUESTIONS_SHOWN_MAX)
        ).all()

    def decide(self, group_id: int, decision: Decision, *, version: int) -> bool:
        """Write what an editor did; False if the group is not as it was when he looked."""
        done = (
            update(QuestionGroupRecord)
            .where(QuestionGroupRecord.id == group_id, QuestionGroupRecord.version == version)
            .values(
                state=decision.state,
                topic=decision.topic,
                note=decision.note,
                decided_by=decision.by,
                decided_at=decision.at,
                version=version + 1,
            )
            .returning(QuestionGroupRecord.id)
        )
        return self._session.execute(done).first() is not None

    def decided_by(self, group_id: int) -> str:
        """Who decided about it last; empty before."""
        query = (
            select(StaffRecord.name)
            .join(QuestionGroupRecord, QuestionGroupRecord.decided_by == StaffRecord.id)
            .where(QuestionGroupRecord.id == group_id)
        )
        return self._session.scalar(query) or ""
