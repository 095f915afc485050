"""Dispatching on a real database: editing the catalogue, sending back, who decides, who stays responsible."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest

from tests.factories import FakeClock, a_member, an_arrival
from tests.integration.own_house import own_house
from ticketing.bootstrap import Runtime
from ticketing.domain.dispatch_errors import (
    CoordinationNeeded,
    DispatchChanged,
    DispatchRefused,
    ObjectionNotFound,
    PushedDown,
    VersionNotFound,
)
from ticketing.domain.dispatching import Local, MatterRule
from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded
from ticketing.domain.lifecycle import Status
from ticketing.domain.objections import Coordination
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category

CITY, MINORS, AFFAIRS = "city-hotline", "city-minors", "city-civil-affairs"
XIJIN, NANSHAN, MEILIN = "town-xijin", "town-nanshan", "town-meilin"
_peers = count()


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """One for all cases here; it only goes forward."""
    return FakeClock()


@dataclass(frozen=True, slots=True)
class Town:
    """The house and its people."""

    runtime: Runtime
    operator: Actor
    boss: Actor
    workers: dict[str, Actor]

    def reported(self, category: Category = Category.URGENT_HARDSHIP) -> str:
        """Number of a ticket from Xijin."""
        text = "西津街道有老人要人上门照护"
        chat = self.runtime.intake.receive(an_arrival(text, peer=f"r{next(_peers)}")).conversation_id
        return self.runtime.reports.open_report(chat, category=category, text=text).number

    def ticket(self, number: str) -> TicketView:
        """As it stands."""
        return self.runtime.tickets.get(self.boss, number).ticket

    def send_back(self, number: str, *, to: str) -> TicketView:
        """By the worker of the unit that has it."""
        worker = self.workers[self.ticket(number).unit]
        return self.runtime.tickets.return_(worker, number, reason="不是我们的事", next_unit=to)

    def rule(self, category: Category) -> MatterRule:
        """What holds now for a matter."""
        return self.runtime.dispatch.shelf(self.boss).rules[category]

    def version(self) -> int:
        """The catalogue's number now."""
        return self.runtime.dispatch.shelf(self.boss).number


