"""One month's notice, put together from its groups; pure, so the same groups give the same notice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ticketing.domain.month import (
    MONTHS_OF_YEAR,
    NOTHING,
    Cell,
    Counts,
    Group,
    Month,
    RawRow,
    Rise,
    hot_spots,
    mean_of,
    pooled,
)
from ticketing.domain.month_rules import MonthRules


@dataclass(frozen=True, slots=True)
class Compared:
    """A matter or a town: this month, the month before, the same month a year ago."""

    slug: str
    counts: Counts
    before: Counts
    year_ago: Counts


@dataclass(frozen=True, slots=True)
class Foretold:
    """A matter that came up often in the coming month of last year."""

    category: str
    rise: Rise


@dataclass(frozen=True, slots=True)
class MonthReport:
    """Everything the notice tells, without words."""

    month: Month
    #: Whether the cut-off has passed, so that nothing changes any more.
    is_final: bool
    total: Counts
    units: Mapping[str, Counts]
    matters: tuple[Compared, ...]
    towns: tuple[Compared, ...]
    #: Cases whose small numbers stay in the house: towns that may be named, and all others together.
    small_towns: Mapping[str, int]
    small_rest: int
    #: Tickets opened, and requests in writing answered without one, by channel.
    channels: Mapping[str, tuple[int, int]]
    trend: tuple[tuple[Month, Counts], ...]
    #: None while there are no tickets of as many months before.
    hot_spots: tuple[tuple[Cell, Rise], ...] | None
    #: None while there are no tickets of a whole year.
    foretold: tuple[Foretold, ...] | None
    rows: tuple[RawRow, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the database counted."""

    groups: tuple[Group, ...]
    answered_at_once: Mapping[str, int]
    rows: tuple[RawRow, ...]


#: What groups of one month can be of.
PARTS = frozenset({"month", "unit", "category", "town", "channel", "cell"})
#: By month and what they are of.
type Groups = Mapping[tuple[Month, str], Sequence[Group]]


def report_of(month: Month, found: Found, rules: MonthRules, *, is_final: bool) -> MonthReport:
    """The notice of ``month``; towns, units and matters without tickets are left out."""
    groups = _sorted_out(found.groups)
    totals = {one.month: one.counts for one in found.groups if one.by == "month"}
    by_town = {one.town: one.counts.small for one in _of(groups, month, "town")}
    named, rest = pooled(by_town, rules.small_under)
    return MonthReport(
        month=month,
        is_final=is_final,
        total=totals.get(month, NOTHING),
        units={one.unit: one.counts for one in _of(groups, month, "unit") if one.counts.total},
        matters=_compared(groups, month, "category"),
        towns=_compared(groups, month, "town"),
        small_towns=named,
        small_rest=rest,
        channels=_channels(groups, month, found.answered_at_once),
        trend=tuple((month.plus(back), totals.get(month.plus(back), NOTHING)) for back in range(-12, 1)),
        hot_spots=_hot_spots(groups, month, rules) if month.plus(-rules.hot_spot_months) in totals else None,
        foretold=_foretold(groups, month, rules) if month.plus(-MONTHS_OF_YEAR) in totals else None,
        rows=found.rows,
    )


def looked_at(month: Month, rules: MonthRules) -> Mapping[Month, frozenset[str]]:
    """The groups ``report_of`` looks at, by month: all of the month itself, of the year before it a few."""
    return {month.plus(-back): _parts(back, rules) for back in range(MONTHS_OF_YEAR + 1)}


def _parts(back: int, rules: MonthRules) -> frozenset[str]:
    if back == 0:
        return PARTS
    compared = {"town"} if back in {1, MONTHS_OF_YEAR} else set()
    hot = {"cell"} if back <= rules.hot_spot_months else set()
    return frozenset({"month", "category"} | compared | hot)


def _sorted_out(groups: Iterable[Group]) -> Groups:
    found: dict[tuple[Month, str], list[Group]] = {}
    for one in groups:
        found.setdefault((one.month, one.by), []).append(one)
    return found


def _of(groups: Groups, month: Month, by: str) -> Sequence[Group]:
    return groups.get((month, by), ())


def _by_slug(groups: Groups, month: Month, by: str) -> Mapping[str, Counts]:
    return {one.town if by == "town" else one.category: one.counts for one in _of(groups, month, by)}


def _compared(groups: Groups, month: Month, by: str) -> tuple[Compared, ...]:
    now = _by_slug(groups, month, by)
    before = _by_slug(groups, month.plus(-1), by)
    year_ago = _by_slug(groups, month.plus(-MONTHS_OF_YEAR), by)
    return tuple(
        Compared(slug, counts, before.get(slug, NOTHING), year_ago.get(slug, NOTHING))
        for slug in sorted({*now, *before})
        if (counts := now.get(slug, NOTHING)).total or before.get(slug, NOTHING).total
    )


def _cells(groups: Groups, month: Month) -> Mapping[Cell, int]:
    return {Cell(one.category, one.town): one.counts.opened for one in _of(groups, month, "cell")}


def _hot_spots(groups: Groups, month: Month, rules: MonthRules) -> tuple[tuple[Cell, Rise], ...]:
    before = [_cells(groups, month.plus(-back)) for back in range(1, rules.hot_spot_months + 1)]
    return hot_spots(_cells(groups, month), before, rules.hot_spot)


def _channels(groups: Groups, month: Month, answered: Mapping[str, int]) -> Mapping[str, tuple[int, int]]:
    opened = {one.channel: one.counts.opened for one in _of(groups, month, "channel")}
    return {slug: (opened.get(slug, 0), answered.get(slug, 0)) for slug in sorted({*opened, *answered})}


def _foretold(groups: Groups, month: Month, rules: MonthRules) -> tuple[Foretold, ...]:
    """Matters of the coming month a year ago, against the mean of the last twelve months.

    Repeats count once: a hundred calls about one storm's outage are no season.
    """
    by_month = [_by_slug(groups, month.plus(-back), "category") for back in range(MONTHS_OF_YEAR)]
    found = [
        Foretold(slug, Rise(counts.matters, mean_of([one.get(slug, NOTHING).matters for one in by_month])))
        for slug, counts in by_month[-1].items()
    ]
    return tuple(
        sorted(
            (one for one in found if rules.season.fits(one.rise)),
            key=lambda one: (-one.rise.count, one.category),
        )
    )


def change(now: int, before: int) -> Decimal | None:
    """Change in per cent with one digit; None from nothing."""
    return None if not before else (Decimal(100 * (now - before)) / before).quantize(Decimal("0.1"))
