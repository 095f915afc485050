"""The arithmetic of the month: roundings, hot spots, small numbers."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.errors import BadInput
from ticketing.domain.month import Cell, Counts, Month, Rate, RiseRule, Settled, hot_spots, mean_of, pooled
from ticketing.domain.month_report import change

counts_of_towns = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9))


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "percent"),
    [
        # Ningguo, April 2022.
        (8, 87, 0, "9"),
        (6, 70, 0, "9"),
        (5, 66, 0, "8"),
        (3, 63, 0, "5"),
        (5, 39, 0, "13"),
        # Its August 2021 prints 99.6 for this; both numbers beside it show who is right.
        (591, 594, 1, "99.5"),
        (1, 8, 1, "12.5"),
        (1, 16, 1, "6.3"),
        (0, 5, 0, "0"),
    ],
)
def test_a_rate_is_rounded_half_up(part: int, whole: int, decimals: int, percent: str) -> None:
    assert Rate(part, whole, decimals).percent == Decimal(percent)


def test_a_rate_of_nothing_is_no_rate() -> None:
    assert Rate(0, 0).percent is None
    assert change(5, 0) is None
    assert change(15, 12) == Decimal("25.0")


def test_a_month_begins_at_midnight_in_beijing() -> None:
    month = Month.parse("2026-12")

    assert month.start_at == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert month.cutoff_at(0) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert month.cutoff_at(2) == datetime(2027, 1, 2, 16, tzinfo=UTC)
    assert Month.of(datetime(2026, 11, 30, 16, tzinfo=UTC)) == month
    assert str(month.plus(1)) == "2027-01"
    assert str(month.plus(-12)) == "2025-12"


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-0", "1999-05", "2026-05-01", "二〇二六-05", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Month.parse(text)


@given(counts_of_towns)
def test_no_town_and_no_rest_tells_a_small_number_unless_all_of_them_are_small(
    by_town: dict[str, int],
) -> None:
    named, rest = pooled(by_town, 3)

    assert sum(named.values()) + rest == sum(by_town.values())
    assert all(count >= 3 for count in named.values())
    assert rest == 0 or rest >= 3 or not named


def test_a_rest_that_could_be_reckoned_back_takes_a_town_with_it() -> None:
    assert pooled({"xijin": 7, "nanshan": 4, "hule": 1}, 3) == ({"xijin": 7}, 5)
    assert pooled({"xijin": 1, "nanshan": 1}, 3) == ({}, 2)
    assert pooled({"": 8, "nanshan": 4}, 3) == ({"nanshan": 4}, 8)


def test_a_hot_spot_is_often_enough_and_more_often_than_before() -> None:
    rule = RiseRule(at_least=5, times=Decimal("1.5"))
    rose, steady, rare, nowhere = (
        Cell("complaint", "xijin"),
        Cell("complaint", "hule"),
        Cell("other", "hule"),
        Cell("complaint", ""),
    )
    now = {rose: 6, steady: 9, rare: 4, nowhere: 50}
    before = [{rose: 4, steady: 8}, {rose: 4, steady: 7}, {rose: 4, steady: 7}]

    found = hot_spots(now, before, rule)

    assert [(cell, rise.count, rise.mean) for cell, rise in found] == [(rose, 6, Decimal("4.0"))]
    assert mean_of([1, 2, 2]) == Decimal("1.7")


def test_what_came_in_is_counted_once() -> None:
    counts = Counts(hotline=Settled(4, 1, 2), interaction=Settled(1, 0, 0), opened=12, merged=3, refused=1)

    assert (counts.total, counts.closed, counts.on_time) == (8, 6, 5)
    assert counts.is_balanced
