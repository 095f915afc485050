"""Deadlines grow with the day of filing, come in order, and never end on a day off."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.city import CATALOGUE, DATA, RULES, WeekCalendar
from ticketing.domain.clock import BEIJING
from ticketing.domain.deadlines import (
    ClockName,
    HotlineProfile,
    clocks_from_intake,
    extended,
    rule_for,
    set_clock,
)
from ticketing.domain.errors import CalendarEnds, DataFault
from ticketing.domain.spans import Pause, Span, SpanUnit, StepKind, WorkCalendar, WorkTime
from ticketing.domain.vocabulary import Category, Risk
from ticketing.knowledge.areas import load_clock_rules, load_hotline_profiles, load_office_hours

#: The week of the National Day of 2026 with the days worked for it.
CALENDAR = WeekCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    moved=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
WORKTIME = WorkTime(CALENDAR, load_office_hours(DATA / "hotlines"))
CATEGORIES, RISKS = st.sampled_from(Category), st.sampled_from(Risk)


def due(category: Category, risk: Risk, created_at: datetime) -> list[datetime]:
    """When a ticket must be accepted, its person reached, its matter settled."""
    rule = rule_for(category, risk, RULES)
    clocks = clocks_from_intake(created_at, rule=rule, worktime=WORKTIME)
    return [clock.due_at for clock in clocks if clock.due_at is not None]


def beijing(text: str) -> datetime:
    """A Beijing instant written without its zone."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@given(CATEGORIES, RISKS, INSTANTS)
def test_every_ticket_has_three_deadlines_in_order_and_their_basis(
    category: Category, risk: Risk, created_at: datetime
) -> None:
    rule = rule_for(category, risk, RULES)
    accept, contact, resolve = due(category, risk, created_at)

    assert created_at < accept <= contact <= resolve
    assert rule.basis
    assert rule.source


@given(CATEGORIES, RISKS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_what_comes_in_later_is_never_due_earlier(
    category: Category, risk: Risk, created_at: datetime, later: timedelta
) -> None:
    first, second = due(category, risk, created_at), due(category, risk, created_at + later)

    assert all(one <= other for one, other in zip(first, second, strict=True))


@given(st.integers(1, 30), INSTANTS)
def test_working_days_never_end_on_a_day_off(amount: int, created_at: datetime) -> None:
    end = Span(amount, SpanUnit.WORKDAYS).end(created_at, WORKTIME).astimezone(BEIJING)

    assert CALENDAR.is_workday(end.date())
    assert (end.hour, end.minute, end.second) == (23, 59, 59)


@given(st.integers(1, 30), INSTANTS)
def test_exactly_the_promised_working_days_lie_after_the_day_of_filing(
    amount: int, created_at: datetime
) -> None:
    filed_on = created_at.astimezone(BEIJING).date()
    last_on = Span(amount, SpanUnit.WORKDAYS).end(created_at, WORKTIME).astimezone(BEIJING).date()

    days = (filed_on + timedelta(days=n) for n in range(1, (last_on - filed_on).days + 1))

    assert sum(CALENDAR.is_workday(day) for day in days) == amount


@given(CATEGORIES, INSTANTS)
def test_a_graver_risk_is_never_due_later(category: Category, created_at: datetime) -> None:
    grave, mild = due(category, Risk.EMERGENCY, created_at), due(category, Risk.URGENT, created_at)

    assert all(one <= other for one, other in zip(grave, mild, strict=True))


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
    assert Span(amount, SpanUnit.WORKDAYS).end(beijing(filed), WORKTIME) == beijing(due)


def test_hours_run_through_nights_and_holidays() -> None:
    filed_at = beijing("2026-10-01 23:30")

    accept, contact, _ = due(Category.CHILD_PROTECTION, Risk.EMERGENCY, filed_at)

    assert accept == filed_at + timedelta(hours=1)
    assert contact == filed_at + timedelta(hours=2)


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
    assert rule_for(category, risk, RULES).name == rule


def test_hardship_is_settled_in_three_days_and_other_matters_in_three_or_ten_working_days() -> None:
    filed_at = beijing("2026-11-23 09:00")

    def settled(category: Category, risk: Risk) -> str:
        return due(category, risk, filed_at)[-1].astimezone(BEIJING).date().isoformat()

    assert settled(Category.URGENT_HARDSHIP, Risk.URGENT) == "2026-11-26"
    assert settled(Category.LEGAL_AID, Risk.NONE) == "2026-11-26"
    assert settled(Category.COMPLAINT, Risk.NONE) == "2026-12-07"


def test_a_pause_moves_settling_and_contact_but_never_taking() -> None:
    filed_at = beijing("2026-11-23 09:00")
    rule = rule_for(Category.COMPLAINT, Risk.NONE, RULES)
    pause = Pause(filed_at, filed_at + timedelta(days=30))

    plain = clocks_from_intake(filed_at, rule=rule, worktime=WORKTIME)
    paused = clocks_from_intake(filed_at, rule=rule, worktime=WORKTIME, pauses=[pause])

    assert paused[0].due_at == plain[0].due_at
    assert [clock.due_at for clock in paused[1:]] > [clock.due_at for clock in plain[1:]]


def test_more_time_is_added_after_the_present_end_and_both_are_told() -> None:
    rule = rule_for(Category.COMPLAINT, Risk.NONE, RULES)
    clock = set_clock(ClockName.RESOLVE, beijing("2026-11-23 09:00"), rule=rule, worktime=WORKTIME)

    longer = extended(clock, Span(5, SpanUnit.WORKDAYS), WORKTIME)

    assert longer.due_at == beijing("2026-12-14 23:59:59")
    assert StepKind.EXTENDED in {step.kind for step in longer.reckoning.steps}


class NewYearUnknown(WeekCalendar):
    """A calendar that ends with the year."""

    def is_workday(self, day: date) -> bool:
        """Known up to the end of 2026."""
        if day.year > 2026:
            raise CalendarEnds(year=day.year)
        return super().is_workday(day)


def test_a_calendar_that_ends_gives_an_early_deadline_and_says_so() -> None:
    ends: WorkCalendar = NewYearUnknown()
    rule = rule_for(Category.COMPLAINT, Risk.NONE, RULES)

    clock = set_clock(
        ClockName.RESOLVE,
        beijing("2026-12-28 09:00"),
        rule=rule,
        worktime=WorkTime(ends, WORKTIME.hours),
    )

    assert clock.due_at == beijing("2027-01-07 23:59:59")
    assert clock.calendar_version.startswith("none")


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


@pytest.mark.parametrize("minor", [False, True])
@pytest.mark.parametrize("risk", [Risk.URGENT, Risk.EMERGENCY])
@pytest.mark.parametrize("category", list(Category))
def test_the_ladder_is_climbed_before_the_promise_to_take_it_is_broken(
    category: Category, risk: Risk, minor: bool
) -> None:
    """Where somebody is in danger, the last level still has its own step before the promise ends."""
    rule, matter = rule_for(category, risk, RULES), CATALOGUE.rules[category]
    levels = (minor and matter.minor_chain) or matter.chain
    at = datetime(2026, 11, 27, 19, tzinfo=UTC)
    promised = at_last = rule.accept.end(at, WORKTIME)

    if len(levels) > 1:
        assert rule.step is not None
        at_last = at
        for _ in levels:
            at_last = rule.step.end(at_last, WORKTIME)

    assert at_last <= promised
