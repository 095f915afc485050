"""Lengths of time as rules tell them, when they end, and every step of how that was reckoned.

Minutes and hours run on the clock. Working minutes and hours run while offices are open. Days and working
days end at 23:59:59 of the last day, the day of the start being day 0. A pause takes out the time it
covers; a day is taken out when its end falls into a pause.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import CalendarEnds, DataFault

#: The last second of a calendar day still counts.
DAY_END = time(23, 59, 59)
#: No calendar is without a working day for so long.
FAR_DAYS = 60
SATURDAY = 5
WHOLE_DAY = "24:00"


class WorkCalendar(Protocol):
    """Working days of the state calendar, moved days included."""

    @property
    def version(self) -> str:
        """Which calendar it is, kept with everything reckoned by it."""
        ...

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``; raises CalendarEnds beyond what is known."""
        ...


class SpanUnit(StrEnum):
    """What a span is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKMINUTES = "workminutes"
    WORKHOURS = "workhours"
    DAYS = "days"
    WORKDAYS = "workdays"


#: Length of one of the units that run; the others end with a day.
RUNNING = {
    SpanUnit.MINUTES: timedelta(minutes=1),
    SpanUnit.HOURS: timedelta(hours=1),
    SpanUnit.WORKMINUTES: timedelta(minutes=1),
    SpanUnit.WORKHOURS: timedelta(hours=1),
}
BY_OFFICE_HOURS = frozenset({SpanUnit.WORKMINUTES, SpanUnit.WORKHOURS})


class StepKind(StrEnum):
    """What one step of a reckoning says."""

    START = "start"
    #: Ran on the clock, or in office hours, from one instant to another.
    RAN = "ran"
    #: A day that counts; an ordinary one, or a weekend day worked for a holiday.
    COUNTED = "counted"
    MAKEUP = "makeup"
    #: A day that does not count.
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED_DAY = "paused_day"
    PAUSED = "paused"
    #: Was given more time, from one instant to another.
    EXTENDED = "extended"
    #: An earlier clock of the same ticket ends later.
    NOT_BEFORE = "not_before"
    #: A ticket merged into this one was due earlier: from one instant back to another.
    MERGED = "merged"
    #: The calendar was not known: every day counted.
    CALENDAR_ENDS = "calendar_ends"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class ReckoningStep:
    """One step; ``at`` is a day or an instant in ISO form, ``until`` the end of a stretch, else empty."""

    kind: StepKind
    at: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """When a span ends; None while a pause is open."""

    due_at: datetime | None
    steps: tuple[ReckoningStep, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count; open while ``to_at`` is None."""

    from_at: datetime
    to_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether ``at`` is taken out; the last instant is not."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When offices are open on a working day: parts of the day in order."""

    parts: tuple[tuple[timedelta, timedelta], ...]
    zone: tzinfo = BEIJING

    @classmethod
    def parse(cls, texts: Sequence[str], *, where: str, zone: tzinfo = BEIJING) -> "OfficeHours":
        """Hours of parts like ``08:30-12:00``; raises DataFault if one is no such text or out of order."""
        parts = tuple(_part(text, where) for text in texts)
        in_order = all(first[1] <= second[0] for first, second in pairwise(parts))
        if not parts or not in_order:
            raise DataFault(detail=f"{where}: office hours must be parts of a day in order")
        return cls(parts, zone)

    def of_day(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The open parts of ``day``, aware, UTC."""
        midnight = datetime.combine(day, time(), self.zone)
        for opens, closes in self.parts:
            yield (midnight + opens).astimezone(UTC), (midnight + closes).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Which days are worked and when offices are open on them."""

    calendar: WorkCalendar
    hours: OfficeHours

    def windows(self, from_at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches from ``from_at`` on, the first one cut to it.

        Raises CalendarEnds beyond what is known, DataFault after two months without a working day.
        """
        day = from_at.astimezone(self.hours.zone).date()
        idle = 0
        while idle < FAR_DAYS:
            idle += 1
            if self.calendar.is_workday(day):
                idle = 0
                yield from self._open_on(day, from_at)
            day += timedelta(days=1)
        raise DataFault(detail=f"calendar {self.calendar.version}: no working day up to {day}")

    def _open_on(self, day: date, from_at: datetime) -> Iterator[tuple[datetime, datetime]]:
        for opens_at, closes_at in self.hours.of_day(day):
            if closes_at > from_at:
                yield max(opens_at, from_at), closes_at

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself while offices are open, else when they open next."""
        return next(self.windows(at))[0]


@dataclass(frozen=True, slots=True)
class Span:
    """Length of a deadline, at least one unit."""

    amount: int
    unit: SpanUnit

    def __post_init__(self) -> None:
        """A length of nothing is a mistake in the data."""
        if self.amount < 1:
            raise DataFault(detail=f"a span of {self.amount} {self.unit}: at least 1")

    def end(self, start_at: datetime, worktime: WorkTime) -> datetime:
        """Last instant in time, aware, UTC, without any pause."""
        due_at = self.reckon(start_at, worktime).due_at
        return start_at if due_at is None else due_at

    def reckon(self, start_at: datetime, worktime: WorkTime, pauses: Sequence[Pause] = ()) -> Reckoning:
        """When it ends and why; ``pauses`` may overlap and lie anywhere. Raises CalendarEnds."""
        steps = [ReckoningStep(StepKind.START, _iso(start_at))]
        apart = _joined(pauses)
        if self.unit in RUNNING:
            due_at = self._run(start_at, worktime, apart, steps)
        else:
            due_at = self._count(start_at, worktime, apart, steps)
        if due_at is not None:
            steps.append(ReckoningStep(StepKind.DUE, _iso(due_at)))
        return Reckoning(due_at, tuple(steps))

    def _run(
        self, start_at: datetime, worktime: WorkTime, pauses: Sequence[Pause], steps: list[ReckoningStep]
    ) -> datetime | None:
        left = self.amount * RUNNING[self.unit]
        office = self.unit in BY_OFFICE_HOURS
        stretches = (
            worktime.windows(start_at) if office else iter([(start_at, datetime.max.replace(tzinfo=UTC))])
        )
        for opens_at, closes_at in stretches:
            for from_at, to_at in _outside(pauses, opens_at, closes_at, steps):
                if to_at - from_at >= left:
                    steps.append(ReckoningStep(StepKind.RAN, _iso(from_at), _iso(from_at + left)))
                    return from_at + left
                left -= to_at - from_at
                steps.append(ReckoningStep(StepKind.RAN, _iso(from_at), _iso(to_at)))
            if pauses and pauses[-1].to_at is None and pauses[-1].from_at <= closes_at:
                return None
        return None

    def _count(
        self, start_at: datetime, worktime: WorkTime, pauses: Sequence[Pause], steps: list[ReckoningStep]
    ) -> datetime | None:
        zone = worktime.hours.zone
        day, left, idle = start_at.astimezone(zone).date(), self.amount, 0
        while left:
            day += timedelta(days=1)
            idle += 1
            ends_at = datetime.combine(day, DAY_END, zone).astimezone(UTC)
            covering = next((pause for pause in pauses if pause.covers(ends_at)), None)
            if covering is not None and covering.to_at is None:
                steps.append(ReckoningStep(StepKind.PAUSED, _iso(covering.from_at)))
                return None
            kind = self._kind_of(day, worktime.calendar, paused=covering is not None)
            steps.append(ReckoningStep(kind, day.isoformat()))
            if kind in COUNTING:
                left, idle = left - 1, 0
            elif idle > FAR_DAYS and covering is None:
                raise DataFault(detail=f"calendar {worktime.calendar.version}: no working day up to {day}")
        return datetime.combine(day, DAY_END, zone).astimezone(UTC)

    def _kind_of(self, day: date, calendar: WorkCalendar, *, paused: bool) -> StepKind:
        if paused:
            return StepKind.PAUSED_DAY
        if self.unit is SpanUnit.DAYS:
            return StepKind.COUNTED
        weekend = day.weekday() >= SATURDAY
        if calendar.is_workday(day):
            return StepKind.MAKEUP if weekend else StepKind.COUNTED
        return StepKind.WEEKEND if weekend else StepKind.HOLIDAY


COUNTING = frozenset({StepKind.COUNTED, StepKind.MAKEUP})


class EveryDayCounts:
    """A calendar without holidays, for when the real one ends: too early, never too late."""

    version = "none: every day counts"

    def is_workday(self, day: date) -> bool:
        """Always."""
        del day
        return True


def reckon_surely(
    span: Span, start_at: datetime, worktime: WorkTime, pauses: Sequence[Pause] = ()
) -> tuple[Reckoning, str]:
    """The reckoning and the version of its calendar; a calendar that ends never stops it.

    Then every day counts as a working day, and a step says so.
    """
    try:
        return span.reckon(start_at, worktime, pauses), worktime.calendar.version
    except CalendarEnds as error:
        everyday = EveryDayCounts()
        found = span.reckon(start_at, WorkTime(everyday, worktime.hours), pauses)
        told = ReckoningStep(StepKind.CALENDAR_ENDS, str(error.params["year"]))
        return Reckoning(found.due_at, (found.steps[0], told, *found.steps[1:])), everyday.version


def counted(
    span_unit: SpanUnit, between: Pause, worktime: WorkTime, pauses: Sequence[Pause] = ()
) -> timedelta:
    """How much of a closed stretch counts in a unit that runs: what was taken until ``between`` ended."""
    if between.to_at is None:
        return timedelta(0)
    office = span_unit in BY_OFFICE_HOURS
    stretches = worktime.windows(between.from_at) if office else iter([(between.from_at, between.to_at)])
    total = timedelta(0)
    for opens_at, closes_at in stretches:
        if opens_at >= between.to_at:
            break
        ends_at = min(closes_at, between.to_at)
        total += sum(
            (to - begin for begin, to in _outside(_joined(pauses), opens_at, ends_at, [])), timedelta(0)
        )
    return total


def by_day(pause: Pause, zone: tzinfo = BEIJING) -> Iterator[tuple[datetime, datetime]]:
    """A closed pause cut at each midnight of ``zone``."""
    at, to_at = pause.from_at, pause.to_at
    while to_at is not None and at < to_at:
        local = at.astimezone(zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), zone)
        yield at, min(midnight.astimezone(UTC), to_at)
        at = midnight.astimezone(UTC)


def _outside(
    pauses: Sequence[Pause], from_at: datetime, to_at: datetime, steps: list[ReckoningStep]
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of ``from_at`` to ``to_at`` that no pause covers."""
    at = from_at
    for pause in pauses:
        if pause.to_at is not None and pause.to_at <= at:
            continue
        if pause.from_at >= to_at:
            break
        if pause.from_at > at:
            yield at, pause.from_at
        steps.append(
            ReckoningStep(StepKind.PAUSED, _iso(pause.from_at), _iso(pause.to_at) if pause.to_at else "")
        )
        at = to_at if pause.to_at is None else pause.to_at
    if at < to_at:
        yield at, to_at


def _joined(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The same time taken out, in order and apart."""
    apart: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.from_at):
        last = apart[-1] if apart else None
        if last is None or (last.to_at is not None and last.to_at < pause.from_at):
            apart.append(pause)
        elif last.to_at is not None and (pause.to_at is None or pause.to_at > last.to_at):
            apart[-1] = Pause(last.from_at, pause.to_at)
    return tuple(apart)


def _part(text: str, where: str) -> tuple[timedelta, timedelta]:
    opens, _, closes = text.partition("-")
    try:
        first = _of_day(opens.strip())
        last = timedelta(days=1) if closes.strip() == WHOLE_DAY else _of_day(closes.strip())
    except ValueError as error:
        raise DataFault(detail=f"{where}: {text!r} is no part of a day like 08:30-12:00") from error
    if last <= first:
        raise DataFault(detail=f"{where}: {text!r} ends before it begins")
    return first, last


def _of_day(text: str) -> timedelta:
    at = time.fromisoformat(text)
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
