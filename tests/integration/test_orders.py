"""Ordered services on the real database: one winner for each place, the person unseen before and after."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.factories import FakeClock, a_finding, a_member, an_arrival
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded, TicketingError
from ticketing.domain.lifecycle import Status
from ticketing.domain.order_errors import OrderNotFound, OrderOpen, OrderTaken
from ticketing.domain.orders import Age, NewOrder, OrderState, ServiceRecord
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Risk

BUREAU = "city-civil-affairs"
PHONE, NAME, WORDS = "13805630001", "赵阿婆", "腿断了住在老粮站后面第三家"
MARKED = (PHONE, NAME, "老粮站")


def ordered(runtime: Runtime, category: Category = Category.SERVICE_REQUEST) -> tuple[str, str]:
    """A resident's order in Jinbei with everything told; number and conversation."""
    chat = runtime.intake.receive(an_arrival(f"想有人送饭，{WORDS}")).conversation_id
    number = runtime.reports.open_report(chat, category=category, text=f"想有人送饭，{WORDS}").number
    told = {"place": "西津街道津北村老粮站", "who": NAME, "contact": PHONE, "what": "送午饭"}
    for name, value in told.items():
        runtime.reports.fill(number, field=name, value=value)
    return number, chat


def a_need(clock: FakeClock, **changed: object) -> NewOrder:
    values: dict[str, object] = {
        "kind": "meal",
        "group": "elder",
        "notes": ("slow",),
        "helpers": 1,
        "by_at": clock.now() + timedelta(days=5),
        "consent": "本人在电话里同意",
    }
    return NewOrder(**(values | changed))  # type: ignore[arg-type]  # the values are of their fields' types


def an_officer(runtime: Runtime) -> Actor:
    return a_member(runtime, unit=BUREAU, name="民政专员")


def a_volunteer(runtime: Runtime, name: str = "志愿队长") -> Actor:
    return a_member(runtime, role=Role.ORGANISATION, unit="org-demo", name=name)


def offered(runtime: Runtime, clock: FakeClock, **changed: object) -> tuple[str, str, int, Actor]:
    """Number, conversation, order and officer of a need in the pool."""
    number, chat = ordered(runtime)
    officer = an_officer(runtime)
    runtime.tickets.claim(officer, number)
    runtime.ordering.offer(officer, number, a_need(clock, **changed))
    return number, chat, runtime.ordering.of_ticket(officer, number)[0].order.id, officer


def a_record(clock: FakeClock, done: str = "送了饭，陪着说了会儿话") -> ServiceRecord:
    return ServiceRecord(clock.now() - timedelta(hours=1), clock.now(), done)


