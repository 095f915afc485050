"""Residents who wait for a person, and who was told of it."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.domain.waiting import Level, Waiting
from ticketing.storage.waiting_tables import WaitingNoticeRecord

#: At once; those at risk come first.
LIST_MAX = 1_000
#: Two ways to wait: on the operators' list, or with a person of staff whose last line is older than the
#: resident's. Somebody has looked when the conversation, or its ticket, was opened since; lists do not count.
_WAITING = text("""
with waiting as (
    select id, waiting_since_at as since_at, handler_id, true as unanswered
    from conversations where waiting_since_at is not null
    union all
    select c.id, said.since_at, c.handler_id, said.unanswered
    from conversations as c cross join lateral (
        select min(m.at) as since_at, bool_or(m.state = 'waiting_person') as unanswered
        from messages as m
        where m.conversation_id = c.id and m.direction = 'in' and m.state in ('waiting_person', 'with_staff')
            and m.id > coalesce((select max(s.id) from messages as s
                where s.conversation_id = c.id and s.direction = 'staff'), 0)
    ) as said
    where c.handler_id is not null and c.waiting_since_at is null and said.since_at is not null
)
select w.id, w.since_at, w.handler_id, w.unanswered, told.levels,
    exists(select from messages as m where m.conversation_id = w.id and m.direction = 'in'
        and m.at >= w.since_at - interval '1 minute' and m.risk <> 'none')
    or exists(select from tickets as t where t.conversation_id = w.id and t.risk <> 'none'
        and t.status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned')) as at_risk,
    exists(select from reads as r
        where r.at >= w.since_at and r.way in ('page', 'chat') and r.outcome = 'shown'
        and r.subjects && (array['conversation:' || w.id] || array(
            select 'ticket:' || t.number from tickets as t where t.conversation_id = w.id))) as opened
from waiting as w cross join lateral (
    select coalesce(array_agg(n.level), '{}') as levels from waiting_notices as n
    where n.conversation_id = w.id and n.since_at = w.since_at
) as told
where w.since_at <= :before and cardinality(told.levels) < 2
order by at_risk desc, w.since_at
limit :limit
""")


class WaitingList:
    """Reads who waits, and writes who was told, inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def since(self, before: datetime) -> tuple[Waiting, ...]:
        """Who has waited since ``before`` or longer and of whom somebody is still to be told."""
        rows = self._session.execute(_WAITING, {"before": before, "limit": LIST_MAX})
        return tuple(
            Waiting(
                conversation_id=row.id,
                since_at=row.since_at,
                handler_id=row.handler_id,
                at_risk=row.at_risk,
                opened=row.opened,
                unanswered=row.unanswered,
                told=frozenset(row.levels),
            )
            for row in rows
        )

    def note(self, one: Waiting, level: Level, *, due_at: datetime, now: datetime) -> bool:
        """Keep that a level is told; False: another sweep was first."""
        values = {
            "conversation_id": one.conversation_id,
            "since_at": one.since_at,
            "level": int(level),
            "due_at": due_at,
            "told_at": now,
        }
        row = insert(WaitingNoticeRecord).values(values).on_conflict_do_nothing()
        return self._session.scalar(row.returning(WaitingNoticeRecord.level)) is not None
