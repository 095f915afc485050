"""Clocks of tickets on the real database: stopped, given time, met, restarted, and each level told once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from ticketing.bootstrap import Runtime, build
from ticketing.domain.city_errors import AlreadyDecided
from ticketing.domain.clock import BEIJING
from ticketing.domain.deadlines import ClockName
from ticketing.domain.errors import BadInput, NotPermitted, PauseRefused, SecondPersonNeeded
from ticketing.domain.running import ClockView
from ticketing.domain.spans import StepKind
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category, Risk
from ticketing.services.deadlines import Deadlines
from ticketing.services.filing import Filing
from ticketing.settings import Settings

CITY = "city-hotline"


def worked_on(runtime: Runtime) -> tuple[str, str, Actor]:
    """A request of the Monday that somebody works on; number, conversation and worker."""
    words = "西津街道城东社区路灯坏了"
    chat = runtime.intake.receive(an_arrival(words)).conversation_id
    number = runtime.reports.open_report(chat, category=Category.OTHER_DEPARTMENT, text=words).number
    worker = a_member(runtime, unit=CITY)
    runtime.tickets.claim(worker, number)
    return number, chat, worker


def a_supervisor(runtime: Runtime, name: str = "郑主管") -> Actor:
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=name)


def clocks(runtime: Runtime, actor: Actor, number: str) -> dict[ClockName, ClockView]:
    return {one.name: one for one in runtime.timing.sheet(actor, number).clocks}


def last_day(view: TicketView) -> str:
    assert view.resolve_by_at is not None
    return view.resolve_by_at.astimezone(BEIJING).date().isoformat()


def test_the_page_can_tell_clause_calendar_and_steps_of_every_deadline(runtime: Runtime) -> None:
    number, _, worker = worked_on(runtime)

    for clock in clocks(runtime, worker, number).values():
        assert clock.basis
        assert clock.source
        assert clock.calendar_version
        assert clock.steps[0].kind is StepKind.START
        assert clock.steps[-1].kind is StepKind.DUE


def test_pauses_move_the_end_by_the_days_they_cover_and_rules_changed_meanwhile_change_nothing(
    runtime: Runtime, clock: FakeClock, settings: Settings
) -> None:
    number, _, worker = worked_on(runtime)
    before = runtime.tickets.get(worker, number).ticket
    paused = runtime.timing.pause(worker, number, reason="等残联鉴定")
    assert (paused.resolve_by_at, paused.accept_by_at) == (None, before.accept_by_at)
    with pytest.raises(PauseRefused):
        runtime.timing.pause(worker, number, reason="再停")
    clock.advance(timedelta(days=2))
    # Only days whose end a pause covers are taken out; the day of filing is day 0 anyway.
    # The city shortens its limits while the clock stands still: what was promised under the old rule holds.
    other = build(settings, clock=clock)
    short = tuple(replace(rule, resolve=rule.accept) for rule in other.office.clock_rules)
    object.__setattr__(other.office, "clock_rules", short)

    resumed = other.timing.resume_clock(worker, number)
    clock.advance(timedelta(days=1))
    other.timing.pause(worker, number, reason="等路灯管理所")
    clock.advance(timedelta(days=1))
    again = other.timing.resume_clock(worker, number)
    other.close()

    assert [last_day(one) for one in (before, resumed, again)] == ["2026-12-07", "2026-12-08", "2026-12-09"]
    assert len(runtime.timing.sheet(worker, number).pauses) == 2


def test_nothing_is_paused_where_a_life_is_in_danger_and_a_finished_ticket_has_no_clock(
    runtime: Runtime,
) -> None:
    finding = a_finding(Category.SELF_HARM, Risk.EMERGENCY, "不想活了")
    grave = runtime.intake.receive(an_arrival("我不想活了", peer="other", finding=finding)).ticket
    boss = a_supervisor(runtime)
    assert grave is not None
    with pytest.raises(PauseRefused):
        runtime.timing.pause(boss, grave.number, reason="等材料")
    number, _, worker = worked_on(runtime)
    runtime.timing.pause(worker, number, reason="等材料")
    runtime.tickets.resolve(worker, number, result="路灯已经修好，今晚就亮")

    assert not runtime.timing.sheet(worker, number).is_paused
    with pytest.raises(PauseRefused):
        runtime.timing.pause(worker, number, reason="等材料")


def test_more_time_is_asked_by_one_and_given_by_another_and_the_resident_is_told_the_day(
    runtime: Runtime,
) -> None:
    number, chat, worker = worked_on(runtime)
    boss = a_supervisor(runtime)
    with pytest.raises(BadInput):
        runtime.timing.ask_more(worker, number, workdays=99, reason="等灯具")
    asked = runtime.timing.ask_more(worker, number, workdays=5, reason="灯具要从外地运来")
    assert last_day(asked) == "2026-12-07"
    request = runtime.timing.sheet(worker, number).extensions[0].id
    with pytest.raises(NotPermitted):
        runtime.timing.decide_more(worker, number, request_id=request, approved=True, decision="同意")

    given = runtime.timing.decide_more(boss, number, request_id=request, approved=True, decision="情况属实")

    assert last_day(given) == "2026-12-14"
    assert StepKind.EXTENDED in {
        step.kind for step in clocks(runtime, worker, number)[ClockName.RESOLVE].steps
    }
    assert "12月14日" in runtime.chats.for_resident(chat)[-1].text
    with pytest.raises(AlreadyDecided):
        runtime.timing.decide_more(boss, number, request_id=request, approved=False, decision="再看")
    runtime.timing.ask_more(boss, number, workdays=5, reason="还没到")
    own = runtime.timing.sheet(worker, number).extensions[1].id
    with pytest.raises(SecondPersonNeeded):
        runtime.timing.decide_more(boss, number, request_id=own, approved=True, decision="同意")


def test_an_answer_ends_the_waiting_a_new_letter_begins_it_and_the_first_contact_is_never_overruled(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, chat, worker = worked_on(runtime)
    first = clocks(runtime, worker, number)[ClockName.FIRST_CONTACT]
    runtime.reports.add(chat, text="什么时候修")
    before = clocks(runtime, worker, number)
    clock.advance(timedelta(hours=1))
    runtime.tickets.reply(worker, number, text="明天去看")
    clock.advance(timedelta(hours=1))
    runtime.reports.add(chat, text="还没来")
    asked_at = clock.now()
    clock.advance(timedelta(hours=1))
    runtime.reports.add(chat, text="在吗")
    waiting = clocks(runtime, worker, number)[ClockName.RESPONSE]
    due = [one for one in runtime.tasks.open(worker) if one.kind is TaskKind.ANSWER]

    assert ClockName.RESPONSE not in before
    assert before[ClockName.FIRST_CONTACT].due_at == first.due_at
    assert (waiting.started_at, waiting.met_at) == (asked_at, None)
    assert [one.due_at for one in due] == [waiting.due_at]
    runtime.timing.contacted(worker, number, text="电话里说了，下午到")
    after = clocks(runtime, worker, number)
    assert after[ClockName.RESPONSE].met_at == clock.now()
    assert after[ClockName.FIRST_CONTACT].met_at == asked_at - timedelta(hours=1)
    assert [one for one in runtime.tasks.open(worker) if one.kind is TaskKind.ANSWER] == []


def test_after_three_days_down_each_level_is_told_once_with_the_true_times_up_to_the_deputy_mayor(
    runtime: Runtime, clock: FakeClock
) -> None:
    receipt = runtime.intake.receive(a_risk_arrival("孩子被打，在津北村"))
    assert receipt.ticket is not None
    number, boss = receipt.ticket.number, a_supervisor(runtime)
    due = clock.now() + timedelta(minutes=15)
    clock.advance(timedelta(days=3))
    woken = clock.now()

    for _ in range(6):
        sweepers = [Deadlines(runtime.office, Filing(runtime.office)) for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: one.sweep(), sweepers))
        clock.advance(timedelta(hours=1, minutes=1))

    events = [one for one in runtime.tickets.get(boss, number).events if one.kind in {"escalate", "pressed"}]
    assert [one.data["unit"] for one in events] == ["town-xijin", "city-minors", CITY, "city-deputy-mayor"]
    assert events[0].at == woken
    assert events[0].data["due"] == due.isoformat()
    ticket = runtime.tickets.get(boss, number).ticket
    assert (ticket.unit, ticket.level) == (CITY, 3)
    assert [one.unit for one in runtime.tasks.open(boss) if one.kind is TaskKind.LADDER_TOP] == [
        "city-deputy-mayor"
    ]
