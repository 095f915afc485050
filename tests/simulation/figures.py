"""What a run shows, as data, with a digest."""

import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from tests.simulation.cases import Case, DayTally
from tests.simulation.life import Life
from tests.simulation.people import HOTLINE
from ticketing.bootstrap import Runtime
from ticketing.domain.clock import BEIJING
from ticketing.domain.month import Counts, Month, Rate
from ticketing.domain.staff import Actor
from ticketing.domain.vocabulary import Risk

MINUTE_S = 60.0
#: So many days off in a row are a holiday, fewer a weekend.
HOLIDAY_DAYS = 3
LONGEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a ticket lay untaken."""

    number: str
    opened: str
    #: open, closed (a working day, offices shut), weekend or holiday.
    when: str
    first_unit: str
    taken_by: str
    levels: int
    minutes: float
    #: Longer than was promised.
    is_late: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """Minutes of several waits."""

    count: int
    median: float
    p95: float
    worst: float

    @classmethod
    def of(cls, minutes: Sequence[float]) -> "Spread":
        """Zeroes of nothing."""
        if not minutes:
            return cls(0, 0.0, 0.0, 0.0)
        ordered = sorted(minutes)
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        return cls(len(ordered), round(statistics.median(ordered), 1), p95, ordered[-1])


@dataclass(frozen=True, slots=True)
class Taken:
    """How long tickets lay untaken, and how many of them longer than was promised."""

    spread: Spread
    late: int

    @classmethod
    def of(cls, waits: Sequence[Wait]) -> "Taken":
        """Of some waits."""
        return cls(Spread.of([one.minutes for one in waits]), sum(one.is_late for one in waits))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days in a row: a holiday, the storm day, any other day for comparison."""

    name: str
    days: int
    requests_a_day: float
    tickets_a_day: float
    merged: int
    escalated: int
    #: Callers' waits for an operator, tickets' waits at the hotline's desk, waits of children's tickets.
    call: Spread
    desk: Spread
    child: Spread
    #: When its last day ended.
    overdue: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The same seed gives the same figures."""

    totals: dict[str, int]
    escalated_to: dict[str, int]
    #: Waits of children's tickets by when they came, and of the others about life and limb and other danger.
    child_waits: dict[str, Taken]
    emergency_waits: dict[str, Taken]
    urgent_waits: dict[str, Taken]
    #: Of tickets merged by mistake, until somebody had them after all.
    mistaken_waits: Taken
    longest: tuple[Wait, ...]
    stretches: tuple[Stretch, ...]
    #: By month: total, settled in time, late, open, dissatisfied.
    months: dict[str, tuple[int, int, int, int, int]]
    #: The three rates and the share settled, over all months and by month, each with both numbers.
    rates: dict[str, str]
    rates_by_month: dict[str, dict[str, float]]
    #: Overdue tickets at the end of each day; requests, tickets.
    days: dict[str, tuple[int, int, int]]
    child_minutes: tuple[tuple[str, float], ...]

    @property
    def digest(self) -> str:
        """Short name of these figures."""
        told = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def figures_of(life: Life, runtime: Runtime, *, first: date, last: date) -> Figures:
    """Figures of a run over the months from ``first`` to ``last``."""
    months = dict(months_of(runtime, life.supervisor, first, last))
    cases = list(life.cases.values())
    childs = [_wait(case, runtime) for case in cases if case.is_childs]
    others = [case for case in cases if not case.is_childs]
    return Figures(
        totals=_totals(life, list(months.values())),
        escalated_to=dict(sorted(life.tally.escalated_to.items())),
        child_waits=_by_kind(childs),
        emergency_waits=_by_kind([_wait(one, runtime) for one in others if one.risk is Risk.EMERGENCY]),
        urgent_waits=_by_kind([_wait(one, runtime) for one in others if one.risk is Risk.URGENT]),
        mistaken_waits=Taken.of([_wait(one, runtime) for one in cases if one.was_mistaken]),
        longest=tuple(sorted(childs, key=lambda one: -one.minutes)[:LONGEST_SHOWN]),
        stretches=tuple(_stretches(life, runtime)),
        months={str(month): _told(counts) for month, counts in months.items()},
        rates={name: _in_words(rate) for name, rate in _rates(list(months.values())).items()},
        rates_by_month={
            str(month): {name: float(rate.percent or 0) for name, rate in _rates([counts]).items()}
            for month, counts in months.items()
        },
        days={str(day): (one.requests, one.tickets, one.overdue) for day, one in life.tally.days.items()},
        child_minutes=tuple((one.when, one.minutes) for one in childs),
    )


def _totals(life: Life, months: Sequence[Counts]) -> dict[str, int]:
    tally = life.tally
    names = (
        "requests answered_by_telephone answered_in_writing tickets returned reopened merged parted "
        "merged_by_mistake proposals_right proposals_wrong repeats_compared repeats_first repeats_found"
    )
    found: dict[str, int] = {name: getattr(tally, name) for name in names.split()}
    settled_late = sum(one.closed - one.on_time for one in months)
    most = max((one.overdue for one in tally.days.values()), default=0)
    return {**found, "settled_late": settled_late, "overdue_at_most": most}


def _wait(case: Case, runtime: Runtime) -> Wait:
    until = case.taken_at or runtime.clock.now()
    return Wait(
        number=case.number,
        opened=f"{case.opened_at.astimezone(BEIJING):%m-%d %H:%M}",
        when=_when(case.opened_at, runtime),
        first_unit=case.first_unit,
        taken_by=case.unit if case.taken_at else "",
        levels=case.claimed_level,
        minutes=round((until - case.opened_at).total_seconds() / MINUTE_S, 1),
        is_late=case.take_by_at is not None and until > case.take_by_at,
    )


def _when(at: datetime, runtime: Runtime) -> str:
    worktime = runtime.office.worktime
    day = at.astimezone(BEIJING).date()
    if worktime.calendar.is_workday(day):
        return "open" if worktime.next_open(at) == at else "closed"
    return "holiday" if _days_off_around(day, runtime) >= HOLIDAY_DAYS else "weekend"


def _days_off_around(day: date, runtime: Runtime) -> int:
    is_workday, found = runtime.office.worktime.calendar.is_workday, 1
    for step in (timedelta(days=1), timedelta(days=-1)):
        other = day + step
        while not is_workday(other) and found < HOLIDAY_DAYS:
            other, found = other + step, found + 1
    return found


def _by_kind(waits: Sequence[Wait]) -> dict[str, Taken]:
    kinds = ("open", "closed", "weekend", "holiday")
    by_kind = {kind: Taken.of([one for one in waits if one.when == kind]) for kind in kinds}
    return {"all": Taken.of(waits), **by_kind}


def _stretches(life: Life, runtime: Runtime) -> Iterator[Stretch]:
    """The storm day, each holiday, and all other days together."""

    def kind(day: date) -> str:
        if day == life.storm_on:
            return f"storm day {day}"
        at = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
        return "holiday" if _when(at, runtime) == "holiday" else "other days"

    others: list[date] = []
    for name, group in groupby(life.tally.days, key=kind):
        days = list(group)
        if name == "other days":
            others += days
            continue
        shown = f"holiday {days[0]:%m-%d} to {days[-1]:%m-%d}" if name == "holiday" else name
        yield _stretch(life, shown, days)
    if others:
        yield _stretch(life, "all other days", others)


def _stretch(life: Life, name: str, days: Sequence[date]) -> Stretch:
    tallies = [life.tally.days[day] for day in days]
    cases = [one for one in life.cases.values() if one.opened_at.astimezone(BEIJING).date() in set(days)]
    taken = [(one, _minutes(one)) for one in cases if one.taken_at is not None]
    counted: Counter[str] = sum((_counted(one) for one in tallies), Counter())
    return Stretch(
        name=name,
        days=len(days),
        requests_a_day=round(counted["requests"] / len(days), 1),
        tickets_a_day=round(counted["tickets"] / len(days), 1),
        merged=counted["merged"],
        escalated=counted["escalated"],
        call=Spread.of([wait for one in tallies for wait in one.call_waits_min]),
        desk=Spread.of([wait for one, wait in taken if one.first_unit == HOTLINE]),
        child=Spread.of([wait for one, wait in taken if one.is_childs]),
        overdue=tallies[-1].overdue,
    )


def _counted(day: DayTally) -> Counter[str]:
    return Counter(
        {
            "requests": day.requests,
            "tickets": day.tickets,
            "merged": day.merged,
            "escalated": day.escalated,
        }
    )


def _minutes(case: Case) -> float:
    taken_at = case.taken_at or case.opened_at
    return round((taken_at - case.opened_at).total_seconds() / MINUTE_S, 1)


def months_of(runtime: Runtime, boss: Actor, first: date, last: date) -> Iterator[tuple[Month, Counts]]:
    """What the notice counts, by month."""
    month = Month(first.year, first.month)
    while month <= Month(last.year, last.month):
        yield month, runtime.monthly.report(boss, month).total
        month = month.plus(1)


def _told(counts: Counts) -> tuple[int, int, int, int, int]:
    late, still_open = counts.closed - counts.on_time, counts.total - counts.closed
    return counts.total, counts.on_time, late, still_open, counts.dissatisfied


def _rates(months: Sequence[Counts]) -> dict[str, Rate]:
    def rate(part: str, whole: str) -> Rate:
        return Rate(sum(getattr(one, part) for one in months), sum(getattr(one, whole) for one in months))

    return {
        "responded": rate("contacted_in_time", "contact_due"),
        "resolved": rate("said_resolved", "asked_resolved"),
        "content": rate("satisfied", "rated"),
        "settled at month's end": rate("closed", "total"),
    }


def _in_words(rate: Rate) -> str:
    return f"{rate.percent}% ({rate.part}/{rate.whole})"
