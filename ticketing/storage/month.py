"""The month's figures, counted in the database from what happened to tickets before the cut-off."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from ticketing.domain.lifecycle import DONE, OPEN, TRANSITIONS
from ticketing.domain.month import Counts, Group, Month, RawRow, Settled
from ticketing.domain.month_rules import MonthRules
from ticketing.storage.tables import Json

#: Where a ticket stands after its last move; tickets that left the notice keep the name of their status.
STATE_AFTER: Mapping[str, str] = {
    move.value: "done" if status in DONE else "open" if status in OPEN else status.value
    for move, (_, status) in TRANSITIONS.items()
}

#: One row for each ticket of some months, as it stood at its month's cut-off: later events are not looked at.
#: What an event does not tell (tickets from before it was written down) is taken from the ticket.
STANDING = """
with cohort as (
    select t.*, date_trunc('month', t.created_at at time zone interval '+08:00') as month
    from tickets as t where t.created_at >= :start and t.created_at < :end
), dated as (
    select *, (month + interval '1 month' + make_interval(days => :cutoff_days))
              at time zone interval '+08:00' as cutoff
    from cohort
), told as (
    select d.id,
        (array_agg(e.data->>'unit' order by e.id desc)
            filter (where e.kind in ('dispatch', 'escalate') and e.data ? 'unit'))[1] as unit,
        (array_agg(e.data->>'town' order by e.id desc) filter (where e.data ? 'town'))[1] as town,
        (array_agg(e.data->>'category' order by e.id desc) filter (where e.data ? 'category'))[1] as category,
        (array_agg(e.data->>'resolve_by' order by e.id desc) filter (where e.data ? 'resolve_by'))[1]
            as resolve_by,
        (array_agg(e.data->>'first_contact_by' order by e.id desc)
            filter (where e.data ? 'first_contact_by'))[1] as contact_by,
        (array_agg(e.kind order by e.id desc) filter (where :state_after ? e.kind))[1] as last_move,
        (array_agg(cast(e.data->>'score' as int) order by e.id desc) filter (where e.data->>'score' <> ''))[1]
            as score,
        (array_agg(e.data->>'solved' order by e.id desc) filter (where e.data->>'solved' <> ''))[1] as said,
        max(e.id) filter (where e.kind = 'merge') < max(e.id) filter (where e.kind = 'unmerged') as is_parted,
        max(e.at) filter (where e.kind = 'resolve') as resolved_at,
        min(e.at) filter (where e.kind = any(:contact_events)) as contacted_at,
        coalesce(bool_or(e.kind = 'mark_minor' or e.data->>'minor' = 'yes'), false) as is_minor
    from dated as d left join ticket_events as e on e.ticket_id = d.id and e.at < d.cutoff
    group by d.id
), dues as (
    select d.id, d.month, d.cutoff, d.created_at, d.channel,
        coalesce(t.unit, d.unit) as unit, coalesce(t.town, d.town, '') as town,
        coalesce(t.category, d.category) as category,
        case when d.channel = any(:interaction) then 'interaction'
             when d.channel = any(:found) then 'found' else 'hotline' end as line,
        -- Only what is open can be merged, so it is open again when that is undone.
        case when t.last_move = 'merge' and t.is_parted then 'open'
             else coalesce(:state_after ->> t.last_move, 'open') end as state, t.resolved_at, t.contacted_at,
        coalesce(cast(nullif(t.resolve_by, '') as timestamptz), d.resolve_by_at) as resolve_by,
        coalesce(cast(nullif(t.contact_by, '') as timestamptz), d.first_contact_by_at) as contact_by,
        t.score, t.said, t.is_minor
    from dated as d join told as t on t.id = d.id
), standing as (
    select id, month, created_at, channel, town, category, line, score, said,
        coalesce(:reports_as ->> unit, unit) as unit,
        case when state <> 'done' then state when resolved_at > resolve_by then 'late' else 'on_time' end
            as outcome,
        state = 'open' and (resolve_by is null or resolve_by >= cutoff) as is_in_time,
        contacted_at is not null or contact_by < cutoff as is_contact_due,
        contacted_at is not null and (contact_by is null or contacted_at <= contact_by)
            as is_contacted_in_time,
        is_minor or category = any(:small_categories) as is_small
    from dues
)
"""

STAYED = "outcome in ('on_time', 'late', 'open')"
COUNTED = f"line <> 'found' and {STAYED}"
COUNT_COLUMNS = f"""
    count(*) as opened,
    count(*) filter (where line = 'hotline' and outcome = 'on_time') as hotline_on_time,
    count(*) filter (where line = 'hotline' and outcome = 'late') as hotline_late,
    count(*) filter (where line = 'hotline' and outcome = 'open') as hotline_open,
    count(*) filter (where line = 'interaction' and outcome = 'on_time') as interaction_on_time,
    count(*) filter (where line = 'interaction' and outcome = 'late') as interaction_late,
    count(*) filter (where line = 'interaction' and outcome = 'open') as interaction_open,
    count(*) filter (where line = 'found' and outcome = 'on_time') as found_on_time,
    count(*) filter (where line = 'found' and outcome = 'late') as found_late,
    count(*) filter (where line = 'found' and outcome = 'open') as found_open,
    count(*) filter (where outcome = 'merged') as merged,
    count(*) filter (where outcome = 'refused') as refused,
    count(*) filter (where outcome = 'withdrawn') as withdrawn,
    count(*) filter (where {COUNTED} and is_in_time) as open_in_time,
    count(*) filter (where {STAYED} and is_small) as small,
    count(*) filter (where {COUNTED} and score <= :dissatisfied_up_to) as dissatisfied,
    count(*) filter (where {COUNTED} and score is not null) as rated,
    count(*) filter (where {COUNTED} and score > :dissatisfied_up_to) as satisfied,
    count(*) filter (where {COUNTED} and is_contact_due) as contact_due,
    count(*) filter (where {COUNTED} and is_contacted_in_time) as contacted_in_time,
    count(*) filter (where {COUNTED} and said in ('yes', 'no')) as asked_resolved,
    count(*) filter (where {COUNTED} and said = 'yes') as said_resolved
