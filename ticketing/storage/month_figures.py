"""Figures of months that cannot change any more, kept so that a notice reads no other month's tickets."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from ticketing.domain.month import NOTHING, Group, Month
from ticketing.storage.month import counts_of, numbers_of
from ticketing.storage.month_tables import MonthFiguresRecord
from ticketing.storage.tables import Json

#: Counting what an index holds is cheap (half a millisecond a year), and finds tickets brought in afterwards.
_VALID = """
month = any(:months) and counted_by = :counted_by and opened = (
    select count(*) from tickets
    where created_at >= cast(f.month as timestamp) at time zone interval '+08:00'
          and created_at < (f.month + interval '1 month') at time zone interval '+08:00')
"""
#: Taken apart in the database: of most months a notice looks at a tenth of what is kept.
_KEPT = text(f"""
select month, (select jsonb_object_agg(key, value) from jsonb_each(groups)
               where :wanted -> cast(f.month as text) ? key) as groups
from month_figures as f where {_VALID}
""").bindparams(bindparam("wanted", type_=JSONB))  # noqa: S608 - a constant of this file
_KEPT_SINCE = text(f"select month from month_figures as f where kept_at > :since and {_VALID}")  # noqa: S608 - as above
_NAMES = ("unit", "category", "town", "channel")
_ZEROS = {name: 0 for name, _ in numbers_of(NOTHING)}


class MonthFigures:
    """Reads and writes kept figures inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def kept(
        self, wanted: Mapping[Month, Collection[str]], *, counted_by: str
    ) -> Mapping[Month, tuple[Group, ...]]:
        """The groups ``wanted`` of each month, by what they are of.

        Months that were not kept are left out, and so are those that were counted otherwise or before other
        tickets were there.
        """
        values = {
            "months": [month.first for month in wanted],
            "wanted": {month.first.isoformat(): list(parts) for month, parts in wanted.items()},
            "counted_by": counted_by,
        }
        found: dict[Month, tuple[Group, ...]] = {}
        for first, groups in self._session.execute(_KEPT, values):
            month = Month(first.year, first.month)
            found[month] = tuple(_group(month, by, one) for by in groups or () for one in groups[by])
        return found

    def kept_since(self, since: datetime, months: Iterable[Month], *, counted_by: str) -> frozenset[Month]:
        """Those of ``months`` of which ``kept`` tells what was reckoned after an instant."""
        values = {"since": since, "months": [month.first for month in months], "counted_by": counted_by}
        found = self._session.execute(_KEPT_SINCE, values).scalars()
        return frozenset(Month(first.year, first.month) for first in found)

    def keep(self, month: Month, groups: Iterable[Group], *, counted_by: str, at: datetime) -> None:
        """Write down a month's figures in place of older ones."""
        told = tuple(groups)
        values = {
            "counted_by": counted_by,
            "opened": sum(one.counts.opened for one in told if one.by == "month"),
            "groups": _told(told),
            "kept_at": at,
        }
        statement = insert(MonthFiguresRecord).values(month=month.first, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=["month"], set_=values))


def _told(groups: Iterable[Group]) -> Json:
    """By what they are of, without what is empty or zero: nine tenths of it."""
    told: Json = {}
    for one in groups:
        names = {name: value for name in _NAMES if (value := getattr(one, name))}
        counts = {name: value for name, value in numbers_of(one.counts) if value}
        told.setdefault(one.by, []).append({**names, "counts": counts})
    return told


def _group(month: Month, by: str, told: Json) -> Group:
    unit, category, town, channel = (told.get(name, "") for name in _NAMES)
    return Group(month, by, unit, category, town, channel, counts_of(_ZEROS | told["counts"]))
