"""The statements of an ordinary turn of a conversation, as few as they can be: residents wait for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from ticketing.domain.answer_marks import payload_of
from ticketing.domain.arrival import Arrival
from ticketing.domain.ticket import BotStanding, ChatLine, StoredReply
from ticketing.domain.vocabulary import Channel
from ticketing.storage.attachments import ATTACH, attach_values

#: How far back a report split over several messages is read together.
EARLIER_WITHIN = timedelta(minutes=10)
EARLIER_LIMIT = 4

#: The conversation, made if new, stays locked until the transaction ends: simultaneous messages of one person
#: stand in a row, so that two cannot open two cases. A redelivery writes no line.
_TAKE_IN: LiteralString = """
with mine as (
    insert into conversations (id, channel, peer, created_at, last_at)
    values (%(id)s, %(channel)s, %(peer)s, %(now)s, %(now)s)
    on conflict (channel, peer) do update set last_at = excluded.last_at
    returning id, handler_id
), line as (
    insert into messages (conversation_id, direction, external_id, kind, text, payload, at, risk, category,
                          evidence, state, answering_at)
    select mine.id, 'in', %(external_id)s, %(kind)s, %(text)s, %(payload)s, %(now)s, %(risk)s, %(category)s,
           %(evidence)s, case when mine.handler_id is null then 'received' else 'with_staff' end,
           %(now)s
    from mine
    on conflict (conversation_id, external_id) where direction = 'in' do nothing
    returning id
)
select mine.id, mine.handler_id, line.id from mine left join line on true
"""
#: By itself, not part of the statement above: that one does not see what was committed while it waited.
_BEFORE = text("""
select text, at, bot_settled, bot_topic from messages
where conversation_id = :conversation_id and direction = 'in' and id < :message_id
order by id desc limit :limit
""")
#: The same for a conversation that is still locked by ``_TAKE_IN``, so that nothing came after the message.
_BEFORE_LOCKED: LiteralString = """
select m.text, m.at, m.bot_settled, m.bot_topic
from messages as m join conversations as c on c.id = m.conversation_id
where c.channel = %(channel)s and c.peer = %(peer)s and m.direction = 'in'
    and m.external_id is distinct from %(external_id)s
order by m.id desc limit %(limit)s
"""
#: Nothing is written when a person of staff took the conversation, or when it is answered already.
_RECORD = text("""
with held as materialized (
    select id, handler_id from conversations
    where id = (select conversation_id from messages where id = :message_id)
    for update
), marked as (
    update messages as m
    set state = case when held.handler_id is not null then 'with_staff'
                     when m.state = 'received' then 'answered' else m.state end,
        bot_settled = :settled and held.handler_id is null,
        bot_topic = case when held.handler_id is null then :topic end
    from held
    where m.id = :message_id and (
        held.handler_id is not null
        or m.state <> 'answered' and not exists (select from messages as r where r.in_reply_to = m.id)
    )
    returning m.id
), written as (
    insert into messages (conversation_id, direction, text, buttons, payload, at, in_reply_to)
    select held.id, 'out', reply.text, reply.buttons, reply.payload, :now, marked.id
    from held cross join marked cross join
        rows from (jsonb_to_recordset(:replies) as (text text, buttons jsonb, payload jsonb))
        with ordinality as reply(text, buttons, payload, place)
    where held.handler_id is null
    order by reply.place
)
select handler_id is null from held
""").bindparams(bindparam("replies", type_=JSONB))
_LINES = text("""
select m.id, m.direction, m.kind, m.text, m.buttons, m.at, m.payload #>> '{mark,topic}' as topic,
       coalesce(v.verdict, '') as vote, coalesce(v.reason, '') as reason
from messages as m join conversations as c on c.id = m.conversation_id
left join answer_votes as v on v.message_id = m.id
where c.channel = :channel and c.peer = :peer and m.id > :after_id
order by m.id limit :limit
""")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an arrival."""

    conversation_id: str
    handler_id: int | None
    #: None: the channel delivered it before.
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Before:
    """What was before a message."""

    #: The last few things the resident wrote, oldest first.
    texts: tuple[str, ...]
    standing: BotStanding