"""
_TYPES = (bindparam("state_after", type_=JSONB), bindparam("reports_as", type_=JSONB))
_COUNTS = text(f"""{STANDING}
select month, unit, category, town, channel, grouping(unit, category, town, channel) as sets, {COUNT_COLUMNS}
from standing
group by grouping sets ((month), (month, unit), (month, category), (month, town), (month, channel),
                        (month, category, town))
""").bindparams(*_TYPES)  # noqa: S608 - constants of this file, no value
_ROWS = text(f"""{STANDING}
select unit, line, cast(created_at at time zone interval '+08:00' as date) as opened_on, outcome,
       coalesce(score <= :dissatisfied_up_to, false) as is_dissatisfied
from standing where {COUNTED} order by unit, created_at, id
""").bindparams(*_TYPES)  # noqa: S608 - constants of this file, no value
#: A request in writing is one conversation on one day, answered at once when no ticket came of it that day.
_REQUESTS = text("""
with said as (
    select distinct m.conversation_id, c.channel,
           cast(m.at at time zone interval '+08:00' as date) as day
    from messages as m join conversations as c on c.id = m.conversation_id
    where m.direction = 'in' and m.at >= :start and m.at < :end
), ticketed as (
    select conversation_id, cast(created_at at time zone interval '+08:00' as date) as day
    from tickets where created_at >= :start and created_at < :end and conversation_id is not null
)
select channel, count(*) as answered from said
where not exists (select from ticketed where ticketed.conversation_id = said.conversation_id
                  and ticketed.day = said.day)
