"""From "yesterday evening" to a day of the calendar, reckoned from the day on which it was written.

A told time comes as an offset: ``d-1`` yesterday, ``w-1.3`` Wednesday of last week, ``w.3`` the last
Wednesday, ``m-1.20`` the 20th of last month, ``y-1.3`` March of last year, ``md.11.20`` the last 20 November,
``ymd.2026.11.20``, ``h-2`` two hours ago. After an ``@`` comes a part of the day or the hour,
``d-1@evening``, ``w-1.3@15:00``.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

_NOTATION = re.compile(
    r"(?P<unit>ymd|md|[dwmyh])(?P<back>-?\d+)?((?:\.\d+)*)(?:@(?P<tail>[a-z]+|\d\d:\d\d))?", re.ASCII
)
_DAYS_OF_WEEK = 7
_MONTHS_OF_YEAR = 12
#: Nobody reports what happened longer ago than a life.
_YEARS_MAX = 120


class DayPart(StrEnum):
    """Part of a day, as people tell it."""

    NIGHT = "night"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Moment:
    """The days that are meant, in China; one day where ``first`` is ``last``."""

    first: date
    last: date
    part: DayPart | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """How far back, in which unit's count; the numbers after it; and when it was written."""

    back: int | None
    numbers: tuple[int, ...]
    now: datetime

    @property
    def offset(self) -> int:
        return self.back or 0


def resolve(value: str, now: datetime) -> Moment | None:
    """The day or days of a told time for somebody who writes at ``now``, civil time in China.

    Never begins after ``now``; None for what is no such time, or not one that has come.
    """
    read = _NOTATION.fullmatch(value)
    if read is None:
        return None
    numbers = tuple(int(word) for word in read.group(3).split(".") if word)
    told = _Told(None if read["back"] is None else int(read["back"]), numbers, now)
    try:
        moment = _with_tail(_READERS[read["unit"]](told), read["tail"])
    except (ValueError, OverflowError):
        return None
    is_past = moment.first <= now.date() and now.year - moment.first.year <= _YEARS_MAX
    return replace(moment, last=min(moment.last, now.date())) if is_past else None


def _with_tail(moment: Moment, tail: str | None) -> Moment:
    if tail is None or moment.first != moment.last:
        return moment
    if ":" in tail:
        return replace(moment, at=time.fromisoformat(tail))
    return replace(moment, part=DayPart(tail))


def _day(day: date) -> Moment:
    return Moment(day, day)


def _days_back(told: _Told) -> Moment:
    return _day(told.now.date() + timedelta(days=told.offset))


def _hours_back(told: _Told) -> Moment:
    then = told.now + timedelta(hours=told.offset)
    return Moment(then.date(), then.date(), at=time(then.hour, then.minute))


def _week(told: _Told) -> Moment:
    today = told.now.date()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=told.offset)
    if not told.numbers:
        return Moment(monday, monday + timedelta(days=_DAYS_OF_WEEK - 1))
    if not 1 <= told.numbers[0] <= _DAYS_OF_WEEK:
        raise ValueError
    day = monday + timedelta(days=told.numbers[0] - 1)
    return _day(day - timedelta(weeks=1) if told.back is None and day > today else day)


def _month(told: _Told) -> Moment:
    months = told.now.year * _MONTHS_OF_YEAR + told.now.month - 1 + told.offset
    return _of_month(months // _MONTHS_OF_YEAR, months % _MONTHS_OF_YEAR + 1, told.numbers)


def _of_month(year: int, month: int, numbers: tuple[int, ...]) -> Moment:
    if numbers:
        return _day(date(year, month, numbers[0]))
    first = date(year, month, 1)
    return Moment(first, date(year, month, monthrange(year, month)[1]))


def _year(told: _Told) -> Moment:
    year = told.now.year + told.offset
    if told.numbers:
        return _of_month(year, told.numbers[0], told.numbers[1:])
    return Moment(date(year, 1, 1), date(year, _MONTHS_OF_YEAR, 31))


def _month_and_day(told: _Told) -> Moment:
    """The last such day; 29 February may be up to eight years back."""
    month, day = told.numbers
    today = told.now.date()
    for year in range(today.year, today.year - 9, -1):
        if day <= monthrange(year, month)[1] and date(year, month, day) <= today:
            return _day(date(year, month, day))
    raise ValueError


def _full_date(told: _Told) -> Moment:
    year, month, day = told.numbers
    return _day(date(year, month, day))


_READERS: Mapping[str, Callable[[_Told], Moment]] = {
    "d": _days_back,
    "h": _hours_back,
    "w": _week,
    "m": _month,
    "y": _year,
    "md": _month_and_day,
    "ymd": _full_date,
}
