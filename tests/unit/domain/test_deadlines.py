"""Deadlines grow with the day of filing, come in order, and never end on a day off."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.city import DATA, RULES, WeekCalendar
from ticketing.domain.clock import BEIJING
from ticketing.domain.deadlines import HotlineProfile, Span, SpanUnit, deadlines_for
from ticketing.domain.errors import DataFault
from ticketing.domain.vocabulary import Category, Risk
from ticketing.knowledge.areas import load_clock_rules, load_hotline_profiles

#: The week of the National Day of 2026 with the days worked for it.
CALENDAR = WeekCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    moved=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
CATEGORIES, RISKS = st.sampled_from(Category), st.sampled_from(Risk)


def beijing(text: str) -> datetime:
    """A Beijing instant written without its zone."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@given(CATEGORIES, RISKS, INSTANTS)
def test_every_ticket_has_three_deadlines_in_order_and_their_basis(
    category: Category, risk: Risk, created_at: datetime
) -> None:
    limits = deadlines_for(category, risk, created_at, rules=RULES, calendar=CALENDAR)

    assert created_at < limits.accept_by_at <= limits.first_contact_by_at <= limits.resolve_by_at
    assert limits.basis
    assert limits.source


@given(CATEGORIES, RISKS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_what_comes_in_later_is_never_due_earlier(
    category: Category, risk: Risk, created_at: datetime, later: timedelta
) -> None:
    first = deadlines_for(category, risk, created_at, rules=RULES, calendar=CALENDAR)
    second = deadlines_for(category, risk, created_at + later, rules=RULES, calendar=CALENDAR)

    assert first.accept_by_at <= second.accept_by_at
    assert first.first_contact_by_at <= second.first_contact_by_at
    assert first.resolve_by_at <= second.resolve_by_at


@given(st.integers(1, 30), INSTANTS)
def test_working_days_never_end_on_a_day_off(amount: int, created_at: datetime) -> None:
    end = Span(amount, SpanUnit.WORKDAYS).end(created_at, CALENDAR).astimezone(BEIJING)

    assert CALENDAR.is_workday(end.date())
    assert (end.hour, end.minute, end.second) == (23, 59, 59)


@given(st.integers(1, 30), INSTANTS)
def test_exactly_the_promised_working_days_lie_after_the_day_of_filing(
    amount: int, created_at: datetime
) -> None:
    filed_on = created_at.astimezone(BEIJING).date()
    last_on = Span(amount, SpanUnit.WORKDAYS).end(created_at, CALENDAR).astimezone(BEIJING).date()

    days = (filed_on + timedelta(days=n) for n in range(1, (last_on - filed_on).days + 1))

    assert sum(CALENDAR.is_workday(day) for day in days) == amount


@given(CATEGORIES, INSTANTS)
def test_a_graver_risk_is_never_due_later(category: Category, created_at: datetime) -> None:
    grave = deadlines_for(category, Risk.EMERGENCY, created_at, rules=RULES, calendar=CALENDAR)
    mild = deadlines_for(category, Risk.URGENT, created_at, rules=RULES, calendar=CALENDAR)

    assert grave.accept_by_at <= mild.accept_by_at
    assert grave.first_contact_by_at <= mild.first_contact_by_at
    assert grave.resolve_by_at <= mild.resolve_by_at


@pytest.mark.parametrize(
    ("amount", "filed", "due"),
    [
        pytest.param(1, "2026-11-23 09:00", "2026-11-24 23:59:59", id="next-day"),
        pytest.param(3, "2026-11-26 23:59", "2026-12-01 23:59:59", id="over-a-weekend"),
        pytest.param(1, "2026-09-30 10:00", "2026-10-08 23:59:59", id="over-the-national-day"),
        pytest.param(1, "2026-10-09 10:00", "2026-10-10 23:59:59", id="to-a-worked-saturday"),
        pytest.param(1, "2026-11-28 10:00", "2026-11-30 23:59:59", id="filed-on-a-saturday"),
        # Past midnight in Beijing, still the day before in UTC.
        pytest.param(1, "2026-11-24 00:30", "2026-11-25 23:59:59", id="beijing-day-counts"),
    ],
)
def test_working_days_of_known_weeks(amount: int, filed: str, due: str) -> None:
    assert Span(amount, SpanUnit.WORKDAYS).end(beijing(filed), CALENDAR) == beijing(due)


def test_hours_run_through_nights_and_holidays() -> None:
    filed_at = beijing("2026-10-01 23:30")

    limits = deadlines_for(
        Category.CHILD_PROTECTION, Risk.EMERGENCY, filed_at, rules=RULES, calendar=CALENDAR
    )

    assert limits.accept_by_at == filed_at + timedelta(hours=1)
    assert limits.first_contact_by_at == filed_at + timedelta(hours=2)


@pytest.mark.parametrize(
    ("category", "risk", "rule"),
    [
        (Category.CHILD_PROTECTION, Risk.URGENT, "child_at_risk"),
        (Category.SELF_HARM, Risk.EMERGENCY, "emergency"),
        (Category.URGENT_HARDSHIP, Risk.EMERGENCY, "hardship_emergency"),
        (Category.URGENT_HARDSHIP, Risk.URGENT, "hardship"),
        (Category.DOMESTIC_VIOLENCE, Risk.URGENT, "urgent"),
        (Category.LEGAL_AID, Risk.NONE, "enquiry"),
        (Category.COMPLAINT, Risk.NONE, "other"),
    ],
)
def test_which_clocks_hold(category: Category, risk: Risk, rule: str) -> None:
    assert (
        deadlines_for(category, risk, beijing("2026-11-23 09:00"), rules=RULES, calendar=CALENDAR).rule
        == rule
    )


def test_hardship_is_settled_in_three_days_and_other_matters_in_three_or_ten_working_days() -> None:
    filed_at = beijing("2026-11-23 09:00")

    def due(category: Category, risk: Risk) -> str:
        limits = deadlines_for(category, risk, filed_at, rules=RULES, calendar=CALENDAR)
        return limits.resolve_by_at.astimezone(BEIJING).date().isoformat()

    assert due(Category.URGENT_HARDSHIP, Risk.URGENT) == "2026-11-26"
    assert due(Category.LEGAL_AID, Risk.NONE) == "2026-11-26"
    assert due(Category.COMPLAINT, Risk.NONE) == "2026-12-07"


def test_both_numbers_have_the_same_clocks() -> None:
    assert load_clock_rules(DATA / "hotlines", hotline="12355") == RULES


def test_an_unknown_number_has_none() -> None:
    with pytest.raises(DataFault):
        load_clock_rules(DATA / "hotlines", hotline="00000")


def test_every_figure_says_where_it_comes_from() -> None:
    profiles = load_hotline_profiles(DATA / "hotlines")

    assert {profile.hotline for profile in profiles} == {"12345", "12355"}
    assert all(rule.source for profile in profiles for rule in profile.rules)


def test_clocks_that_leave_a_ticket_without_deadline_are_refused() -> None:
    profile = {"hotline": "1", "name": "x", "greeting": "x", "clocks": []}

    with pytest.raises(DataFault, match="must fit every ticket"):
        HotlineProfile.from_mapping(profile, where="1.yml")
