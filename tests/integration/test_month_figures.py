"""Figures kept of settled months: the same to the digit, read instead of reckoned, and never stale."""

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bot.worker import scheduler_of
from tests.factories import FakeClock, a_member
from tests.integration.april_2022 import APRIL, DAY, START, Ticket, load, raw_rows
from tests.integration.console_desk import CITY
from ticketing.bootstrap import DATA, Runtime
from ticketing.domain.month import Group, Month
from ticketing.domain.month_report import PARTS
from ticketing.domain.month_rules import MonthRules
from ticketing.domain.staff import Actor, Role
from ticketing.knowledge.month import load_month_rules
from ticketing.services.monthly import MADE_AGAIN_AFTER, Monthly, reporting_units
from ticketing.storage.month import counted_by

#: Months after April in which tickets came in: all that a notice of April a year later is held against.
MONTHS = (0, 9, 10, 11, 12)
LAST = APRIL.plus(12)
#: Two days after the last cut-off.
SETTLED = datetime(2023, 5, 2, 16, tzinfo=UTC)
OTHER_EVENTS = (
    "delete from ticket_events as e using tickets as t where t.id = e.ticket_id and t.created_at < '{}'"
)
YEAR = tuple(LAST.plus(-back) for back in range(13))


@pytest.fixture
def rules() -> MonthRules:
    """As shipped."""
    return load_month_rules(DATA / "month")


