"""By when a ticket must be taken, its person reached and its matter settled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from ticketing.domain.clock import BEIJING
from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.domain.vocabulary import Category, Risk

#: The last second of a calendar day still counts.
DAY_END = time(23, 59, 59)


class WorkCalendar(Protocol):
    """Working days of the state calendar, moved days included."""

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``; raises CalendarEnds beyond what is known."""
        ...


class SpanUnit(StrEnum):
    """What a span is counted in: the first two run on the clock, the others end with a day."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKDAYS = "workdays"


@dataclass(frozen=True, slots=True)
class Span:
    """Length of a deadline."""

    amount: int
    unit: SpanUnit

    def end(self, start_at: datetime, calendar: WorkCalendar) -> datetime:
        """Last instant in time, aware, UTC; the day of ``start_at`` in Beijing is day 0."""
        match self.unit:
            case SpanUnit.MINUTES:
                return start_at + timedelta(minutes=self.amount)
            case SpanUnit.HOURS:
                return start_at + timedelta(hours=self.amount)
            case SpanUnit.DAYS:
                return _day_end(_beijing_day(start_at) + timedelta(days=self.amount))
            case SpanUnit.WORKDAYS:
                return _day_end(_nth_workday(_beijing_day(start_at), self.amount, calendar))


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long tickets of some categories and risks may wait; empty sets fit all."""

    name: str
    categories: frozenset[Category]
    risks: frozenset[Risk]
    accept: Span
    first_contact: Span
    resolve: Span
    #: Sentence kept with the ticket.
    basis: str
    #: Where the figures were seen.
    source: str

    def fits(self, category: Category, risk: Risk) -> bool:
        """Whether tickets of this category and risk are under this rule."""
        return (not self.categories or category in self.categories) and (not self.risks or risk in self.risks)


#: In order: the first that fits holds, the last fits everything.
type ClockRules = tuple[ClockRule, ...]


@dataclass(frozen=True, slots=True)
class HotlineProfile:
    """What differs between the numbers one office answers."""

    hotline: str
    name: str
    #: Key of the greeting in the texts.
    greeting: str
    channels: tuple[str, ...]
    rules: ClockRules
    #: Number whose rules hold instead of ``rules``; empty when it has its own.
    rules_of: str

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], *, where: str) -> "HotlineProfile":
        """Profile told by a data file; raises DataFault."""
        data = row(values, where)
        profile = cls(
            hotline=data.text("hotline"),
            name=data.text("name"),
            greeting=data.text("greeting"),
            channels=data.texts("channels"),
            rules=tuple(_rule(rule) for rule in data.rows("clocks")),
            rules_of=data.text("clocks_of", ""),
        )
        if not profile.rules_of and not _is_exhaustive(profile.rules):
            raise DataFault(detail=f"{where}: the last of the clocks must fit every ticket")
        return profile


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Three instants, aware, UTC, none before the one above it."""

    #: Unclaimed after this it goes one level up.
    accept_by_at: datetime
    first_contact_by_at: datetime
    resolve_by_at: datetime
    #: Name of the rule, its sentence and its source.
    rule: str
    basis: str
    source: str


def deadlines_for(
    category: Category,
    risk: Risk,
    created_at: datetime,
    *,
    rules: ClockRules,
    calendar: WorkCalendar,
) -> Deadlines:
    """Deadlines of a ticket that came in at ``created_at``: its clock never waits for a unit to sign.

    The first of ``rules`` that fits holds. Raises CalendarEnds if the calendar does not reach far enough.
    """
    rule = next(rule for rule in rules if rule.fits(category, risk))
    accept_by_at = rule.accept.end(created_at, calendar)
    first_contact_by_at = max(accept_by_at, rule.first_contact.end(created_at, calendar))
    resolve_by_at = max(first_contact_by_at, rule.resolve.end(created_at, calendar))
    return Deadlines(accept_by_at, first_contact_by_at, resolve_by_at, rule.name, rule.basis, rule.source)


def rules_of(profiles: Iterable[HotlineProfile], hotline: str) -> ClockRules:
    """Clock rules of a number, borrowed ones included; raises DataFault for an unknown number."""
    known = {profile.hotline: profile for profile in profiles}
    profile = known.get(hotline)
    lender = known.get(profile.rules_of or hotline) if profile else None
    if lender is None or not lender.rules:
        raise DataFault(detail=f"hotline {hotline} has no clocks")
    return lender.rules


def _rule(data: Row) -> ClockRule:
    return ClockRule(
        name=data.text("name"),
        categories=frozenset(map(Category, data.texts("categories"))),
        risks=frozenset(map(Risk, data.texts("risks"))),
        accept=_span(data.row("accept")),
        first_contact=_span(data.row("first_contact")),
        resolve=_span(data.row("resolve")),
        basis=data.text("basis"),
        source=data.text("source"),
    )


def _span(data: Row) -> Span:
    units = [unit for unit in SpanUnit if data.has(unit)]
    if len(units) != 1 or data.number(units[0]) < 1:
        raise DataFault(detail=f"{data.where}: exactly one of {', '.join(SpanUnit)}, at least 1")
    return Span(data.number(units[0]), units[0])


def _is_exhaustive(rules: ClockRules) -> bool:
    return bool(rules) and not rules[-1].categories and not rules[-1].risks


def _nth_workday(day: date, count: int, calendar: WorkCalendar) -> date:
    left = count
    while left:
        day += timedelta(days=1)
        left -= calendar.is_workday(day)
    return day


def _beijing_day(instant: datetime) -> date:
    return instant.astimezone(BEIJING).date()


def _day_end(day: date) -> datetime:
    return datetime.combine(day, DAY_END, BEIJING).astimezone(UTC)
