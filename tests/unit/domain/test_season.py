"""The season's warning: where it must come and where it must not."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from ticketing.bootstrap import DATA
from ticketing.domain.month import Counts, Group, Month, Settled
from ticketing.domain.month_report import Foretold, Found, report_of
from ticketing.knowledge.month import load_month_rules

NOVEMBER = Month(2026, 11)
#: The month before the year that is looked at, and the coming one a year ago.
YEAR_AGO, COMING_A_YEAR_AGO = Month(2025, 11), Month(2025, 12)


def of(month: Month, category: str, counts: Counts) -> list[Group]:
    """The groups of a month in which one matter came up."""
    return [
        Group(month, by, "", category if by == "category" else "", "", "", counts)
        for by in ("month", "category")
    ]


def foretold(by_month: Mapping[Month, Counts], *, category: str = "homeless_person") -> list[Foretold] | None:
    """What the notice of November 2026 foretells for December."""
    groups = [group for month, counts in by_month.items() for group in of(month, category, counts)]
    report = report_of(
        NOVEMBER, Found(tuple(groups), {}, ()), load_month_rules(DATA / "month"), is_final=True
    )
    return None if report.foretold is None else list(report.foretold)


def tickets(count: int, **others: int | Settled) -> Counts:
    """So many of the hotline's, all settled in time."""
    return Counts(hotline=Settled(on_time=count), opened=count, **others)  # type: ignore[arg-type]  # names and values of Counts


def a_year(coming: Counts, every: int = 0) -> dict[Month, Counts]:
    """Some each month since a year ago, and ``coming`` in last year's December."""
    months = {YEAR_AGO.plus(ahead): tickets(every) for ahead in range(13)}
    return {**months, YEAR_AGO: tickets(1), COMING_A_YEAR_AGO: coming}


def test_what_came_up_in_last_years_coming_month_is_foretold_with_both_figures() -> None:
    every = foretold(a_year(tickets(9), every=2))

    assert every is not None
    (found,) = every
    assert (found.category, found.rise.count) == ("homeless_person", 9)
    # (9 + 11 times 2) / 12
    assert found.rise.mean == Decimal("2.6")


@pytest.mark.parametrize(
    ("coming", "every"),
    [
        pytest.param(tickets(4), 0, id="too few"),
        pytest.param(tickets(12), 12, id="as often all year"),
        pytest.param(tickets(9), 7, id="a little more than the mean"),
        pytest.param(tickets(0), 9, id="less than ever"),
        # A storm's outage told sixty times is one matter, and no season.
        pytest.param(
            Counts(hotline=Settled(on_time=1), opened=60, merged=59), 0, id="one matter told sixty times"
        ),
        pytest.param(Counts(opened=9, refused=6, withdrawn=3), 0, id="refused and withdrawn"),
    ],
)
def test_no_warning_comes_where_there_is_no_season(coming: Counts, every: int) -> None:
    assert foretold(a_year(coming, every=every)) == []


def test_five_of_nothing_else_are_enough_and_finds_of_workers_count() -> None:
    assert foretold(a_year(tickets(5)))
    assert foretold(a_year(Counts(found=Settled(on_time=5), opened=5)))


def test_without_tickets_of_a_whole_year_nothing_is_said_either_way() -> None:
    months = a_year(tickets(9))
    del months[YEAR_AGO]

    assert foretold(months) is None


def test_the_month_itself_and_other_months_of_last_year_foretell_nothing() -> None:
    months = {**a_year(tickets(0)), Month(2026, 1): tickets(40), NOVEMBER: tickets(40)}

    assert foretold(months) == []
