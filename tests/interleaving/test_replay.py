"""The schedules of the model on the real desk and the real database: the same is done and refused."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, cycle, product
from threading import Barrier

import pytest

from tests.factories import a_member, an_arrival
from tests.interleaving.explore import Step, orders, run, script
from tests.interleaving.model import HERE, THERE, Op, State, Ticket
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import TicketingError
from ticketing.domain.lifecycle import Status
from ticketing.domain.referrals import Disclosure, NewReferral
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category

CITY = "city-hotline"
_peers = count()
_bodies = cycle(("legal", "police", "school", "women"))

#: status, owner's place among the people, level, notes, merged.
type Shape = tuple[Status, int | None, int, int]


@dataclass(slots=True)
class Desk:
    """Two tickets of the real house and the people who work on them."""

    runtime: Runtime
    people: tuple[Actor, ...]
    numbers: tuple[str, str]
    seen: dict[int, tuple[int, int]] = field(default_factory=dict)

    def look(self, who: int) -> None:
        """Fetch both tickets' pages."""
        first, second = (self.runtime.tickets.get(self.people[who], one).ticket for one in self.numbers)
        self.seen[who] = (first.version, second.version)

    def do(self, who: int, op: Op) -> bool:
        """Act on what was seen; False when refused."""
        try:
            self.ways(self.people[who], self.seen[who])[op]()
        except TicketingError:
            return False
        return True

    def ways(self, actor: Actor, seen: tuple[int, int]) -> dict[Op, Callable[[], TicketView]]:
        """Each act as a use case."""
        desk, (here, there) = self.runtime.tickets, self.numbers
        at = seen[HERE]
        return {
            Op.CLAIM: lambda: desk.claim(actor, here),
            Op.NOTE: lambda: desk.note(actor, here, text="电话没人接"),
            Op.REFER: lambda: desk.refer(actor, here, a_referral(), version=at),
            Op.RESUME: lambda: desk.resume(actor, here, version=at),
            Op.RETURN: lambda: desk.return_(
                actor, here, reason="不在本辖区", next_unit="town-nanshan", version=at
            ),
            Op.TRANSFER: lambda: desk.dispatch(actor, here, unit="town-xijin", version=at),
            Op.ESCALATE: lambda: desk.escalate(actor, here, reason="没人办", version=at),
            Op.MERGE: lambda: desk.merge(actor, here, into=there, reason="同一件事", version=at),
            Op.MERGE_BACK: lambda: desk.merge(
                actor, there, into=here, reason="同一件事", version=seen[THERE]
            ),
            Op.RESOLVE: lambda: desk.resolve(actor, here, result="轮椅已经送到家里", version=at),
            Op.CLOSE: lambda: desk.close(actor, here, version=at),
        }

    def shapes(self) -> tuple[Shape, Shape]:
        """What counts of both tickets, as the model has it."""
        first, second = (self._shape(one) for one in self.numbers)
        return first, second

    def _shape(self, number: str) -> Shape:
        detail = self.runtime.tickets.get(self.people[0], number)
        ids = [one.id for one in self.people]
        owner = detail.ticket.assignee_id
        notes = sum(event.kind == "note" for event in detail.events)
        return detail.ticket.status, None if owner is None else ids.index(owner), detail.ticket.level, notes


def a_referral() -> NewReferral:
    """To a body that does not have the ticket yet: the model counts, it does not tell them apart."""
    body = next(_bodies)
    return NewReferral(body, "请答复", Disclosure(consented_by="本人电话同意"))


def shape(ticket: Ticket) -> Shape:
    """The same of a ticket of the model."""
    return ticket.status, ticket.owner, ticket.level, ticket.notes


def a_desk(runtime: Runtime, people: tuple[Actor, ...], start: State) -> Desk:
    """Two fresh tickets of a town, brought to where the model starts."""
    numbers = []
    for _ in range(2):
        text = "老人在西津街道，想请人上门理发"
        chat = runtime.intake.receive(an_arrival(text, peer=f"p{next(_peers)}")).conversation_id
        given = runtime.reports.open_report(chat, category=Category.SERVICE_REQUEST, text=text)
        # Two levels are above a town; the bureau, where such an order goes by itself, has only one.
        runtime.tickets.dispatch(people[0], given.number, unit="town-xijin")
        numbers.append(given.number)
    desk = Desk(runtime, people, (numbers[0], numbers[1]))
    if start.tickets[HERE].owner is not None:
        runtime.tickets.claim(people[0], numbers[0])
        runtime.tickets.start(people[0], numbers[0])
    return desk