@pytest.fixture
def url(runtime: Runtime) -> str:
    """The database's address without SQLAlchemy's driver."""
    return runtime.settings.database_url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def boss(runtime: Runtime) -> Actor:
    """Somebody who may see figures."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY)


@pytest.fixture
def monthly(runtime: Runtime, clock: FakeClock, url: str) -> Monthly:
    """A year of tickets, all of it settled and nothing kept."""
    clock.at = SETTLED
    load(url, (ticket for later in MONTHS for ticket in some_of_a_month(later)))
    sql(url, "analyze tickets, ticket_events")
    return runtime.monthly


def some_of_a_month(later: int) -> Iterator[Ticket]:
    """Every fourth ticket of April 2022 (a year later every second), of some town and some of children."""
    dice = random.Random(later)  # noqa: S311 - a seed on purpose
    by = APRIL.plus(later).start_at - START
    for ticket in list(raw_rows(seed=later))[:: 2 if later == MONTHS[-1] else 4]:
        ticket.events[0][2]["town"] = dice.choice(["xijin", "nanshan", "hule"])
        if dice.random() < 0.1:
            ticket.then("mark_minor", ticket.created_at)
        if dice.random() < 0.3:
            ticket.then("rated", ticket.created_at + DAY, solved=dice.choice(["yes", "no"]))
        events = [(kind, at + by, _moved(data, by)) for kind, at, data in ticket.events]
        created_at, due_at = ticket.created_at + by, ticket.due_at + by
        number = f"{ticket.number}-{later}"
        yield replace(ticket, number=number, created_at=created_at, due_at=due_at, events=events)


def _moved(data: Mapping[str, str], by: timedelta) -> dict[str, str]:
    due = data.get("resolve_by")
    return (
        dict(data) if due is None else {**data, "resolve_by": (datetime.fromisoformat(due) + by).isoformat()}
    )


def a_ticket(created_at: datetime) -> Ticket:
    """One ticket that nobody has worked on."""
    due_at = created_at + 6 * DAY
    ticket = Ticket(
        f"NG{created_at:%Y%m%d}-late",
        "phone",
        "complaint",
        created_at,
        due_at,
        "town-xijin",
        status="dispatched",
    )
    return ticket.then("opened", created_at, resolve_by=due_at.isoformat())


def sql(url: str, statement: str) -> int:
    """Rows a statement touched or gave."""
    with psycopg.connect(url) as connection:
        return connection.execute(statement).rowcount


def reckoned(runtime: Runtime, rules: MonthRules) -> Mapping[Month, set[Group]]:
    """All groups of the year, from the rows."""
    reports_as = reporting_units(runtime.office)
    with runtime.office.transaction() as work:
        groups = work.month.groups(YEAR[-1], YEAR[0], rules=rules, reports_as=reports_as)
    return {month: {one for one in groups if one.month == month} for month in YEAR}


def kept(runtime: Runtime, rules: MonthRules) -> Mapping[Month, set[Group]]:
    """All groups that are kept of the year."""
    made_by = counted_by(rules, reporting_units(runtime.office))
    with runtime.office.transaction() as work:
        found = work.figures.kept(dict.fromkeys(YEAR, PARTS), counted_by=made_by)
    return {month: set(groups) for month, groups in found.items()}


def test_what_is_kept_is_what_the_rows_give_to_the_digit(
    runtime: Runtime, monthly: Monthly, boss: Actor, rules: MonthRules
) -> None:
    asked = (LAST, LAST.plus(-1), LAST.plus(1), APRIL)
    from_rows = [monthly.report(boss, month) for month in asked]

    assert monthly.keep_settled() == len(YEAR)

    assert kept(runtime, rules) == reckoned(runtime, rules)
    assert [monthly.report(boss, month) for month in asked] == from_rows
    newest = from_rows[0]
    assert newest.hot_spots
    assert newest.foretold is not None
    assert {one.slug for one in newest.towns if one.year_ago.total} == {"xijin", "nanshan", "hule"}
    total = newest.total
    assert total.is_balanced
    assert all(
        (total.hotline.on_time, total.interaction.on_time, total.refused, total.withdrawn, total.small)
    )
    assert all((total.said_resolved, total.dissatisfied, total.satisfied))
    assert newest.small_towns or newest.small_rest


def test_a_notice_reads_no_event_of_any_other_month_once_that_is_kept(
    monthly: Monthly, boss: Actor, url: str
) -> None:
    monthly.keep_settled()
    before = monthly.report(boss, LAST)

    gone = sql(url, OTHER_EVENTS.format(LAST.start_at.isoformat()))

    assert gone > 1_000
    assert monthly.report(boss, LAST) == before


def test_a_ticket_brought_in_afterwards_is_counted_in_its_month_at_once_and_kept_with_the_next_round(
    monthly: Monthly, boss: Actor, url: str
) -> None:
    monthly.keep_settled()
    before = monthly.report(boss, LAST)
    load(url, iter([a_ticket(LAST.start_at + DAY), a_ticket(LAST.plus(-1).start_at + DAY)]))

    after = monthly.report(boss, LAST)

    assert (after.total.opened, after.total.hotline.open) == (
        before.total.opened + 1,
        before.total.hotline.open + 1,
    )
    assert [counts.opened for _, counts in after.trend[-3:]] == [
        before.trend[-3][1].opened,
        before.trend[-2][1].opened + 1,
        before.trend[-1][1].opened + 1,
    ]
    assert [monthly.keep_settled() for _ in range(2)] == [2, 0]
    assert monthly.report(boss, LAST) == after


def test_the_rows_decide_and_every_day_the_sum_is_made_again(
    monthly: Monthly, boss: Actor, clock: FakeClock, *, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    monthly.keep_settled()
    kept_total = monthly.report(boss, LAST).total
    assert sql(url, "update ticket_events set data = '{\"score\": \"1\"}' where kind = 'rated'") > 100
    assert [monthly.keep_settled(), monthly.report(boss, LAST).total] == [0, kept_total]
    clock.advance(MADE_AGAIN_AFTER)

    assert [monthly.keep_settled() for _ in range(2)] == [len(YEAR), 0]

    total = monthly.report(boss, LAST).total
    assert (total.satisfied, total.dissatisfied) == (0, total.rated)
    assert total.dissatisfied > kept_total.dissatisfied
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        f"the rows of {month} give other figures than were kept"
        for month in YEAR
        if month in {APRIL.plus(later) for later in MONTHS}
    ]


def test_figures_of_other_rules_are_never_taken(
    runtime: Runtime, monthly: Monthly, boss: Actor, rules: MonthRules
) -> None:
    stricter = Monthly(runtime.office, replace(rules, dissatisfied_up_to=4))
    from_rows = stricter.report(boss, LAST)
    monthly.keep_settled()

    assert stricter.report(boss, LAST) == from_rows
    assert from_rows.total.dissatisfied > monthly.report(boss, LAST).total.dissatisfied
    # A house that counts otherwise from now on keeps its own in their place.
    assert stricter.keep_settled() == len(YEAR)
    assert stricter.report(boss, LAST) == from_rows


def test_the_scheduler_keeps_a_month_a_day_after_its_cut_off_and_a_notice_keeps_nothing(
    runtime: Runtime, boss: Actor, url: str, clock: FakeClock
) -> None:
    clock.at = SETTLED
    runtime.monthly.report(boss, LAST)
    assert sql(url, "select from month_figures") == 0
    clock.at = LAST.plus(1).start_at + DAY - timedelta(seconds=1)

    scheduler_of(runtime).duties["month_figures"]()

    newest = f"select from month_figures where month = '{LAST.first}'"
    assert (sql(url, "select from month_figures"), sql(url, newest)) == (len(YEAR), 0)
    clock.advance(timedelta(seconds=1))
    scheduler_of(runtime).duties["month_figures"]()
    assert (sql(url, "select from month_figures"), sql(url, newest)) == (len(YEAR) + 1, 1)


def test_two_schedulers_at_once_keep_the_same_figures_once(
    runtime: Runtime, monthly: Monthly, rules: MonthRules, url: str
) -> None:
    with ThreadPoolExecutor(2) as pool:
        rounds = [pool.submit(monthly.keep_settled) for _ in range(2)]
        assert {one.result() for one in rounds} <= {len(YEAR), 0}

    assert sql(url, "select from month_figures") == len(YEAR)
    assert kept(runtime, rules) == reckoned(runtime, rules)


def test_the_same_counting_is_known_again_by_every_process(rules: MonthRules) -> None:
    same = counted_by(rules, {"village-a": "town-b", "village-c": "town-d"})

    assert counted_by(rules, {"village-c": "town-d", "village-a": "town-b"}) == same
    for other in (
        replace(rules, cutoff_days=rules.cutoff_days + 1),
        replace(rules, contact_events=("resolve",)),
        replace(rules, interaction_channels=frozenset()),
        replace(rules, found_channels=frozenset()),
        replace(rules, small_categories=frozenset()),
    ):
        assert counted_by(other, {"village-a": "town-b", "village-c": "town-d"}) != same
    assert counted_by(rules, {"village-a": "town-b"}) != same