def test_an_order_goes_from_the_resident_by_the_bureau_to_a_taker_and_back_to_be_graded(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, chat, order, officer = offered(runtime, clock)
    taker = a_volunteer(runtime)

    runtime.order_pool.take(taker, order)
    held = runtime.order_pool.get(taker, order)
    assert (held.told["contact"], held.told["who"]) == (PHONE, NAME)
    runtime.order_pool.record(taker, order, a_record(clock), is_last=True)

    with pytest.raises(OrderNotFound):
        runtime.order_pool.get(taker, order)
    assert runtime.tickets.get(officer, number).ticket.status is Status.RESOLVED
    assert runtime.reports.rate(chat, score=5).rating == 5
    past = runtime.order_pool.desk(taker).past
    assert [(one.told, one.rating, one.order.state) for one in past] == [({}, 5, OrderState.SERVED)]


def test_of_many_takers_at_once_exactly_as_many_win_as_there_are_places(
    runtime: Runtime, clock: FakeClock
) -> None:
    _, _, order, officer = offered(runtime, clock, helpers=2)
    takers = [a_volunteer(runtime, f"队长{i}") for i in range(6)]
    start = Barrier(len(takers))

    def take(taker: Actor) -> str:
        start.wait()
        try:
            runtime.order_pool.take(taker, order)
        except OrderTaken as lost:
            return str(lost.params["name"])
        return "won"

    with ThreadPoolExecutor(len(takers)) as threads:
        outcomes = sorted(threads.map(take, takers))

    assert outcomes == ["won", "won", *["演示志愿服务队"] * 4]
    view = runtime.ordering.active(officer)[0]
    assert (view.order.taken, view.order.state, len(view.takings)) == (2, OrderState.FULL, 2)


def test_a_second_tap_of_the_winner_takes_nothing_more(runtime: Runtime, clock: FakeClock) -> None:
    _, _, order, officer = offered(runtime, clock, helpers=2)
    taker = a_volunteer(runtime)

    runtime.order_pool.take(taker, order)
    runtime.order_pool.take(taker, order)

    assert runtime.ordering.active(officer)[0].order.taken == 1


def test_given_back_it_is_in_the_pool_as_old_as_it_is_and_unseen_by_who_had_it(
    runtime: Runtime, clock: FakeClock
) -> None:
    _, _, order, _ = offered(runtime, clock)
    first, second = a_volunteer(runtime), a_volunteer(runtime, "另一位")
    runtime.order_pool.take(first, order)
    clock.advance(timedelta(days=2))

    with pytest.raises(BadInput):
        runtime.order_pool.give_back(first, order, reason=" ")
    runtime.order_pool.give_back(first, order, reason="车坏了")

    with pytest.raises(OrderNotFound):
        runtime.order_pool.get(first, order)
    again = runtime.order_pool.desk(second).pool[0]
    assert (again.id, again.age, clock.now() - again.ordered_at) == (order, Age.WAITING, timedelta(days=2))


def test_what_nobody_takes_goes_to_the_bureau_once_and_stays_in_the_pool(
    runtime: Runtime, clock: FakeClock
) -> None:
    _, _, order, officer = offered(runtime, clock)
    taker = a_volunteer(runtime)
    clock.advance(timedelta(hours=25))

    assert (runtime.order_clock.sweep(), runtime.order_clock.sweep()) == (1, 0)

    assert [one.kind for one in runtime.tasks.open(officer)] == [TaskKind.ORDER_STUCK]
    assert runtime.order_pool.desk(taker).pool[0].raised_at == clock.now()
    runtime.order_pool.take(taker, order)
    clock.advance(timedelta(days=5))
    assert runtime.order_clock.sweep() == 1
    assert "到时候没有记录" in runtime.tasks.open(officer)[1].text


def ends(runtime: Runtime, placed: tuple[str, str, int, Actor]) -> dict[str, Callable[[], object]]:
    """All that takes an order away from its taker."""
    number, chat, order, officer = placed
    return {
        "withdrawn": lambda: runtime.reports.withdraw(chat),
        "resolved by hand": lambda: runtime.tickets.resolve(officer, number, result="已由村里安排"),
        "called off": lambda: runtime.ordering.call_off(officer, order, reason="不需要了"),
    }


@pytest.mark.parametrize("end", ["withdrawn", "resolved by hand", "called off"])
def test_whatever_ends_it_hides_the_person_at_once(runtime: Runtime, clock: FakeClock, end: str) -> None:
    placed = offered(runtime, clock)
    order, officer = placed[2:]
    taker = a_volunteer(runtime)
    runtime.staff.bind_telegram(runtime.staff.bind_code(taker), "700")
    runtime.order_pool.take(taker, order)

    ends(runtime, placed)[end]()

    with pytest.raises(OrderNotFound):
        runtime.order_pool.get(taker, order)
    assert [one.told for one in runtime.order_pool.desk(taker).past] == [{}]
    runtime.order_clock.sweep()
    assert runtime.ordering.active(officer) == ()
    assert any("已经取消" in one.text for one in runtime.outbox.due() if one.peer == "700")


def test_only_who_has_the_ticket_offers_it_once_and_nobody_in_danger_goes_to_a_pool(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, _, order, officer = offered(runtime, clock)
    other, taker = a_member(runtime), a_volunteer(runtime)
    danger, _ = ordered(runtime, Category.ELDER_HARM)
    boss = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    runtime.tickets.claim(boss, danger)

    with pytest.raises(OrderOpen):
        runtime.ordering.offer(officer, number, a_need(clock))
    with pytest.raises(NotPermitted):
        runtime.ordering.offer(other, number, a_need(clock))
    with pytest.raises(BadInput):
        runtime.ordering.offer(boss, danger, a_need(clock))
    refused: tuple[Callable[[], object], ...] = (
        lambda: runtime.ordering.call_off(taker, order, reason="x"),
        lambda: runtime.order_pool.take(officer, order),
        lambda: runtime.tickets.get(taker, number),
        lambda: runtime.child_cases.get(taker, number),
        lambda: runtime.tickets.queue(taker, scope="all"),
    )
    for refuse in refused:
        with pytest.raises(TicketingError):
            refuse()


def test_lasting_care_of_a_child_shows_no_village_and_waits_for_another_persons_approval(
    runtime: Runtime, clock: FakeClock
) -> None:
    care = {"kind": "pairing", "group": "child", "every_days": 14, "by_at": clock.now() + timedelta(days=180)}
    number, _, order, officer = offered(runtime, clock, **care)
    taker = a_volunteer(runtime)
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=BUREAU)
    assert runtime.order_pool.desk(taker).pool[0].village is None
    runtime.order_pool.take(taker, order)
    assert runtime.order_pool.get(taker, order).told == {}
    taking = runtime.ordering.active(officer)[0].takings[0].id
    assert [one.kind for one in runtime.tasks.open(boss)] == [TaskKind.ORDER_APPROVAL]
    with pytest.raises(NotPermitted):
        runtime.ordering.approve(officer, order, taking_id=taking)

    runtime.ordering.approve(boss, order, taking_id=taking)

    assert runtime.order_pool.get(taker, order).told["contact"] == PHONE
    assert runtime.tasks.open(boss) == ()
    runtime.order_pool.record(taker, order, a_record(clock, "一起写作业"), is_last=False)
    held = runtime.order_pool.get(taker, order)
    assert (len(held.taking.records), held.contact_by_at) == (1, clock.now() + timedelta(days=14))
    clock.advance(timedelta(days=15))
    assert runtime.order_clock.sweep() == 1
    runtime.order_pool.record(taker, order, a_record(clock, "半年到期，孩子过得挺好"), is_last=True)
    assert runtime.tickets.get(officer, number).ticket.status is Status.RESOLVED


def test_a_childs_ticket_is_offered_as_a_childs_and_one_in_danger_not_at_all(
    runtime: Runtime, clock: FakeClock
) -> None:
    finding = Finding(Risk.URGENT, Category.URGENT_HARDSHIP, ("没饭吃",), minor=True)
    hungry = runtime.intake.receive(an_arrival("我没饭吃，我上初二", finding=finding)).ticket
    burning = a_finding(Category.URGENT_HARDSHIP, Risk.EMERGENCY)
    danger = runtime.intake.receive(an_arrival("房子要塌了", peer="b", finding=burning)).ticket
    assert hungry is not None
    assert danger is not None
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=BUREAU)
    for given in (hungry, danger):
        runtime.tickets.claim(boss, given.number)

    with pytest.raises(BadInput):
        runtime.ordering.offer(boss, hungry.number, a_need(clock, group="family"))
    with pytest.raises(BadInput):
        runtime.ordering.offer(boss, danger.number, a_need(clock, group="child"))
    runtime.ordering.offer(boss, hungry.number, a_need(clock, group="child"))


def test_nobody_approves_what_he_offered(runtime: Runtime, clock: FakeClock) -> None:
    number, _ = ordered(runtime)
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=BUREAU)
    runtime.tickets.claim(boss, number)
    need = a_need(clock, kind="pairing", group="child", every_days=7)
    runtime.ordering.offer(boss, number, need)
    order = runtime.ordering.active(boss)[0].order.id
    runtime.order_pool.take(a_volunteer(runtime), order)

    assert TaskKind.ORDER_APPROVAL not in {one.kind for one in runtime.tasks.open(boss)}
    with pytest.raises(SecondPersonNeeded):
        runtime.ordering.approve(boss, order, taking_id=runtime.ordering.active(boss)[0].takings[0].id)
