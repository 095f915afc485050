"""``kill -9`` at any statement of claim, escalation and sending: nothing stuck, nothing done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import count

import psycopg
import pytest

from bot.training import ROOT
from bot.worker import relay_of
from tests.factories import FakeClock, a_member, a_risk_arrival
from tests.fakes.bot_api import BotApi, running_bot_api
from tests.integration.own_house import own_house
from tests.integration.telegram_house import with_telegram
from ticketing.bootstrap import Runtime, build
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Actor, Role
from ticketing.settings import Settings

WITHIN_S = 30.0
CHAT = "4711"
UNIT = "village-xijin-jinbei"
#: Longer than the lease of a relay that died.
LEASE_OVER = timedelta(seconds=61)
_peers = count()


@dataclass(slots=True)
class House:
    """The house, what Telegram got of it, and the process that makes others."""

    runtime: Runtime
    clock: FakeClock
    api: BotApi
    maker: subprocess.Popen[str]
    watch: psycopg.Connection

    def start(self, act: str, *, statement: int = 0, **asked: object) -> None:
        """Make a process; it stops before a statement, counting from 1, or at none."""
        assert self.maker.stdin is not None
        at = self.clock.now().isoformat()
        self.maker.stdin.write(f"{json.dumps({'act': act, 'statement': statement, 'at': at, **asked})}\n")
        self.maker.stdin.flush()

    def heard(self) -> tuple[int, str]:
        """Which process says what."""
        assert self.maker.stdout is not None
        pid, word = self.maker.stdout.readline().split()
        return int(pid), word

    def killed(self, act: str, *, statement: int, **asked: object) -> bool:
        """Let a process act up to a statement and kill it there; False: it lived through."""
        self.start(act, statement=statement, **asked)
        pid, word = self.heard()
        if word == "stopped":
            self.kill(pid)
        return word == "stopped"

    def kill(self, pid: int) -> None:
        """No farewell; afterwards the database has noticed and nothing is locked."""
        os.kill(pid, signal.SIGKILL)
        assert self.heard() == (pid, "killed")
        until(lambda: self.watch.execute(OTHERS_AT_WORK).fetchone() == (0,))

    def reported(self) -> str:
        """A child's ticket of Jinbei."""
        receipt = self.runtime.intake.receive(a_risk_arrival(peer=f"peer-{next(_peers)}"))
        assert receipt.ticket is not None
        return receipt.ticket.number

    def told(self, number: str) -> int:
        """How many notices of a ticket reached the worker's telephone."""
        return sum(number in text for text in self.api.texts_to(int(CHAT)))


#: Sessions besides our own that are in the middle of something, or hold any lock of a table.
OTHERS_AT_WORK = """
    select count(*) from pg_stat_activity a where a.datname = current_database()
    and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
    and (a.state <> 'idle' or exists (
        select 1 from pg_locks l where l.pid = a.pid and l.relation is not null))
"""


