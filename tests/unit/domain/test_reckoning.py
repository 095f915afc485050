"""Survivors' benefit and the days of a divorce, by examples reckoned by hand."""

from datetime import date
from decimal import Decimal

import pytest

from ticketing.domain.reckoning import DivorceRule, PensionRule, Step, divorce_days, pension_months, times

PENSION = PensionRule(
    funeral_months=2, steps=(Step(5, 3), Step(10, 6), Step(15, 9)), months_max=24, retired_min=9
)
DIVORCE = DivorceRule(cooling_off_days=30, certificate_days=30)


@pytest.mark.parametrize(
    ("paid", "months"),
    [(0, 3), (4, 3), (5, 6), (9, 6), (10, 9), (15, 9), (16, 10), (29, 23), (30, 24), (45, 24)],
)
def test_months_grow_with_the_years_paid_and_end_at_the_most(paid: int, months: int) -> None:
    assert pension_months(PENSION, paid_years=paid, drawn_years=None).months == months


@pytest.mark.parametrize(("drawn", "months"), [(0, 17), (6, 11), (8, 9), (30, 9)])
def test_each_year_of_pension_takes_a_month_but_never_below_the_least(drawn: int, months: int) -> None:
    assert pension_months(PENSION, paid_years=23, drawn_years=drawn).months == months


def test_a_retired_person_has_the_least_though_few_years_were_paid() -> None:
    assert pension_months(PENSION, paid_years=3, drawn_years=0).months == 9


def test_an_amount_is_exact_to_the_cent() -> None:
    assert times(Decimal("4012.345"), 2) == Decimal("8024.69")


def test_both_terms_begin_the_day_after() -> None:
    days = divorce_days(DIVORCE, date(2026, 11, 2), is_rest_day=lambda _day: False)

    assert (days.cooling_off.first, days.cooling_off.last) == (date(2026, 11, 3), date(2026, 12, 2))
    assert (days.certificate.first, days.certificate.last) == (date(2026, 12, 3), date(2027, 1, 1))


def test_a_term_that_ends_on_rest_days_ends_on_the_day_after_them() -> None:
    rest = {date(2026, 12, 5), date(2026, 12, 6)}
    days = divorce_days(DIVORCE, date(2026, 11, 5), is_rest_day=rest.__contains__)

    assert days.cooling_off.counted_last == date(2026, 12, 5)
    assert days.cooling_off.last == date(2026, 12, 7)
    assert days.cooling_off.is_moved
    assert days.certificate.first == date(2026, 12, 8)
