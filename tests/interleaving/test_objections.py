"""Sending back and deciding about it beside claim, transfer, refer, merge and close, in every order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count, product
from random import Random
from typing import Protocol

import pytest

from tests.factories import FakeClock, a_member, an_arrival
from tests.integration.own_house import own_house
from tests.interleaving.explore import orders
from tests.interleaving.objection_model import (
    ABOVE,
    NO_FAULTS,
    TOP,
    A,
    B,
    Fault,
    Objection,
    Op,
    World,
    act,
    broken,
)
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import TicketingError
from ticketing.domain.lifecycle import Status
from ticketing.domain.objections import Coordination, ObjectionState
from ticketing.domain.referrals import Disclosure, NewReferral
from ticketing.domain.staff import Actor, Role
from ticketing.domain.vocabulary import Category

CITY = "city-hotline"
UNITS = {A: "town-xijin", B: "town-nanshan", TOP: "city-deputy-mayor"}
SENT_BACK = World(Status.RETURNED, objections=(Objection(A, 0),), version=1)
BOUNCED = World(
    Status.RETURNED,
    objections=(Objection(A, 0, ObjectionState.DISMISSED, 1, 1), Objection(A, 0)),
    coordination=Coordination.ASKED,
    version=3,
)
WAITING, WORKED = World(), World(Status.IN_PROGRESS, owner=0, version=2)
STARTS = (WAITING, WORKED, SENT_BACK, BOUNCED)
#: What three people do at once: the acts in which they can get into one another's way.
THREE = (Op.RETURN, Op.UPHOLD, Op.DISMISS, Op.COORDINATE, Op.CLAIM, Op.TRANSFER, Op.ESCALATE, Op.MERGE)
SAMPLE = 40

#: Who, and what; None: looks.
type Step = tuple[int, Op | None]
type Script = tuple[Step, ...]
#: Status, unit, owner, level, coordination, objections as (unit, by, state).
type Shape = tuple[object, ...]


def script(who: int, ops: Sequence[Op]) -> Script:
    """A person looks before each act."""
    return tuple(step for op in ops for step in ((who, None), (who, op)))


def groups() -> Iterator[tuple[World, tuple[Script, ...]]]:
    """Two people with up to two acts one and one the other; three with one each."""
    for start, first, second, other in product(STARTS, Op, Op, Op):
        yield start, (script(0, (first, second)), script(1, (other,)))
    for start, ops in product(STARTS, product(THREE, repeat=3)):
        yield start, tuple(script(who, (op,)) for who, op in enumerate(ops))


@dataclass(slots=True)
class Explored:
    """What a search went through; schedules that share a beginning are walked once."""

    faults: frozenset[Fault] = NO_FAULTS
    schedules: int = 0
    worlds: set[World] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def everything(self, *, until: str = "") -> "Explored":
        """All groups in all orders, or as many as it takes to find a promise broken."""
        walk = cache(self._walk)
        for start, scripts in groups():
            self.schedules += walk(start, scripts, (0,) * len(scripts), walk)
            if until in self.broken:
                break
        return self

    def _walk(self, world: World, scripts: tuple[Script, ...], seen: tuple[int, ...], walk: "_Walk") -> int:
        self.worlds.add(world)
        self.broken |= broken(world)
        if not any(scripts):
            return 1
        found = 0
        for index, one in enumerate(scripts):
            if not one:
                continue
            rest = (*scripts[:index], one[1:], *scripts[index + 1 :])
            after, looked = taken(world, one[0], seen, self.faults)
            found += walk(after or world, rest, looked, walk)
        return found


class _Walk(Protocol):
    """A walk that remembers where it has been."""

    def __call__(
        self, world: World, scripts: tuple[Script, ...], seen: tuple[int, ...], walk: "_Walk", /
    ) -> int:
        """How many schedules there are from here."""
        ...


def taken(
    world: World, step: Step, seen: tuple[int, ...], faults: frozenset[Fault] = NO_FAULTS
) -> tuple[World | None, tuple[int, ...]]:
    """World after a step, None when it was refused; and what everybody has seen."""
    who, op = step
    if op is None:
        return world, (*seen[:who], world.version, *seen[who + 1 :])
    return act(world, who, op, seen=seen[who], faults=faults), seen


def test_every_order_breaks_no_promise() -> None:
    found = Explored().everything()

    assert found.broken == set()
    assert found.schedules == 4 * (11**3 * 15 + 8**3 * 90)
    assert len(found.worlds) == 1348


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        (Fault.DECIDES_TWICE, "decided once"),
        (Fault.DECIDES_HIS_OWN, "decided by another"),
        (Fault.CLAIM_LEAVES_IT_OPEN, "open only while it waits"),
        (Fault.CLAIM_LEAVES_IT_OPEN, "no decision takes it away"),
        (Fault.END_LEAVES_IT_OPEN, "open only while it waits"),
        (Fault.RETURNS_AGAIN, "one objection at a time"),
        (Fault.DECISION_LEAVES_IT_ASKED, "asked while there is what to say"),
    ],
)
def test_a_rule_left_out_is_found(fault: Fault, promise: str) -> None:
    assert promise in Explored(frozenset({fault})).everything(until=promise).broken


@dataclass(slots=True)
class Desk:
    """The same on the real house; all are supervisors, so that only the order counts."""

    runtime: Runtime
    people: tuple[Actor, ...]
    number: str = ""
    seen: dict[int, int] = field(default_factory=dict)
    _peers: Iterator[int] = field(default_factory=count)

    def fresh(self, start: World) -> None:
        """A ticket brought to where the model starts."""
        self.number = self._a_ticket()
        desk, first = self.runtime.tickets, self.people[0]
        if start.owner is not None:
            desk.claim(first, self.number)
            desk.start(first, self.number)
        for place, one in enumerate(start.objections):
            desk.return_(first, self.number, reason="不在本辖区", next_unit=UNITS[B])
            if place + 1 < len(start.objections):
                assert one.decided_by is not None
                desk.dismiss(self.people[one.decided_by], self.number, reason="就在本辖区")

    def _a_ticket(self) -> str:
        text = "老人在西津街道，想请人上门理发"
        chat = self.runtime.intake.receive(an_arrival(text, peer=f"o{next(self._peers)}")).conversation_id
        given = self.runtime.reports.open_report(chat, category=Category.SERVICE_REQUEST, text=text)
        self.runtime.tickets.dispatch(self.people[0], given.number, unit=UNITS[A])
        return given.number

    def do(self, step: Step) -> bool:
        """Look or act; False when refused."""
        who, op = step
        if op is None:
            self.seen[who] = self.runtime.tickets.get(self.people[who], self.number).ticket.version
            return True
        try:
            self._act(self.people[who], op, self.seen[who])
        except TicketingError:
            return False
        return True

    def _act(self, actor: Actor, op: Op, at: int) -> None:
        desk, number = self.runtime.tickets, self.number
        unit, other = self._sent_back_by()
        if op is Op.RETURN:
            here = desk.get(actor, number).ticket.unit
            to = UNITS[B] if here == UNITS[A] else UNITS[A]
            desk.return_(actor, number, reason="不在本辖区", next_unit=to, version=at)
        elif op is Op.UPHOLD:
            desk.uphold(actor, number, unit=other, reason="说得对")
        elif op is Op.DISMISS:
            desk.dismiss(actor, number, reason=f"归{unit}")
        elif op is Op.COORDINATE:
            desk.coordinate(actor, number, unit=other, reason="就这样定")
        elif op is Op.CLAIM:
            desk.claim(actor, number)
        elif op is Op.TRANSFER:
            desk.dispatch(actor, number, unit=UNITS[B], version=at)
        elif op is Op.ESCALATE:
            desk.escalate(actor, number, reason="没人办", version=at)
        else:
            self._go_on(actor, op, at)

    def _go_on(self, actor: Actor, op: Op, at: int) -> None:
        desk, number = self.runtime.tickets, self.number
        if op is Op.REFER:
            new = NewReferral("legal", "请答复", Disclosure(consented_by="本人电话同意"))
            desk.refer(actor, number, new, version=at)
        elif op is Op.MERGE:
            desk.merge(actor, number, into=self._a_ticket(), reason="同一件事", version=at)
        elif op is Op.RESOLVE:
            desk.resolve(actor, number, result="轮椅已经送到家里", version=at)
        else:
            desk.close(actor, number, version=at)

    def _sent_back_by(self) -> tuple[str, str]:
        """Unit of the newest objection, and where that one should go."""
        found = self.runtime.tickets.objections(self.people[0], self.number)
        return (found[0].unit, found[0].next_unit) if found else (UNITS[A], UNITS[B])

    def shape(self) -> Shape:
        """What counts of it."""
        ticket = self.runtime.tickets.get(self.people[0], self.number).ticket
        ids = [one.id for one in self.people]
        names = {slug: name for name, slug in UNITS.items()}
        objections = self.runtime.tickets.objections(self.people[0], self.number)
        return (
            ticket.status,
            names.get(ticket.unit, ABOVE),
            None if ticket.assignee_id is None else ids.index(ticket.assignee_id),
            ticket.level,
            ticket.coordination,
            tuple(
                (names.get(one.unit, ABOVE), ids.index(one.raised_by_id), one.state)
                for one in reversed(objections)
            ),
        )


def shape(world: World) -> Shape:
    """The same of the model."""
    objections = tuple((one.unit, one.by, one.state) for one in world.objections)
    return world.status, world.unit, world.owner, world.level, world.coordination, objections


def replay(desk: Desk, start: World, schedule: Sequence[Step]) -> None:
    """Take the same steps in model and house; they must agree at each."""
    desk.fresh(start)
    world, seen = start, tuple[int, ...]((0, 0, 0))
    for step in schedule:
        after, seen = taken(world, step, seen)
        assert desk.do(step) is (after is not None), (start, schedule, step)
        world = after or world
    assert desk.shape() == shape(world), (start, schedule)


@pytest.fixture(scope="module")
def desk(postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One house for all orders."""
    home = tmp_path_factory.mktemp("objection-orders")
    with own_house("test_objection_orders", (postgres, valkey_url), home, FakeClock()) as runtime:
        people = [a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=f"主管{i}") for i in range(3)]
        yield Desk(runtime, tuple(people))


def test_a_sample_of_orders_ends_in_the_house_as_in_the_model(desk: Desk) -> None:
    chance = Random(7)  # noqa: S311 - a sample, not secrets
    for start, scripts in chance.sample(list(groups()), SAMPLE):
        replay(desk, start, chance.choice(list(orders(scripts))))


@pytest.mark.parametrize(
    ("start", "acts"),
    [
        pytest.param(BOUNCED, ((1, Op.DISMISS),), id="dismissed where a supervisor was asked"),
        pytest.param(BOUNCED, ((1, Op.ESCALATE), (2, Op.RETURN)), id="sent back again after going up"),
        pytest.param(BOUNCED, ((1, Op.ESCALATE), (2, Op.COORDINATE)), id="said after going up"),
        pytest.param(SENT_BACK, ((1, Op.CLAIM), (2, Op.UPHOLD)), id="decided after it was taken"),
        pytest.param(SENT_BACK, ((1, Op.UPHOLD), (2, Op.DISMISS)), id="decided twice"),
    ],
)
def test_orders_that_once_went_wrong_or_could(
    desk: Desk, start: World, acts: tuple[tuple[int, Op], ...]
) -> None:
    replay(desk, start, [step for who, op in acts for step in ((who, None), (who, op))])
