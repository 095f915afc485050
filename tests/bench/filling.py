"""Fills a database with tickets by the hundred thousand, as a city would have them after many years."""

import psycopg

#: About 500 a month, so that the first thousand fill the month before this one; the newest first.
MINUTES_APART = 88
#: Only among the newest is anything open: what is open does not grow with what was ever done.
OPEN_AMONG = 1_000
RARE = "古井塌陷"
COMMON = "西津街道"

#: Without the checks of foreign keys, which are right by construction here.
BEGIN = "set session_replication_role = replica"
TICKETS = """
insert into tickets (id, number, category, risk, risk_rank, status, channel, town, unit, summary, anonymous,
                     fields, created_at, clocks_from_at, accept_by_at, first_contact_by_at, resolve_by_at,
                     assignee_id, closed_at)
overriding system value
select 10000000 - n, 'NG19000101-' || to_char(n, 'FM0000000'),
       (array['child_protection', 'elder_harm', 'complaint', 'human'])[1 + n %% 4],
       (array['urgent', 'emergency', 'none'])[1 + n %% 3], (array[1, 2, 0])[1 + n %% 3],
       case when n > %(open)s then 'closed' when n %% 10 = 0 then 'dispatched' when n %% 10 = 1 then 'claimed'
            else 'closed' end,
       (array['web', 'phone', 'wechat'])[1 + n %% 3], (array['xijin', 'nanshan', null, null])[1 + n %% 4],
       (array['town-xijin', 'town-nanshan', 'city-civil-affairs', 'city-hotline'])[1 + n %% 4],
       (array['西津街道', '南山街道', '河沥溪街道', '中溪镇'])[1 + n %% 4]
       || (array['路灯不亮', '老人没人照料', '殡葬乱收费', '低保没有发', '楼道堆满杂物'])[1 + n %% 5]
       || case when n in (7, 77, 777) then %(rare)s else '' end || n,
       true, '{}', at, at, at + interval '1 hour', at + interval '2 hours', at + interval '10 days',
       case when n <= %(open)s and n %% 10 = 1 then %(worker)s::bigint end,
       case when n > %(open)s or n %% 10 > 1 then at + interval '5 days' end
from generate_series(%(first)s::bigint, %(last)s::bigint) as n,
     lateral (select now() - n * make_interval(mins => %(apart)s) as at) as t
"""
EVENTS = """
insert into ticket_events (ticket_id, kind, at, data)
select t.id, e.kind, t.created_at + e.after, case e.kind
           when 'dispatch' then jsonb_build_object('unit', t.unit)
           when 'opened' then jsonb_build_object('town', t.town, 'resolve_by', t.resolve_by_at)
           else '{}' end
from tickets as t, (values ('opened', interval '0'), ('dispatch', interval '0'), ('claim', interval '1 hour'),
                           ('resolve', interval '3 days')) as e(kind, after)
where t.id between 10000000 - %(last)s and 10000000 - %(first)s
      and (t.closed_at is not null or e.kind in ('opened', 'dispatch')
           or t.status = 'claimed' and e.kind = 'claim')
order by t.id desc
"""
KEYS = """
insert into ticket_search (ticket_id, pairs)
select id, array(select distinct substr(told, place, 2)
                 from generate_series(1, char_length(told) - 1) as place)
from (select id, lower(summary) as told from tickets
      where id between 10000000 - %(last)s and 10000000 - %(first)s) as t
"""
#: What was measured before is no part of this.
EMPTY = "truncate tickets, ticket_events, ticket_search cascade"
#: Nor what was kept of months that were not full yet.
FORGET = "truncate month_figures"
DROP_KEYS = "drop index ix_ticket_search_pairs"
MAKE_KEYS = "create index ix_ticket_search_pairs on ticket_search using gin (pairs)"


def fill(url: str, *, first: int, last: int, worker_id: int) -> None:
    """Tickets number ``first`` to ``last``, each older than the one before; number 1 begins anew."""
    values = {
        "first": first,
        "last": last,
        "worker": worker_id,
        "open": OPEN_AMONG,
        "rare": RARE,
        "apart": MINUTES_APART,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(BEGIN)
        if first == 1:
            connection.execute(EMPTY)
        connection.execute(FORGET)
        connection.execute(DROP_KEYS)
        for statement in (TICKETS, EVENTS, KEYS):
            connection.execute(statement, values)
        connection.execute(MAKE_KEYS)
        for table in ("tickets", "ticket_events", "ticket_search"):
            connection.execute(f"alter table {table} set (autovacuum_enabled = false)")
            connection.execute(f"vacuum analyze {table}")
        connection.execute("checkpoint")