@pytest.fixture(scope="module")
def town(
    postgres: str, valkey_url: str, clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """One house for all cases here: each has a ticket of its own."""
    home = tmp_path_factory.mktemp("dispatching")
    with own_house("test_dispatching", (postgres, valkey_url), home, clock) as runtime:
        units = (XIJIN, NANSHAN, MEILIN, AFFAIRS)
        yield Town(
            runtime,
            a_member(runtime, role=Role.OPERATOR, unit=CITY, name="小李"),
            a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管"),
            {unit: a_member(runtime, unit=unit, name=f"{unit}的人") for unit in units},
        )


def test_what_was_sent_back_waits_with_its_unit_which_stays_responsible_until_another_takes_it(
    town: Town,
) -> None:
    number = town.reported()
    before = town.ticket(number)

    town.send_back(number, to=NANSHAN)
    waiting = town.ticket(number)
    town.runtime.tickets.uphold(town.operator, number, unit=NANSHAN, reason="户籍在南山")
    handed = town.ticket(number)
    town.runtime.tickets.claim(town.workers[NANSHAN], number)
    taken = town.ticket(number)

    assert (waiting.status, waiting.unit, waiting.responsible_unit) == (Status.RETURNED, XIJIN, XIJIN)
    assert (handed.status, handed.unit, handed.responsible_unit) == (Status.DISPATCHED, NANSHAN, XIJIN)
    assert (taken.unit, taken.responsible_unit) == (NANSHAN, NANSHAN)
    assert {one.resolve_by_at for one in (before, waiting, handed, taken)} == {before.resolve_by_at}
    decided = town.runtime.tickets.objections(town.boss, number)[0]
    assert (decided.state, decided.to_unit, decided.decided_by) == ("upheld", NANSHAN, "小李")


def test_what_the_hotline_does_not_agree_to_goes_back_with_its_reason(town: Town) -> None:
    number = town.reported()
    town.send_back(number, to=NANSHAN)

    town.runtime.tickets.dismiss(town.operator, number, reason="事发在西津")

    detail = town.runtime.tickets.get(town.workers[XIJIN], number)
    assert (detail.ticket.status, detail.ticket.unit) == (Status.DISPATCHED, XIJIN)
    assert (detail.events[-1].kind, detail.events[-1].text) == ("objection_dismissed", "事发在西津")
    with pytest.raises(ObjectionNotFound):
        town.runtime.tickets.uphold(town.operator, number, unit=NANSHAN, reason="又想了想")


def test_nobody_decides_about_what_he_sent_back_himself(town: Town) -> None:
    number = town.reported()
    town.runtime.tickets.return_(town.boss, number, reason="派错了", next_unit=NANSHAN)

    with pytest.raises(SecondPersonNeeded):
        town.runtime.tickets.uphold(town.boss, number, unit=NANSHAN, reason="同意自己")
    with pytest.raises(NotPermitted):
        town.runtime.tickets.uphold(town.workers[XIJIN], number, unit=NANSHAN, reason="我来定")


def test_a_return_to_oneself_or_of_a_departments_matter_to_a_township_is_refused(town: Town) -> None:
    number, funeral = town.reported(), town.reported(Category.FUNERAL_COMPLAINT)

    with pytest.raises(BadInput):
        town.send_back(number, to=XIJIN)
    with pytest.raises(PushedDown):
        town.send_back(funeral, to=XIJIN)
    with pytest.raises(PushedDown):
        town.runtime.tickets.dispatch(town.operator, funeral, unit="village-xijin-jinbei")


def test_what_goes_there_and_back_again_is_decided_by_a_named_supervisor(town: Town) -> None:
    number = town.reported()
    town.send_back(number, to=NANSHAN)
    town.runtime.tickets.uphold(town.operator, number, unit=NANSHAN, reason="先给南山")

    town.send_back(number, to=XIJIN)  # A→B→A
    asked = town.runtime.tickets.objections(town.boss, number)[0]
    with pytest.raises(CoordinationNeeded) as refused:
        town.runtime.tickets.uphold(town.operator, number, unit=XIJIN, reason="给西津")
    with pytest.raises(CoordinationNeeded):
        town.runtime.tickets.dispatch(town.operator, number, unit=MEILIN)
    kinds = {
        one.kind: one.assignee_name
        for one in town.runtime.tasks.open(town.boss)
        if one.ticket_number == number
    }
    town.runtime.tickets.coordinate(
        town.boss, number, unit=NANSHAN, reason="南山主办，西津配合", support=(XIJIN,)
    )
    settled = town.ticket(number)
    with pytest.raises(CoordinationNeeded):
        town.send_back(number, to=MEILIN)

    assert refused.value.params["name"] == "郑主管"
    assert (asked.coordination, asked.coordinator) == (Coordination.ASKED, "郑主管")
    assert kinds == {TaskKind.COORDINATE: "郑主管"}
    assert (settled.unit, settled.supporting, settled.coordination) == (
        NANSHAN,
        (XIJIN,),
        Coordination.DECIDED,
    )
    assert town.runtime.tickets.get(town.workers[XIJIN], number).ticket == settled  # it takes part
    assert not [one for one in town.runtime.tasks.open(town.boss) if one.ticket_number == number]


def test_when_everyone_refuses_it_ends_before_a_named_decider_in_few_steps(town: Town) -> None:
    number, steps = town.reported(), 0
    wishes = iter([NANSHAN, MEILIN, AFFAIRS, NANSHAN])
    while town.ticket(number).coordination is not Coordination.ASKED:
        steps += 1
        wish = next(wishes)
        town.send_back(number, to=wish)
        if town.ticket(number).coordination is not Coordination.ASKED:
            town.runtime.tickets.uphold(town.operator, number, unit=wish, reason="再试试")

    assert steps == town.runtime.office.objections.objections_max
    assert town.runtime.tickets.objections(town.boss, number)[0].coordinator == "郑主管"


def test_a_decision_that_would_make_it_bounce_asks_the_supervisor_instead(town: Town) -> None:
    number = town.reported()
    town.send_back(number, to=NANSHAN)
    town.runtime.tickets.uphold(town.operator, number, unit=NANSHAN, reason="先给南山")
    town.send_back(number, to=MEILIN)

    town.runtime.tickets.uphold(town.operator, number, unit=XIJIN, reason="还是西津吧")

    assert (town.ticket(number).coordination, town.ticket(number).unit) == (Coordination.ASKED, NANSHAN)


def test_who_takes_it_after_all_ends_the_objection_and_what_waits_too_long_still_goes_up(
    town: Town, clock: FakeClock
) -> None:
    taken, waiting = town.reported(), town.reported()
    for number in (taken, waiting):
        town.send_back(number, to=NANSHAN)
    town.runtime.tickets.claim(town.workers[XIJIN], taken)
    clock.advance(timedelta(days=30))

    town.runtime.deadlines.sweep()

    states = [town.runtime.tickets.objections(town.boss, one)[0].state for one in (taken, waiting)]
    assert states == ["overtaken", "overtaken"]
    assert town.ticket(waiting).level == 1
    assert {taken, waiting}.isdisjoint(
        one.ticket_number for one in town.runtime.tickets.objection_list(town.operator)
    )


def test_of_two_decisions_at_once_one_holds(town: Town) -> None:
    number, barrier = town.reported(), Barrier(2)
    town.send_back(number, to=NANSHAN)

    def decide(who: int) -> bool:
        barrier.wait()
        try:
            if who:
                town.runtime.tickets.uphold(town.operator, number, unit=NANSHAN, reason="给南山")
            else:
                town.runtime.tickets.dismiss(town.boss, number, reason="还是西津")
        except ObjectionNotFound:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, (0, 1))) == [False, True]


