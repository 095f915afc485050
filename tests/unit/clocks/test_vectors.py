"""Numbers other systems promise, or learned from their users: the same come out here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.unit.clocks.brute_force import beijing
from tests.unit.domain.city import WeekCalendar
from ticketing.domain.errors import DataFault
from ticketing.domain.spans import (
    BY_OFFICE_HOURS,
    OfficeHours,
    Pause,
    Span,
    SpanUnit,
    WorkTime,
    by_day,
    counted,
    reckon_surely,
)
from ticketing.workdays import WorkCalendar

#: Monday to Friday, eight to six, as the helpdesk's own examples have it.
EIGHT_TO_SIX = WorkTime(WeekCalendar(), OfficeHours.parse(["08:00-18:00"], where="test", zone=UTC))
NINE_TO_FIVE = WorkTime(WeekCalendar(), OfficeHours.parse(["09:00-17:00"], where="test", zone=UTC))
FIRST, UPDATE, SOLVE = (Span(minutes, SpanUnit.WORKMINUTES) for minutes in (60, 120, 180))


def utc(text: str) -> datetime:
    """An instant of Thursday 21 March 2013, or of the day named."""
    return datetime.fromisoformat(text if "-" in text else f"2013-03-21 {text}").replace(tzinfo=UTC)


def taken(from_at: datetime, to_at: datetime, pauses: tuple[Pause, ...] = ()) -> int:
    """Working minutes used."""
    used = counted(SpanUnit.WORKMINUTES, Pause(from_at, to_at), EIGHT_TO_SIX, pauses)
    return int(used / timedelta(minutes=1))


@dataclass(frozen=True)
class Watched:
    """One helpdesk clock: when it started and when it was met."""

    span: Span
    met: str
    took: int
    spare: int


def test_three_clocks_of_one_ticket_end_in_their_order() -> None:
    ends = [span.end(utc("09:30"), EIGHT_TO_SIX) for span in (FIRST, UPDATE, SOLVE)]

    assert ends == [utc("10:30"), utc("11:30"), utc("12:30")]


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param(Watched(FIRST, "10:00", 30, 30), id="answered-in-time"),
        pytest.param(Watched(FIRST, "14:00", 270, -210), id="answered-late"),
        pytest.param(Watched(UPDATE, "11:00", 90, 30), id="updated-in-time"),
        pytest.param(Watched(SOLVE, "11:30", 120, 60), id="closed-in-time"),
        pytest.param(Watched(SOLVE, "13:00", 210, -30), id="closed-late"),
    ],
)
def test_what_was_taken_and_what_was_to_spare(clock: Watched) -> None:
    took = taken(utc("09:30"), utc(clock.met))

    assert (took, clock.span.amount - took) == (clock.took, clock.spare)


def test_a_clock_that_is_met_leaves_the_next_one_as_it_was() -> None:
    running = {"first": FIRST, "update": UPDATE, "solve": SOLVE}
    due = {name: span.end(utc("09:30"), EIGHT_TO_SIX) for name, span in running.items()}

    del due["first"]
    assert min(due.values()) == utc("11:30")
    del due["update"]
    assert min(due.values()) == utc("12:30")


def test_a_message_after_the_answer_starts_the_waiting_clock_anew() -> None:
    assert UPDATE.end(utc("12:05"), EIGHT_TO_SIX) == utc("14:05")


def test_two_pauses_of_an_hour_leave_thirty_minutes() -> None:
    pauses = (Pause(utc("12:15"), utc("12:30")), Pause(utc("12:45"), utc("13:00")))

    assert taken(utc("12:00"), utc("13:00"), pauses) == 30


def test_a_pause_over_midnight_is_told_day_by_day() -> None:
    pause = Pause(utc("2013-03-21 23:45"), utc("2013-03-22 00:45"))

    assert list(by_day(pause, UTC)) == [
        (utc("2013-03-21 23:45"), utc("2013-03-22 00:00")),
        (utc("2013-03-22 00:00"), utc("2013-03-22 00:45")),
    ]


def test_a_pause_of_five_days_from_noon_touches_six() -> None:
    noon = utc("2013-03-21 12:00")

    assert len(list(by_day(Pause(noon, noon + timedelta(days=5)), UTC))) == 6


@pytest.mark.parametrize(
    ("started", "hours", "due"),
    [
        pytest.param("2026-01-09 16:30", 1, "2026-01-12 09:30", id="friday-evening-runs-on-monday"),
        pytest.param("2026-01-07 07:00", 2, "2026-01-07 11:00", id="before-opening-counts-from-opening"),
        pytest.param("2026-01-07 15:00", 2, "2026-01-07 17:00", id="to-the-very-end-of-the-day"),
        pytest.param("2026-01-07 17:00", 2, "2026-01-08 11:00", id="after-closing"),
        pytest.param("2026-01-10 12:00", 8, "2026-01-12 17:00", id="on-a-saturday"),
    ],
)
def test_working_hours_of_nine_to_five(started: str, hours: int, due: str) -> None:
    assert Span(hours, SpanUnit.WORKHOURS).end(utc(started), NINE_TO_FIVE) == utc(due)


def test_several_holidays_in_a_row_are_stepped_over() -> None:
    calendar = WeekCalendar(holidays=frozenset(date(2026, 10, day) for day in range(1, 8)))
    worktime = WorkTime(calendar, NINE_TO_FIVE.hours)

    assert Span(1, SpanUnit.WORKHOURS).end(utc("2026-10-01 10:00"), worktime) == utc("2026-10-08 10:00")


def test_hours_are_those_of_the_zone_also_when_its_clocks_change() -> None:
    berlin = OfficeHours.parse(["09:00-17:00"], where="test", zone=ZoneInfo("Europe/Berlin"))
    worktime = WorkTime(WeekCalendar(), berlin)

    # The Friday before and the Monday after the last Sunday of March.
    assert Span(9, SpanUnit.WORKHOURS).end(utc("2026-03-27 08:00"), worktime) == utc("2026-03-30 08:00")


@pytest.mark.parametrize("amount", [0, -1])
def test_no_time_or_less_is_a_fault(amount: int) -> None:
    with pytest.raises(DataFault):
        Span(amount, SpanUnit.HOURS)


@pytest.mark.parametrize("text", ["8-6", "08:00", "25:00-26:00", "12:00-08:00", "12:00-12:00", "", "x-y"])
def test_hours_that_are_no_hours_are_a_fault(text: str) -> None:
    with pytest.raises(DataFault):
        OfficeHours.parse([text], where="test")


def test_parts_of_a_day_out_of_order_are_a_fault() -> None:
    with pytest.raises(DataFault):
        OfficeHours.parse(["14:00-17:00", "08:00-12:00"], where="test")


class NeverWorked:
    """A calendar of a mistaken file."""

    version = "never"

    def is_workday(self, day: date) -> bool:
        """Not on any day."""
        return False


@pytest.mark.parametrize("unit", [SpanUnit.WORKHOURS, SpanUnit.WORKDAYS])
def test_a_calendar_without_working_days_is_a_fault_and_not_an_endless_search(unit: SpanUnit) -> None:
    with pytest.raises(DataFault, match="no working day"):
        Span(1, unit).end(utc("09:00"), WorkTime(NeverWorked(), NINE_TO_FIVE.hours))


STATE = WorkTime(WorkCalendar(), OfficeHours.parse(["08:30-12:00", "14:30-17:30"], where="test"))


@pytest.mark.parametrize(
    ("span", "started", "due"),
    [
        pytest.param(Span(2, SpanUnit.HOURS), "2026-02-16 23:30:00", "2026-02-17 01:30:00", id="night"),
        pytest.param(Span(1, SpanUnit.WORKDAYS), "2026-11-20 10:00", "2026-11-23 23:59:59", id="weekend"),
        pytest.param(Span(1, SpanUnit.WORKDAYS), "2026-09-30 10:00", "2026-10-08 23:59:59", id="holiday"),
        pytest.param(
            Span(1, SpanUnit.WORKDAYS), "2026-02-13 10:00", "2026-02-14 23:59:59", id="makeup-saturday"
        ),
        pytest.param(
            Span(1, SpanUnit.WORKHOURS), "2026-02-14 08:30", "2026-02-14 09:30", id="its-office-hours"
        ),
        pytest.param(Span(1, SpanUnit.WORKDAYS), "2025-12-31 10:00", "2026-01-04 23:59:59", id="year-end"),
        pytest.param(
            Span(1, SpanUnit.WORKHOURS), "2026-11-20 17:29:59", "2026-11-23 09:29:59", id="one-second-left"
        ),
        pytest.param(Span(1, SpanUnit.WORKDAYS), "2026-11-20 17:59:59", "2026-11-23 23:59:59", id="17:59:59"),
        pytest.param(
            Span(1, SpanUnit.WORKDAYS), "2026-11-22 23:59:59", "2026-11-23 23:59:59", id="last-second"
        ),
    ],
)
def test_moments_at_which_clocks_go_wrong(span: Span, started: str, due: str) -> None:
    assert span.end(beijing(started), STATE) == beijing(due)


def test_a_pause_over_midnight_costs_the_day_whose_end_it_covers() -> None:
    pause = Pause(beijing("2026-11-24 17:00"), beijing("2026-11-25 09:00"))
    span = Span(2, SpanUnit.WORKDAYS)

    assert span.reckon(beijing("2026-11-23 10:00"), STATE, [pause]).due_at == beijing("2026-11-26 23:59:59")


def test_while_a_pause_is_open_there_is_no_deadline() -> None:
    pause = Pause(beijing("2026-11-24 17:00"))

    for unit in SpanUnit:
        amount = 100 if unit not in {SpanUnit.DAYS, SpanUnit.WORKDAYS} else 3
        span = Span(amount * (60 if unit in {SpanUnit.MINUTES, SpanUnit.WORKMINUTES} else 1), unit)
        assert span.reckon(beijing("2026-11-23 10:00"), STATE, [pause]).due_at is None, unit


def test_a_year_nobody_announced_counts_every_day_and_says_so() -> None:
    found, version = reckon_surely(Span(10, SpanUnit.WORKDAYS), beijing("2031-01-01 10:00"), STATE)

    assert found.due_at == beijing("2031-01-11 23:59:59")
    assert "calendar_ends" in {step.kind for step in found.steps}
    assert version.startswith("none")


def test_office_hours_are_what_working_units_are_counted_in() -> None:
    assert {SpanUnit.WORKMINUTES, SpanUnit.WORKHOURS} == BY_OFFICE_HOURS