def staff(runtime: Runtime, size: int) -> tuple[Actor, ...]:
    """People who may do everything, so that only the order counts."""
    return tuple(a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=f"主管{i}") for i in range(size))


def replay(desk: Desk, start: State, schedule: Iterable[Step]) -> None:
    """Take the same steps in model and house; they must agree at each."""
    steps = tuple(schedule)
    for step, (_, done) in zip(steps, run(start, steps), strict=True):
        if step.op is None:
            desk.look(step.who)
        else:
            assert desk.do(step.who, step.op) is done, steps
    state = list(run(start, steps))[-1][0]
    assert desk.shapes() == (shape(state.tickets[HERE]), shape(state.tickets[THERE])), steps


WAITING_START = State((Ticket(), Ticket()))
WORKED_START = State((Ticket(Status.IN_PROGRESS, owner=0), Ticket()))
STARTS = [pytest.param(WAITING_START, id="waiting"), pytest.param(WORKED_START, id="worked")]


@pytest.mark.slow
@pytest.mark.parametrize("start", STARTS)
def test_every_order_of_two_peoples_acts_ends_in_the_house_as_in_the_model(
    runtime: Runtime, start: State
) -> None:
    people = staff(runtime, 2)
    replayed = 0
    for first, second in product(Op, Op):
        for schedule in orders([script(0, (first,)), script(1, (second,))]):
            if schedule[0].who == 0:  # who looks first makes no difference
                replay(a_desk(runtime, people, start), start, schedule)
                replayed += 1

    assert replayed == 11 * 11 * 3


@pytest.mark.slow
@pytest.mark.parametrize("start", STARTS)
def test_acts_at_the_very_same_time_end_as_one_after_the_other(runtime: Runtime, start: State) -> None:
    people = staff(runtime, 2)
    with ThreadPoolExecutor(2) as pool:
        for first, second in product(Op, Op):
            desk, barrier = a_desk(runtime, people, start), Barrier(2)
            for who in (0, 1):
                desk.look(who)

            def together(who: int, op: Op, desk: Desk = desk, barrier: Barrier = barrier) -> bool:
                barrier.wait()
                return desk.do(who, op)

            done = tuple(pool.map(together, (0, 1), (first, second)))
            assert (*done, *desk.shapes()) in serial(start, first, second), (first, second)


def serial(start: State, first: Op, second: Op) -> set[tuple[bool, bool, Shape, Shape]]:
    """What may come of two acts: as if one had come before the other."""
    looks, acts = [Step(0, None), Step(1, None)], [Step(0, first), Step(1, second)]
    found = set()
    for order in (acts, acts[::-1]):
        outcomes = list(run(start, [*looks, *order]))
        done = {step.who: was_done for step, (_, was_done) in zip(order, outcomes[2:], strict=True)}
        tickets = outcomes[-1][0].tickets
        found.add((done[0], done[1], shape(tickets[HERE]), shape(tickets[THERE])))
    return found


def test_three_people_in_a_sample_of_orders(runtime: Runtime) -> None:
    people = staff(runtime, 3)
    ops = (Op.CLAIM, Op.ESCALATE, Op.MERGE_BACK)
    for index, schedule in enumerate(orders([script(who, (op,)) for who, op in enumerate(ops)])):
        if index % 3 == 0:
            replay(a_desk(runtime, people, WAITING_START), WAITING_START, schedule)


def test_a_rule_left_out_of_the_house_is_caught(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    people = staff(runtime, 2)
    stale = (Step(0, None), Step(1, None), Step(0, Op.ESCALATE), Step(1, Op.ESCALATE))
    monkeypatch.setattr("ticketing.services.desk_part.check_version", lambda record, version: None)

    with pytest.raises(AssertionError):
        replay(a_desk(runtime, people, WAITING_START), WAITING_START, stale)
