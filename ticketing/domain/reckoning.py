"""Two computations that the law spells out: survivors' benefit and the days of a divorce; pure.

The figures are data: they come with the rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

#: Whoever counts further behind a term's end has no calendar.
MOVED_DAYS_MAX = 30
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Step:
    """So many months for fewer than so many years."""

    below_years: int
    months: int


@dataclass(frozen=True, slots=True)
class PensionRule:
    """Survivors' benefit in months of an income figure."""

    funeral_months: int
    #: By years of contribution, ascending; above the last each further year adds one month.
    steps: tuple[Step, ...]
    months_max: int
    retired_min: int


@dataclass(frozen=True, slots=True)
class DivorceRule:
    """Both terms of a divorce by registration, in days; the first day is not counted."""

    cooling_off_days: int
    certificate_days: int


@dataclass(frozen=True, slots=True)
class PensionMonths:
    """How many months of the income figure the family gets, and how that comes."""

    by_contribution: int
    #: Years of pension already drawn; None for somebody who was not retired.
    drawn: int | None
    months: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term by the calendar: its last day by counting, and where rest days move it."""

    first: date
    counted_last: date
    last: date

    @property
    def is_moved(self) -> bool:
        """Whether the last day counted was one on which offices rest."""
        return self.last != self.counted_last


@dataclass(frozen=True, slots=True)
class DivorceDays:
    """Both terms of one application."""

    applied: date
    cooling_off: Term
    certificate: Term


def pension_months(rule: PensionRule, *, paid_years: int, drawn_years: int | None) -> PensionMonths:
    """Months by full years of contribution, less those of pension drawn, within the bounds."""
    by_years = next((step.months for step in rule.steps if paid_years < step.below_years), None)
    if by_years is None:
        last = rule.steps[-1]
        by_years = min(rule.months_max, last.months + paid_years - last.below_years)
    if drawn_years is None:
        return PensionMonths(by_years, None, by_years)
    return PensionMonths(by_years, drawn_years, max(rule.retired_min, by_years - drawn_years))


def times(base: Decimal, months: int) -> Decimal:
    """An amount of money, to the cent."""
    return (base * months).quantize(_CENT, ROUND_HALF_UP)


def divorce_days(rule: DivorceRule, applied: date, *, is_rest_day: Callable[[date], bool]) -> DivorceDays:
    """The days of both terms, each moved behind rest days at its end; raises what ``is_rest_day`` raises."""
    cooling_off = term(applied, days=rule.cooling_off_days, is_rest_day=is_rest_day)
    certificate = term(cooling_off.last, days=rule.certificate_days, is_rest_day=is_rest_day)
    return DivorceDays(applied, cooling_off, certificate)


def term(start: date, *, days: int, is_rest_day: Callable[[date], bool]) -> Term:
    """A term of so many days from the day after ``start``."""
    counted = last = start + timedelta(days=days)
    for _ in range(MOVED_DAYS_MAX):
        if not is_rest_day(last):
            break
        last += timedelta(days=1)
    return Term(start + timedelta(days=1), counted, last)
