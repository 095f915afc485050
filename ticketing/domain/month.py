"""The monthly notice: what is counted, how a rate is rounded, what is a hot spot; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput

MONTHS_OF_YEAR = 12
#: A month of this century, as in addresses.
WRITTEN = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in China."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month of ``2026-11``; raises BadInput."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise BadInput(field="month")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, at: datetime) -> "Month":
        """The month in which an instant lies in China."""
        there = at.astimezone(BEIJING)
        return cls(there.year, there.month)

    def plus(self, months: int) -> "Month":
        """So many months later, or earlier."""
        count = self.year * MONTHS_OF_YEAR + self.month - 1 + months
        return Month(count // MONTHS_OF_YEAR, count % MONTHS_OF_YEAR + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def start_at(self) -> datetime:
        """Its first instant, aware, UTC."""
        return datetime(self.year, self.month, 1, tzinfo=BEIJING).astimezone(UTC)

    def cutoff_at(self, days: int) -> datetime:
        """The instant from which on nothing counts any more."""
        return self.plus(1).start_at + timedelta(days=days)

    def __str__(self) -> str:
        """As in addresses: ``2026-11``."""
        return f"{self.year}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a whole, never shown without both."""

    part: int
    whole: int
    decimals: int = 1

    @property
    def percent(self) -> Decimal | None:
        """Per cent, halves rounded up; None of nothing."""
        if not self.whole:
            return None
        step = Decimal(1).scaleb(-self.decimals)
        return (Decimal(100 * self.part) / self.whole).quantize(step, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Settled:
    """How the tickets of one line ended."""

    on_time: int = 0
    late: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.on_time + self.late + self.open


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything counted of some tickets of a month."""

    hotline: Settled = Settled()
    interaction: Settled = Settled()
    #: What workers found by themselves: in neither line, and in no rate.
    found: Settled = Settled()
    #: Cases whose small numbers stay in the house, those found included.
    small: int = 0
    #: Tickets opened, those joined, refused and withdrawn included.
    opened: int = 0
    merged: int = 0
    refused: int = 0
    withdrawn: int = 0
    #: Of the open ones: not yet due at the cut-off.
    open_in_time: int = 0
    dissatisfied: int = 0
    rated: int = 0
    satisfied: int = 0
    contact_due: int = 0
    contacted_in_time: int = 0
    asked_resolved: int = 0
    said_resolved: int = 0

    @property
    def total(self) -> int:
        """What the notice counts."""
        return self.hotline.total + self.interaction.total

    @property
    def matters(self) -> int:
        """Different matters, however many people told each, those found by workers included."""
        return self.total + self.found.total

    @property
    def on_time(self) -> int:
        """Settled in time, of both lines."""
        return self.hotline.on_time + self.interaction.on_time

    @property
    def closed(self) -> int:
        """Settled at all."""
        return self.on_time + self.hotline.late + self.interaction.late

    @property
    def is_balanced(self) -> bool:
        """Whether every ticket opened is counted once."""
        left = self.merged + self.refused + self.withdrawn
        return self.opened == self.total + self.found.total + left


NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class Group:
    """Counts of the tickets of one month, or of a part of them; ``by`` names which parts."""

    month: Month
    #: month, unit, category, town, channel or cell (category and town).
    by: str
    unit: str
    category: str
    town: str
    channel: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class RawRow:
    """One ticket of the notice, without anything about a person."""

    unit: str
    line: str
    opened_on: date
    outcome: str
    is_dissatisfied: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A matter in a town; ``town`` is empty when unknown."""

    category: str
    town: str


@dataclass(frozen=True, slots=True)
class Rise:
    """A figure and the mean it is held against."""

    count: int
    mean: Decimal


@dataclass(frozen=True, slots=True)
class RiseRule:
    """How often, and how many times the mean."""

    at_least: int
    times: Decimal

    def fits(self, rise: Rise) -> bool:
        """Whether it is worth telling."""
        return rise.count >= self.at_least and rise.count >= self.times * rise.mean


def mean_of(counts: Sequence[int]) -> Decimal:
    """Mean with one digit; 0 of nothing."""
    if not counts:
        return Decimal(0)
    return (Decimal(sum(counts)) / len(counts)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def hot_spots(
    now: Mapping[Cell, int], before: Sequence[Mapping[Cell, int]], rule: RiseRule
) -> tuple[tuple[Cell, Rise], ...]:
    """Matters in known towns that rose, the largest first."""
    found = (
        (cell, Rise(count, mean_of([one.get(cell, 0) for one in before])))
        for cell, count in now.items()
        if cell.town
    )
    return tuple(
        sorted(
            (pair for pair in found if rule.fits(pair[1])),
            key=lambda pair: (-pair[1].count, pair[0].category, pair[0].town),
        )
    )


def pooled(by_town: Mapping[str, int], under: int) -> tuple[Mapping[str, int], int]:
    """Towns that may be named, and the sum of all others: never 1 to ``under`` - 1.

    A sum that is too small takes the smallest named town with it, so that it cannot be reckoned back.
    """
    named = {town: count for town, count in by_town.items() if town and count >= under}
    rest = sum(by_town.values()) - sum(named.values())
    while 0 < rest < under and named:
        least = min(named, key=lambda town: (named[town], town))
        rest += named.pop(least)
    return named, rest