def until(is_true: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait for something to become true."""
    ends_at = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


@contextmanager
def making(settings: Settings, api: BotApi) -> Iterator[subprocess.Popen[str]]:
    """The process that makes others."""
    told = (str(settings.home), settings.database_url, settings.redis_url, api.url)
    maker = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.dying_process", *told],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield maker
    finally:
        maker.communicate()


@pytest.fixture(scope="module")
def house(postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all cases here: each has tickets of its own."""
    clock, home = FakeClock(), tmp_path_factory.mktemp("killed")
    with running_bot_api() as api, own_house("test_killed", (postgres, valkey_url), home, clock) as built:
        runtime = build(with_telegram(built.settings, api), clock=clock)
        url = runtime.settings.database_url.replace("+psycopg", "")
        with making(runtime.settings, api) as maker, psycopg.connect(url, autocommit=True) as watch:
            yield House(runtime, clock, api, maker, watch)
        runtime.close()


@pytest.fixture(scope="module")
def worker(house: House) -> Actor:
    """The village's director, who is told by Telegram."""
    director = a_member(house.runtime, unit=UNIT)
    house.runtime.staff.bind_telegram(house.runtime.staff.bind_code(director), CHAT)
    return director


@pytest.fixture(scope="module")
def boss(house: House) -> Actor:
    """Sees everything."""
    return a_member(house.runtime, role=Role.SUPERVISOR, unit="city-hotline")


@pytest.fixture(autouse=True)
def _outbox_is_empty(house: House) -> None:
    """What other cases left is out of the way."""
    house.clock.advance(timedelta(hours=1))
    relay_of(house.runtime).run()


def kinds(house: House, boss: Actor, number: str) -> list[str]:
    """What happened to a ticket."""
    return [one.kind for one in house.runtime.tickets.get(boss, number).events]


def test_killed_at_any_statement_of_a_claim_the_ticket_is_free_and_the_next_claim_has_it_once(
    house: House, worker: Actor, boss: Actor
) -> None:
    number, who, deaths = house.reported(), asdict(worker), 0
    before = house.runtime.tickets.get(boss, number)

    while house.killed("claim", statement=deaths + 1, actor=who, number=number):
        deaths += 1
        assert house.runtime.tickets.get(boss, number) == before

    assert deaths > 5
    after = house.runtime.tickets.get(boss, number).ticket
    assert (after.status, after.assignee_id) == (Status.CLAIMED, worker.id)
    assert kinds(house, boss, number).count("claim") == 1


def test_killed_at_any_statement_of_an_escalation_it_happens_once(
    house: House, worker: Actor, boss: Actor
) -> None:
    assert worker.unit == UNIT
    number, deaths = house.reported(), 0
    house.clock.advance(timedelta(hours=2))

    while house.killed("escalate", statement=deaths + 1):
        deaths += 1
        ticket = house.runtime.tickets.get(boss, number).ticket
        assert (ticket.level, ticket.unit) in {(0, UNIT), (1, "town-xijin")}
        assert kinds(house, boss, number).count("escalate") == ticket.level

    assert deaths > 5
    assert house.runtime.tickets.get(boss, number).ticket.level == 1
    assert kinds(house, boss, number).count("escalate") == 1


def test_killed_at_any_statement_of_sending_a_notice_goes_out_and_twice_only_if_it_was_not_noted(
    house: House, worker: Actor
) -> None:
    assert worker.unit == UNIT
    arrivals, is_killed = [], True
    for statement in count(1):
        number = house.reported()
        is_killed = house.killed("send", statement=statement)
        handed_over = house.told(number)
        house.clock.advance(LEASE_OVER)
        relay_of(house.runtime).run()
        if not is_killed:
            break
        arrivals.append((handed_over, house.told(number) - handed_over))

    # Taken, handed over, noted. Between the last two nobody can know: it goes out again, and the number it
    # bears tells that it is the same.
    assert {(0, 1), (1, 1)} <= set(arrivals) <= {(0, 1), (1, 1), (1, 0)}
    assert house.told(number) == 1
    assert house.runtime.outbox.due() == []


@pytest.mark.parametrize("process", ["scheduler", "worker"])
def test_a_process_killed_with_a_notice_on_its_way_leaves_it_to_the_next(
    house: House, worker: Actor, process: str
) -> None:
    assert worker.unit == UNIT
    house.api.slowness_s, before = 0.5, len(house.api.calls)
    number = house.reported()
    house.start(process)
    until(lambda: len(house.api.calls) > before)
    [pid] = children_of(house.maker.pid)
    house.kill(pid)
    house.api.slowness_s = 0.0
    house.clock.advance(LEASE_OVER)

    later = house.reported()
    house.start(process)
    until(lambda: house.told(later) > 0)
    [pid] = children_of(house.maker.pid)
    house.kill(pid)

    assert house.told(number) in {1, 2}


def children_of(pid: int) -> list[int]:
    """Processes that a process has made and that live."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return [int(one) for one in found.stdout.split()]