def test_unclear_matters_go_to_the_hotline_which_names_lead_and_support(town: Town) -> None:
    number = town.reported(Category.OTHER_DEPARTMENT)
    first = town.ticket(number)

    town.runtime.tickets.dispatch(town.operator, number, unit=AFFAIRS, support=(XIJIN, CITY))

    worker = town.workers[XIJIN]
    seen = town.runtime.tickets.get(worker, number).ticket
    town.runtime.tickets.note(worker, number, text="我们可以派人带路")
    assert first.unit == CITY
    assert (seen.unit, seen.supporting) == (AFFAIRS, (XIJIN, CITY))
    with pytest.raises(NotPermitted):
        town.runtime.tickets.get(town.workers[MEILIN], number)
    with pytest.raises(NotPermitted):
        town.runtime.tickets.claim(worker, number)


def test_a_new_version_holds_at_once_and_each_ticket_knows_the_version_that_dispatched_it(
    town: Town,
) -> None:
    before, number = town.version(), town.reported()
    rule = town.rule(Category.URGENT_HARDSHIP)
    edited = replace(rule, local=(Local(XIJIN, AFFAIRS, (MINORS,)),))

    made = town.runtime.dispatch.save(
        town.boss, Category.URGENT_HARDSHIP, edited, based_on=before, note="西津试点由民政局主办"
    )
    after = town.ticket(town.reported())
    changed = town.runtime.dispatch.difference(town.boss, made)
    town.runtime.dispatch.restore(town.boss, before, based_on=made, note="试点结束")

    assert made == before + 1
    assert (after.unit, after.supporting, after.catalogue_version) == (AFFAIRS, (MINORS,), made)
    assert town.ticket(number).catalogue_version == before
    assert [(one.part, one.after) for one in changed] == [(XIJIN, (AFFAIRS, MINORS))]
    assert town.rule(Category.URGENT_HARDSHIP) == rule
    newest = town.runtime.dispatch.shelf(town.boss).history[0]
    assert (newest.number, newest.restored, newest.made_by) == (made + 1, before, "郑主管")


def test_two_editors_from_one_version_the_second_gets_a_conflict_and_nothing_is_lost(town: Town) -> None:
    other = a_member(town.runtime, role=Role.ADMIN, unit=CITY, name="管理员小吴")
    based_on, barrier = town.version(), Barrier(2)

    def edit(actor: Actor, category: Category) -> str:
        rule = replace(town.rule(category), support=(AFFAIRS,))
        barrier.wait()
        try:
            town.runtime.dispatch.save(actor, category, rule, based_on=based_on, note=actor.name)
        except DispatchChanged as lost:
            return str(lost.params["name"])
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(edit, (town.boss, other), (Category.HUMAN, Category.LEGAL_AID)))

    newest = town.runtime.dispatch.shelf(town.boss).history[0]
    assert sorted(told) == sorted(["", newest.made_by or ""])
    assert (newest.number, newest.note) == (based_on + 1, newest.made_by)


def test_a_bad_edit_is_refused_with_all_its_faults_and_only_some_may_edit(town: Town) -> None:
    wrong = MatterRule(("town", "nobody"), support=("village",))
    number = town.version()

    with pytest.raises(DispatchRefused) as refused:
        town.runtime.dispatch.save(town.boss, Category.LEGAL_AID, wrong, based_on=number, note="试试")
    with pytest.raises(NotPermitted):
        town.runtime.dispatch.shelf(town.operator)
    with pytest.raises(BadInput):
        town.runtime.dispatch.save(
            town.boss, Category.LEGAL_AID, MatterRule((CITY,)), based_on=number, note=" "
        )
    with pytest.raises(VersionNotFound):
        town.runtime.dispatch.restore(town.boss, 999, based_on=number, note="没有的")

    codes = [one.code for one in refused.value.found[Category.LEGAL_AID]]
    assert codes == ["pushed_down", "unknown_link", "not_to_hotline", "unknown_link"]
    assert town.version() == number
