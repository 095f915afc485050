"""A clock that walks minute by minute and counts, knowing nothing of how deadlines are reckoned."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from ticketing.domain.clock import BEIJING
from ticketing.domain.spans import Pause, Span, SpanUnit
from ticketing.workdays import WorkCalendar

MINUTE = timedelta(minutes=1)
#: Office hours of the tests, in minutes of the day.
OPEN_PARTS = ((8 * 60 + 30, 12 * 60), (14 * 60 + 30, 17 * 60 + 30))

#: Whether a minute is one that counts.
type Counts = Callable[[datetime], bool]


def is_open(calendar: WorkCalendar, minute: datetime) -> bool:
    """Whether offices work in this minute."""
    there = minute.astimezone(BEIJING)
    of_day = there.hour * 60 + there.minute
    if not (OPEN_PARTS[0][0] <= of_day < OPEN_PARTS[0][1] or OPEN_PARTS[1][0] <= of_day < OPEN_PARTS[1][1]):
        return False
    return calendar.is_workday(there.date())


def counter(span: Span, calendar: WorkCalendar) -> Counts:
    """Which minutes use the span up: running ones each, days in the minute in which they end."""

    def counts(minute: datetime) -> bool:
        there = minute.astimezone(BEIJING)
        if span.unit in {SpanUnit.MINUTES, SpanUnit.HOURS}:
            return True
        if span.unit in {SpanUnit.WORKMINUTES, SpanUnit.WORKHOURS}:
            return is_open(calendar, minute)
        is_last = (there.hour, there.minute) == (23, 59)
        return is_last and (span.unit is SpanUnit.DAYS or calendar.is_workday(there.date()))

    return counts


def ticks_of(span: Span) -> int:
    """How many counting minutes the span lasts."""
    per_unit = {SpanUnit.HOURS: 60, SpanUnit.WORKHOURS: 60}
    return span.amount * per_unit.get(span.unit, 1)


def end_of(span: Span, start_at: datetime, calendar: WorkCalendar, pauses: Sequence[Pause] = ()) -> datetime:
    """Walk from ``start_at``, a whole minute, until the span is used up."""
    counts, left = counter(span, calendar), ticks_of(span)
    by_days = span.unit in {SpanUnit.DAYS, SpanUnit.WORKDAYS}
    first_day = start_at.astimezone(BEIJING).date()
    minute = start_at
    while True:
        paused = any(pause.covers(minute) for pause in pauses)
        too_early = by_days and minute.astimezone(BEIJING).date() == first_day
        if not paused and not too_early and counts(minute):
            left -= 1
            if left == 0:
                return minute + (timedelta(seconds=59) if by_days else MINUTE)
        minute += MINUTE


def every_minute(start_at: datetime, end_at: datetime) -> list[datetime]:
    """All minutes of a stretch."""
    return [start_at + n * MINUTE for n in range(int((end_at - start_at) / MINUTE))]


def beijing(text: str) -> datetime:
    """A Beijing instant written without its zone, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)
