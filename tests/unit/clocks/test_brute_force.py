"""Deadlines are those of a clock that counts minute by minute, on every day of several years."""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.clocks.brute_force import beijing, counter, end_of, every_minute, ticks_of
from ticketing.domain.clock import BEIJING
from ticketing.domain.spans import OfficeHours, Pause, Span, SpanUnit, WorkTime
from ticketing.workdays import WorkCalendar

CALENDAR = WorkCalendar()
HOURS = OfficeHours.parse(["08:30-12:00", "14:30-17:30"], where="test")
WORKTIME = WorkTime(CALENDAR, HOURS)
FIRST, LAST = date(2023, 1, 1), date(2026, 11, 20)
SPANS = (
    Span(90, SpanUnit.MINUTES),
    Span(24, SpanUnit.HOURS),
    Span(45, SpanUnit.WORKMINUTES),
    Span(20, SpanUnit.WORKHOURS),
    Span(3, SpanUnit.DAYS),
    Span(1, SpanUnit.WORKDAYS),
    Span(3, SpanUnit.WORKDAYS),
    Span(10, SpanUnit.WORKDAYS),
)


#: Units whose clocks tick in the same minutes.
LIKE = {SpanUnit.HOURS: SpanUnit.MINUTES, SpanUnit.WORKHOURS: SpanUnit.WORKMINUTES}


@lru_cache(maxsize=1)  # spans of one clock follow each other; two million minutes are not kept for more
def counting_minutes(span: Span) -> list[datetime]:
    """Those that use the span up, of all minutes of the years."""
    counts = counter(span, CALENDAR)
    minutes = every_minute(beijing("2023-01-01 00:00"), beijing("2027-01-01 00:00"))
    return [minute for minute in minutes if counts(minute)]


@pytest.mark.slow
@pytest.mark.parametrize("span", SPANS, ids=lambda span: f"{span.amount}-{span.unit}")
def test_on_every_day_of_four_years_a_deadline_is_where_a_counting_clock_puts_it(span: Span) -> None:
    """All two million minutes are looked at one by one; each day has three starts, midnight among them."""
    counting = counting_minutes(Span(1, LIKE.get(span.unit, span.unit)))
    by_days = span.unit in {SpanUnit.DAYS, SpanUnit.WORKDAYS}
    chance, checked = Random(f"{span}"), 0  # noqa: S311 - the same every time

    for number in range((LAST - FIRST).days):
        midnight = datetime.combine(FIRST + timedelta(days=number), datetime.min.time(), BEIJING)
        for of_day in (0, 23 * 60 + 59, chance.randrange(24 * 60)):
            start_at = (midnight + timedelta(minutes=of_day)).astimezone(UTC)
            begins = midnight + timedelta(days=1) if by_days else start_at
            last = counting[bisect_left(counting, begins) + ticks_of(span) - 1]
            expected = last + timedelta(seconds=59 if by_days else 60)
            assert span.end(start_at, WORKTIME) == expected, start_at
            checked += 1

    assert checked > 4_000


def pauses_after(start_at: datetime) -> st.SearchStrategy[list[Pause]]:
    """Up to four pauses around ``start_at``, overlapping or not, in whole minutes."""

    def pause(numbers: tuple[int, int]) -> Pause:
        from_at = start_at + timedelta(minutes=numbers[0])
        return Pause(from_at, from_at + timedelta(minutes=numbers[1]))

    pair = st.tuples(st.integers(-600, 9_000), st.integers(1, 6_000))
    return st.lists(pair.map(pause), max_size=4)


@settings(max_examples=120, deadline=None)
@given(data=st.data(), minute=st.integers(0, 3 * 365 * 24 * 60), span=st.sampled_from(SPANS))
def test_pauses_take_out_exactly_what_a_counting_clock_skips(
    data: st.DataObject, minute: int, span: Span
) -> None:
    start_at = beijing("2023-06-01 00:00") + timedelta(minutes=minute)
    pauses = data.draw(pauses_after(start_at))

    reckoned = span.reckon(start_at, WORKTIME, pauses)

    assert reckoned.due_at == end_of(span, start_at, CALENDAR, pauses)


@given(minute=st.integers(0, 3 * 365 * 24 * 60), span=st.sampled_from(SPANS))
def test_the_days_told_as_counted_are_as_many_as_promised(minute: int, span: Span) -> None:
    start_at = beijing("2023-06-01 00:00") + timedelta(minutes=minute)
    steps = span.reckon(start_at, WORKTIME).steps

    if span.unit in {SpanUnit.DAYS, SpanUnit.WORKDAYS}:
        assert sum(step.kind in {"counted", "makeup"} for step in steps) == span.amount
    else:
        ran = [
            datetime.fromisoformat(step.until) - datetime.fromisoformat(step.at)
            for step in steps
            if step.kind == "ran"
        ]
        assert sum(ran, timedelta(0)) == timedelta(minutes=ticks_of(span))
