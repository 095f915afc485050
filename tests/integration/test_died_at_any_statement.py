"""A process that dies at any statement of claiming, escalating or sending leaves nothing by halves.

Dying is a broken connection as the database sees it: what was not committed is rolled back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count, permutations
from random import Random

import pytest
from sqlalchemy import create_engine, event, text

from bot.worker import Relay
from tests.factories import FakeClock, a_member, a_risk_arrival
from tests.integration.console_desk import told_police
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import StorageUnavailable, TicketingError
from ticketing.domain.lifecycle import OPEN, WORKING, Status
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel

CITY = "city-hotline"
#: What counts of a ticket: status, owner, unit, level, kinds of event.
type Shape = tuple[str, int | None, str, int, tuple[str, ...]]


class Died(BaseException):
    """Not an error that anything catches."""


@contextmanager
def dying_at(runtime: Runtime, statement: int) -> Iterator[None]:
    """Die before the given statement, counting from 1, the commits among them."""
    left = count(1)
    engine = runtime.office.storage._engine  # noqa: SLF001 - nobody else may know of it

    def die(*_: object) -> None:
        if next(left) == statement:
            raise Died

    event.listen(engine, "before_cursor_execute", die)
    event.listen(engine, "commit", die)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", die)
        event.remove(engine, "commit", die)


def deaths(runtime: Runtime, act: Callable[[], object]) -> Iterator[int]:
    """Die at the first statement, then at the second, until the act lives through."""
    for statement in count(1):
        try:
            with dying_at(runtime, statement):
                act()
        except Died:
            yield statement
        else:
            return


def reported(runtime: Runtime, peer: str = "peer") -> str:
    """A child's ticket of Xijin."""
    receipt = runtime.intake.receive(a_risk_arrival("邻居天天打孩子，在西津街道", peer=peer))
    assert receipt.ticket is not None
    return receipt.ticket.number


def shape(runtime: Runtime, boss: Actor, number: str) -> Shape:
    detail = runtime.tickets.get(boss, number)
    ticket = detail.ticket
    kinds = tuple(one.kind for one in detail.events)
    return ticket.status, ticket.assignee_id, ticket.unit, ticket.level, kinds


def test_dying_at_any_statement_of_claim_and_escalation_changes_nothing_and_the_next_try_does_it_once(
    runtime: Runtime, clock: FakeClock
) -> None:
    worker = a_member(runtime)
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    number = reported(runtime)
    before = shape(runtime, boss, number)

    for _ in deaths(runtime, lambda: runtime.tickets.claim(worker, number)):
        assert shape(runtime, boss, number) == before
    claimed = shape(runtime, boss, number)
    second = reported(runtime, "other")
    clock.advance(timedelta(hours=2))
    waiting = shape(runtime, boss, second)
    died = 0
    for _ in deaths(runtime, runtime.deadlines.sweep):
        died += 1
        found = shape(runtime, boss, second)
        # A sweep counts what is late after it has escalated: dying then leaves the escalation whole.
        assert found in {waiting, (waiting[0], None, "city-minors", 1, (*waiting[4], "escalate"))}

    assert claimed[1] == worker.id
    assert claimed[4].count("claim") == 1
    assert died > 5
    assert shape(runtime, boss, second)[4].count("escalate") == 1


def test_a_relay_that_dies_at_any_statement_loses_nothing_and_sends_again_only_what_it_had_not_noted(
    runtime: Runtime, clock: FakeClock
) -> None:
    runtime.staff.bind_telegram(runtime.staff.bind_code(a_member(runtime)), "4711")
    sent: list[int] = []
    for peer in "abc":
        reported(runtime, peer)
    wanted = 3

    def relay() -> None:
        for one in runtime.outbox.due():
            sent.append(one.id)
            runtime.outbox.sent(one.id)

    for _ in range(wanted):
        for _statement in deaths(runtime, relay):
            clock.advance(timedelta(seconds=61))

    assert len(set(sent)) == wanted
    assert runtime.outbox.due() == []
    # Each was handed to the channel once more for each death between handing over and noting it.
    assert max(sent.count(one) for one in set(sent)) <= 4


class Flaky:
    """A channel that refuses, hangs until it is given up, answers with errors, and works in between."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - faults, not secrets
        self.arrived: list[int] = []

    def send(self, delivery: Delivery) -> None:
        """Fail four times out of ten, each time differently; twice it arrived all the same."""
        fault = self._chance.random()
        if fault < 0.2:
            raise StorageUnavailable
        if fault < 0.3:
            raise TimeoutError
        self.arrived.append(delivery.id)
        if fault < 0.4:
            raise ConnectionResetError


def test_a_full_outbox_and_a_channel_that_fails_in_every_way_lose_nothing(
    runtime: Runtime, clock: FakeClock, database_url: str
) -> None:
    engine, queued = create_engine(database_url), 300
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into outbox (kind, channel, peer, text, dedupe_key, created_at, due_at)"
                " select 'resident', 'telegram', 'p' || n, 't', 'k' || n, :now, :now"
                " from generate_series(1, :n) n"
            ),
            {"now": clock.now(), "n": queued},
        )
    engine.dispose()
    channel = Flaky(7)
    relay = Relay(runtime.outbox, {Channel.TELEGRAM: channel})

    for _ in range(20):
        relay.run()
        clock.advance(timedelta(hours=1))

    assert len(set(channel.arrived)) == queued
    assert runtime.outbox.due() == []


@pytest.mark.parametrize("first", ["sweep", "claim", "dispatch", "resolve"])
def test_handing_up_claiming_dispatching_and_resolving_in_every_order_leave_one_owner_or_a_queue(
    runtime: Runtime, clock: FakeClock, first: str
) -> None:
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    worker, ended = a_member(runtime), 0
    for index, order in enumerate(permutations(["sweep", "claim", "dispatch", "resolve"])):
        if order[0] != first:
            continue
        number = reported(runtime, f"p{index}")
        told_police(runtime, boss, number)
        clock.advance(timedelta(hours=2))
        acts: dict[str, Callable[[], object]] = {
            "sweep": runtime.deadlines.sweep,
            "claim": partial(runtime.tickets.claim, worker, number),
            "dispatch": partial(runtime.tickets.dispatch, boss, number, unit="town-nanshan"),
            "resolve": partial(runtime.tickets.resolve, worker, number, result="孩子已由外婆照料"),
        }
        for name in order:
            try:
                acts[name]()
            except TicketingError:
                continue
            finally:
                ticket = runtime.tickets.get(boss, number).ticket
                assert ticket.status in OPEN | {Status.RESOLVED}
                if ticket.status in OPEN:
                    assert (ticket.status in WORKING) == (ticket.assignee_id is not None)
                else:
                    ended += 1
                    assert ticket.assignee_id == worker.id
    # Nothing is resolved that nobody has claimed.
    assert ended > 0 or first != "claim"