group by channel
""")
#: grouping() sets a bit for each column that is summed over: unit 8, category 4, town 2, channel 1.
_SETS = {15: "month", 7: "unit", 11: "category", 13: "town", 14: "channel", 9: "cell"}
#: Columns of each line, and columns named as the fields they fill.
LINES = {
    line: (f"{line}_on_time", f"{line}_late", f"{line}_open") for line in ("hotline", "interaction", "found")
}
PLAIN_COUNTS = tuple(name for name in Counts.__dataclass_fields__ if name not in LINES)


class MonthCounts:
    """Reads figures inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; writes nothing."""
        self._session = session

    def groups(
        self, first: Month, last: Month, *, rules: MonthRules, reports_as: Mapping[str, str]
    ) -> tuple[Group, ...]:
        """All groups of the months from ``first`` to ``last``, each month at its own cut-off.

        ``reports_as`` tells under which unit another one is counted.
        """
        params = _params(first, last, rules=rules, reports_as=reports_as)
        return tuple(_group(row) for row in self._session.execute(_COUNTS, params).mappings())

    def rows(self, month: Month, *, rules: MonthRules, reports_as: Mapping[str, str]) -> tuple[RawRow, ...]:
        """The tickets the notice of a month counts, by unit."""
        params = _params(month, month, rules=rules, reports_as=reports_as)
        return tuple(RawRow(**row) for row in self._session.execute(_ROWS, params).mappings())

    def answered_at_once(self, month: Month) -> Mapping[str, int]:
        """Requests in writing from which no ticket came, by channel."""
        span = {"start": month.start_at, "end": month.plus(1).start_at}
        found = self._session.execute(_REQUESTS, span).mappings()
        return {row["channel"]: row["answered"] for row in found}


type _Value = datetime | int | Sequence[str] | Mapping[str, str]


def counted_by(rules: MonthRules, reports_as: Mapping[str, str]) -> str:
    """A digest of all that makes the figures beside the rows: the statement and its values."""
    return hashlib.sha256(json.dumps([_COUNTS.text, _how(rules, reports_as)]).encode()).hexdigest()


def _params(
    first: Month, last: Month, *, rules: MonthRules, reports_as: Mapping[str, str]
) -> Mapping[str, _Value]:
    return {"start": first.start_at, "end": last.plus(1).start_at, **_how(rules, reports_as)}


def _how(rules: MonthRules, reports_as: Mapping[str, str]) -> Mapping[str, int | list[str] | dict[str, str]]:
    """In an order of its own, so that the same values have the same digest in every process."""
    return {
        "cutoff_days": rules.cutoff_days,
        "state_after": dict(STATE_AFTER),
        "reports_as": dict(sorted(reports_as.items())),
        "contact_events": sorted(rules.contact_events),
        "interaction": sorted(channel.value for channel in rules.interaction_channels),
        "found": sorted(channel.value for channel in rules.found_channels),
        "small_categories": sorted(category.value for category in rules.small_categories),
        "dissatisfied_up_to": rules.dissatisfied_up_to,
    }


def _group(row: RowMapping) -> Group:
    by = _SETS[row["sets"]]
    return Group(
        month=Month(row["month"].year, row["month"].month),
        by=by,
        unit=row["unit"] or "",
        category=row["category"] or "",
        town=row["town"] or "",
        channel=row["channel"] or "",
        counts=counts_of(row),
    )


def counts_of(row: RowMapping | Json) -> Counts:
    """Counts of numbers by their column, all of which must be there."""
    return Counts(
        hotline=_settled(row, "hotline"),
        interaction=_settled(row, "interaction"),
        found=_settled(row, "found"),
        **{name: row[name] for name in PLAIN_COUNTS},
    )


def _settled(row: RowMapping | Json, line: str) -> Settled:
    on_time, late, still_open = LINES[line]
    return Settled(row[on_time], row[late], row[still_open])


def numbers_of(counts: Counts) -> Iterator[tuple[str, int]]:
    """Each column with its number, as ``counts_of`` takes them."""
    for line, names in LINES.items():
        settled: Settled = getattr(counts, line)
        yield from zip(names, (settled.on_time, settled.late, settled.open), strict=True)
    for name in PLAIN_COUNTS:
        yield name, getattr(counts, name)