class Arriving:
    """A message on its way into the ledger with others' statements; the results come with the commit."""

    def __init__(self, connection: psycopg.Connection, arrival: Arrival, now: datetime) -> None:
        """Send the statements over ``connection``, in pipeline mode and inside a transaction."""
        values = _values(arrival, now)
        self._now = now
        self._taken = connection.execute(_TAKE_IN, values)
        if arrival.attached is not None:
            connection.execute(ATTACH, attach_values(arrival, now))
        self._before = connection.execute(_BEFORE_LOCKED, {**values, "limit": EARLIER_LIMIT})

    def taken(self) -> TakenIn:
        """What became of it."""
        return TakenIn(*self._taken.fetchall()[0])

    def before(self) -> Before:
        """What was before it; of no meaning for a redelivery."""
        return _before(self._before.fetchall(), self._now)


def take_in(session: Session, arrival: Arrival, now: datetime) -> TakenIn:
    """Write what a resident sent, once, and keep the conversation locked."""
    connection = session.connection()
    taken = TakenIn(*connection.exec_driver_sql(_TAKE_IN, _values(arrival, now)).one())
    if arrival.attached is not None:
        connection.exec_driver_sql(ATTACH, attach_values(arrival, now))
    return taken


def before(session: Session, conversation_id: str, *, message_id: int, at: datetime) -> Before:
    """What was before a message; a first message finds the bot at rest."""
    values = {"conversation_id": conversation_id, "message_id": message_id, "limit": EARLIER_LIMIT}
    return _before(session.execute(_BEFORE, values).all(), at)


def _before(rows: Sequence[Any], at: datetime) -> Before:
    """Rows of text, time, whether the bot was at rest afterwards, and its topic; newest first."""
    if not rows:
        return Before((), BotStanding(settled=True))
    _, _, settled, topic = rows[0]
    texts = tuple(text for text, said_at, *_ in reversed(rows) if said_at >= at - EARLIER_WITHIN)
    return Before(texts, BotStanding(settled, topic))


def _values(arrival: Arrival, now: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "channel": arrival.channel.value,
        "peer": arrival.peer,
        "now": now,
        "external_id": arrival.external_id,
        "kind": arrival.kind.value,
        "text": arrival.text,
        "payload": Jsonb(dict(arrival.payload)),
        "risk": arrival.finding.risk.value,
        "category": arrival.finding.category,
        "evidence": Jsonb(list(arrival.finding.evidence)),
    }


class Turns:
    """Statements that are a transaction each."""

    def __init__(self, connection: Connection) -> None:
        """Work on ``connection``, which commits by itself."""
        self._connection = connection

    def record(
        self,
        message_id: int,
        replies: Sequence[StoredReply],
        *,
        standing: BotStanding,
        now: datetime,
    ) -> bool | None:
        """Keep what is answered, once; False: a person of staff has the conversation, None: no such message.

        ``standing`` is how the bot stands after it.
        """
        values = {
            "message_id": message_id,
            "replies": [
                {"text": reply.text, "buttons": list(reply.buttons), "payload": payload_of(reply.mark)}
                for reply in replies
            ],
            "settled": standing.settled,
            "topic": standing.topic,
            "now": now,
        }
        return self._connection.execute(_RECORD, values).scalar_one_or_none()

    def lines(self, channel: Channel, peer: str, *, after_id: int, limit: int = 500) -> list[ChatLine]:
        """Lines of a resident's conversation after a given one, oldest first."""
        values = {"channel": channel.value, "peer": peer, "after_id": after_id, "limit": limit}
        rows = self._connection.execute(_LINES, values)
        return [
            ChatLine(
                row.id,
                row.direction,
                row.kind,
                row.text,
                tuple(row.buttons),
                row.at,
                row.topic if row.direction == "out" else None,
                row.vote,
                row.reason,
            )
            for row in rows
        ]
