"""Rules that place a ticket, people who dispatch, claim and close it: in every order, and at the same time.

Nothing is given to a person by itself: a ticket whose owner has not seen it is the worst of all. Rules put it
into a unit's queue, and tell everybody there.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count, permutations, product
from threading import Barrier

import pytest

from tests.factories import FakeClock, a_member, a_risk_arrival
from tests.integration.console_desk import told_police
from tests.integration.own_house import own_house
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import TicketingError
from ticketing.domain.lifecycle import OPEN, WAITING, WORKING, Status
from ticketing.domain.staff import Role
from ticketing.domain.ticket import TicketView

CITY, BY_HAND, BY_PLACE = "city-hotline", "town-nanshan", "town-xijin"
_peers = count()


class Desk:
    """One child's ticket after the other, and everything that can happen to it."""

    def __init__(self, runtime: Runtime, clock: FakeClock) -> None:
        """With two supervisors, since nobody closes his own work."""
        self.runtime, self.clock = runtime, clock
        self.worker, self.closer = (
            a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=name) for name in ("甲", "乙")
        )
        self.number = ""

    def fresh(self) -> None:
        """A report without a place, which nobody took in time; the one before is out of the way."""
        if self.number:
            with suppress(TicketingError):
                self.runtime.tickets.refuse(self.closer, self.number, path="请找派出所")
        receipt = self.runtime.intake.receive(a_risk_arrival("邻居天天打孩子", peer=f"p{next(_peers)}"))
        assert receipt.ticket is not None
        self.number = receipt.ticket.number
        told_police(self.runtime, self.closer, self.number)
        self.clock.advance(timedelta(hours=2))

    def ticket(self) -> TicketView:
        """As it is now."""
        return self.runtime.tickets.get(self.closer, self.number).ticket

    def do(self, act: str) -> bool:
        """Let it happen; False when it is refused."""
        acts: dict[str, Callable[[], object]] = {
            "place": partial(self.runtime.reports.fill, self.number, field="place", value="西津街道"),
            "sweep": self.runtime.deadlines.sweep,
            "dispatch": partial(self.runtime.tickets.dispatch, self.closer, self.number, unit=BY_HAND),
            "claim": partial(self.runtime.tickets.claim, self.worker, self.number),
            "end": self.end,
        }
        try:
            acts[act]()
        except TicketingError:
            return False
        return True

    def end(self) -> None:
        """Resolve by whoever has it, and close by somebody else."""
        self.runtime.tickets.resolve(self.worker, self.number, result="孩子已由外婆照料")
        self.runtime.tickets.close(self.closer, self.number)


def has_one_owner_or_a_queue(ticket: TicketView) -> bool:
    """An open ticket is somebody's exactly while it is worked on."""
    return ticket.status not in OPEN or (ticket.status in WORKING) == (ticket.assignee_id is not None)


def where(ticket: TicketView) -> tuple[Status, str, int | None, int]:
    """Whose it is."""
    return ticket.status, ticket.unit, ticket.assignee_id, ticket.level


@pytest.fixture(scope="module")
def desk(postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all cases here: each has a ticket of its own."""
    clock, home = FakeClock(), tmp_path_factory.mktemp("dispatch-orders")
    with own_house("test_dispatch_orders", (postgres, valkey_url), home, clock) as runtime:
        yield Desk(runtime, clock)


@pytest.mark.parametrize("rule", ["place", "sweep"])
def test_in_every_order_a_rule_moves_only_what_waits_and_never_what_a_person_placed(
    desk: Desk, rule: str
) -> None:
    ends = set()
    for order in permutations([rule, "dispatch", "claim", "end"]):
        desk.fresh()
        done, before = list[str](), desk.ticket()
        for act in order:
            if desk.do(act):
                done.append(act)
            after = desk.ticket()
            assert has_one_owner_or_a_queue(after), order
            if act == rule and (before.status not in WAITING or (rule == "place" and "dispatch" in done)):
                assert where(after) == where(before), order
            before = after
        ends.add((before.status, "end" in done))

    # Closed by who claimed it, or with a person, or with a unit; what nobody claimed is not closed.
    assert ends == {(Status.CLOSED, True), (Status.CLAIMED, False), (Status.DISPATCHED, False)}


@pytest.mark.parametrize(("rule", "act"), list(product(("place", "sweep"), ("dispatch", "claim"))))
def test_at_the_very_same_time_the_persons_word_holds(desk: Desk, rule: str, act: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            desk.fresh()
            barrier = Barrier(2)

            def together(one: str, barrier: Barrier = barrier) -> bool:
                barrier.wait()
                return desk.do(one)

            assert list(pool.map(together, (rule, act))) == [True, True]
            ticket = desk.ticket()
            assert has_one_owner_or_a_queue(ticket)
            if act == "claim":
                assert (ticket.status, ticket.assignee_id) == (Status.CLAIMED, desk.worker.id)
            elif rule == "place":
                assert ticket.unit == BY_HAND


def test_a_place_told_later_moves_what_only_rules_have_placed(desk: Desk) -> None:
    desk.fresh()

    desk.do("place")

    assert desk.ticket().unit == BY_PLACE
