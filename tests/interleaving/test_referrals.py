"""Whatever the order of referring, answering and taking back: one outcome, and sight only while it lives."""

from collections.abc import Iterator, Sequence
from itertools import count, product

import pytest

from tests.factories import FakeClock, a_member, an_arrival
from tests.integration.own_house import own_house
from tests.interleaving.explore import orders
from tests.interleaving.referral_model import (
    OWNER,
    TRIES,
    UNIT,
    Fault,
    Op,
    Step,
    World,
    act,
    broken,
)
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import NotPermitted, TicketingError
from ticketing.domain.lifecycle import Status
from ticketing.domain.referrals import Answer, Disclosure, NewReferral, ReferralMove, ReferralState
from ticketing.domain.staff import Actor, Role
from ticketing.domain.vocabulary import Category

NO_FAULTS: frozenset[Fault] = frozenset()
ASKED = World(Status.REFERRED, (ReferralState.IN_PROGRESS,), sees=True)
STARTS = (World(), ASKED)
TARGET = "city-minors"
ORDERS_OF_THREE = 90


def script(who: int, ops: Sequence[Op]) -> tuple[Step, ...]:
    """A person looks before each act."""
    return tuple(step for op in ops for step in (Step(who, None), Step(who, op)))


def run(
    start: World, schedule: Sequence[Step], faults: frozenset[Fault] = NO_FAULTS
) -> Iterator[tuple[World, bool]]:
    """World after each step, and whether it was done."""
    world, seen = start, dict[int, World]()
    for step in schedule:
        if step.op is None:
            seen[step.who] = world
            yield world, True
            continue
        after = act(world, step.op, seen=seen[step.who], faults=faults)
        world = after or world
        yield world, after is not None


def three_people() -> Iterator[tuple[World, tuple[Step, ...]]]:
    """Each of the three with one act, the owner and the unit in two cases with two; all orders."""
    for start, ops in product(STARTS, product(*TRIES)):
        for schedule in orders([script(who, (op,)) for who, op in enumerate(ops)]):
            yield start, schedule
    for first, second in product(TRIES[OWNER], repeat=2):
        for answer in TRIES[UNIT]:
            for schedule in orders([script(OWNER, (first, second)), script(UNIT, (answer, Op.FINISH))]):
                yield ASKED, schedule


def explored(faults: frozenset[Fault] = NO_FAULTS) -> tuple[int, set[World], set[str]]:
    """Schedules gone through, worlds met, promises broken."""
    schedules, worlds, wrong = 0, set[World](), set[str]()
    for start, schedule in three_people():
        schedules += 1
        for world, _ in run(start, schedule, faults):
            worlds.add(world)
            wrong |= broken(world)
    return schedules, worlds, wrong


def test_every_order_breaks_no_promise() -> None:
    schedules, worlds, wrong = explored()

    assert wrong == set()
    assert schedules == 2 * 9 * ORDERS_OF_THREE + 27 * 70
    assert len(worlds) == 16


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        (Fault.ACTS_ON_WHAT_WAS_SEEN, "one outcome"),
        (Fault.ACTS_ON_WHAT_WAS_SEEN, "nothing after the end"),
        (Fault.STILL_SEES_IT, "seen only while it lives"),
        (Fault.NEVER_RESUMES, "referred while it lives"),
        (Fault.REFERS_TWICE, "with one body once at a time"),
    ],
)
def test_a_rule_left_out_is_found(fault: Fault, promise: str) -> None:
    assert promise in explored(frozenset({fault}))[2]


class Desk:
    """The same on the real house."""

    def __init__(self, runtime: Runtime, people: tuple[Actor, ...]) -> None:
        """Owner, unit, supervisor."""
        self.runtime, self.people = runtime, people
        self.number, self.peers = "", count()
        self.seen: dict[int, tuple[int, ...]] = {}

    def fresh(self, start: World) -> None:
        """A ticket brought to where the model starts."""
        text = "西津街道有老人要人上门照护"
        chat = self.runtime.intake.receive(an_arrival(text, peer=f"r{next(self.peers)}"))
        given = self.runtime.reports.open_report(chat.conversation_id, category=Category.COMPLAINT, text=text)
        self.number = given.number
        self.runtime.tickets.claim(self.people[OWNER], self.number)
        if start.referrals:
            self.refer()

    def refer(self) -> None:
        """The owner asks the unit."""
        new = NewReferral(TARGET, "请接手", Disclosure(consented_by="本人同意"))
        self.runtime.tickets.refer(self.people[OWNER], self.number, new)

    def referrals(self) -> tuple[tuple[int, ReferralState], ...]:
        """Ids and states, oldest first."""
        found = self.runtime.tickets.get(self.people[OWNER], self.number).referrals
        return tuple((one.id, one.state) for one in reversed(found))

    def do(self, step: Step) -> bool:
        """Look or act; False when refused."""
        if step.op is None:
            self.seen[step.who] = tuple(one for one, _ in self.referrals())
            return True
        try:
            return self._act(step.who, step.op)
        except TicketingError:
            return False

    def _act(self, who: int, op: Op) -> bool:
        desk, actor, seen = self.runtime.tickets, self.people[who], self.seen[who]
        if op is Op.REFER:
            self.refer()
        elif op is Op.RESUME:
            desk.resume(actor, self.number, reason="不等了")
        elif not seen:
            return False
        elif op is Op.REVOKE:
            desk.revoke(actor, self.number, seen[-1], reason="不用了")
        else:
            desk.answer(actor, self.number, seen[-1], Answer(ReferralMove(op), "就这样"))
        return True

    def world(self) -> tuple[Status, tuple[ReferralState, ...], bool]:
        """What the model says of it."""
        status = self.runtime.tickets.get(self.people[OWNER], self.number).ticket.status
        try:
            self.runtime.tickets.get(self.people[UNIT], self.number)
        except NotPermitted:
            return status, tuple(state for _, state in self.referrals()), False
        return status, tuple(state for _, state in self.referrals()), True


def test_a_sample_of_orders_ends_in_the_house_as_in_the_model(
    postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("referral-orders")
    with own_house("test_referral_orders", (postgres, valkey_url), home, FakeClock()) as runtime:
        people = (
            a_member(runtime, unit="city-hotline"),
            a_member(runtime, unit=TARGET),
            a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline"),
        )
        desk = Desk(runtime, people)
        for index, (start, schedule) in enumerate(three_people()):
            if index % 193:
                continue
            desk.fresh(start)
            steps = list(run(start, schedule))
            done = [desk.do(step) for step in schedule]
            world = steps[-1][0]
            assert done == [was for _, was in steps], schedule
            assert desk.world() == (world.status, world.referrals, world.sees), schedule
