"""Whatever dies at the moment of a report: what was promised is kept, and nothing is kept by halves."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.conftest import SECRET
from tests.factories import FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from ticketing import embedded
from ticketing.bootstrap import Runtime, build
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.staff import Role
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

ROOT = Path(__file__).resolve().parents[2]
#: Messages of the ledger that told of a risk and have no ticket in their conversation.
ORPHANS = """
    select count(*) from messages m where m.direction = 'in' and m.risk <> 'none'
    and not exists (select 1 from tickets t where t.conversation_id = m.conversation_id)
"""
#: Tickets whose history does not begin with being opened and dispatched.
HALF_WRITTEN = """
    select count(*) from tickets t where 2 <> (
        select count(*) from ticket_events e where e.ticket_id = t.id and e.kind in ('opened', 'dispatch'))
"""


def counted(url: str, query: str) -> int:
    """The number a query gives."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def kept(url: str) -> set[str]:
    """External ids the ledger holds."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return {
            row[0] for row in connection.execute("select external_id from messages where direction = 'in'")
        }


def reporting(settings: Settings, name: str) -> subprocess.Popen[str]:
    """A process that reports without end."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.integration.reporting_process", str(settings.home)),
            *(settings.database_url, settings.redis_url, name),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def promised_until_killed(process: subprocess.Popen[str], after_lines: int, wait_s: float) -> list[str]:
    """What a process said was kept, when it is killed at an unlucky moment after some lines."""
    assert process.stdout is not None
    first = [process.stdout.readline().strip() for _ in range(after_lines)]
    time.sleep(wait_s)
    process.kill()
    rest = process.communicate()[0].split("\n")[:-1]
    return [*first, *rest]


def test_a_gateway_killed_at_any_moment_has_kept_all_it_promised_and_nothing_by_halves(
    settings: Settings,
) -> None:
    chance = random.Random(7)  # noqa: S311 - unlucky moments, not secrets
    promised: set[str] = set()
    for attempt in range(4):
        process = reporting(settings, f"gateway-{attempt}")
        promised |= set(promised_until_killed(process, after_lines=3, wait_s=chance.random() / 5))

    assert promised
    assert promised <= kept(settings.database_url)
    assert counted(settings.database_url, ORPHANS) == 0
    assert counted(settings.database_url, HALF_WRITTEN) == 0


@pytest.fixture
def own_home(servers_home: Path) -> Iterator[Path]:
    """A folder for the servers of this test alone."""
    with tempfile.TemporaryDirectory(dir=servers_home, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def own_postgres(own_home: Path) -> Iterator[embedded.Postgres]:
    """A database server that this test may kill."""
    server = embedded.Postgres(own_home, durable=False)
    yield server
    server.stop()


def test_a_database_killed_under_load_has_kept_all_it_promised(
    own_postgres: embedded.Postgres, valkey_url: str, tmp_path: Path
) -> None:
    url = embedded.create_database(own_postgres.start(), "hotline")
    upgrade(url)
    settings = Settings(home=tmp_path, database_url=url, redis_url=valkey_url, secret=SECRET)
    process = reporting(settings, "database")
    assert process.stdout is not None
    promised = [process.stdout.readline().strip() for _ in range(20)]

    os.kill(int((own_postgres.folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    promised += process.communicate(timeout=30)[0].split("\n")[:-1]
    own_postgres.stop()
    own_postgres.start()

    assert set(promised) <= kept(url)
    assert counted(url, ORPHANS) == 0
    assert counted(url, HALF_WRITTEN) == 0


def test_a_report_while_the_database_is_away_is_refused_aloud_and_taken_when_it_is_back(
    own_postgres: embedded.Postgres, valkey_url: str, tmp_path: Path
) -> None:
    url = embedded.create_database(own_postgres.start(), "hotline")
    upgrade(url)
    runtime = build(Settings(home=tmp_path, database_url=url, redis_url=valkey_url, secret=SECRET))
    arrival = a_risk_arrival()
    own_postgres.stop()

    with pytest.raises(StorageUnavailable):
        runtime.intake.receive(arrival)
    own_postgres.start()

    assert runtime.intake.receive(arrival).ticket is not None
    runtime.close()


def test_a_report_while_valkey_is_away_is_kept_and_its_notice_is_found_by_the_sweep(
    database_url: str, own_home: Path, tmp_path: Path
) -> None:
    valkey = embedded.Valkey(own_home)
    redis_url = valkey.start()
    runtime = build(Settings(home=tmp_path, database_url=database_url, redis_url=redis_url, secret=SECRET))
    worker = a_member(runtime)
    runtime.staff.bind_telegram(runtime.staff.bind_code(worker), "4711")
    os.kill(int((valkey.folder / "valkey.pid").read_text()), signal.SIGKILL)

    receipt = runtime.intake.receive(a_risk_arrival("孩子被打，在西津街道"))

    assert receipt.ticket is not None
    assert [(one.peer, one.ticket_number) for one in runtime.outbox.due()] == [
        ("4711", receipt.ticket.number)
    ]
    runtime.close()
    valkey.stop()


def reply_on_its_way(runtime: Runtime) -> int:
    """Id of a delivery to a resident on Telegram, taken by a relay."""
    arrival = an_arrival(finding=a_finding())
    by_telegram = Arrival(Channel.TELEGRAM, "42", "42:1", Kind.TEXT, arrival.text, arrival.finding)
    receipt = runtime.intake.receive(by_telegram)
    operator = a_member(runtime)
    assert receipt.ticket is not None
    runtime.reports.fill(receipt.ticket.number, field="place", value="西津街道")
    runtime.tickets.claim(operator, receipt.ticket.number)
    taken = runtime.outbox.due()
    assert len(taken) == 1
    return taken[0].id


def test_a_relay_that_dies_with_a_delivery_in_hand_gives_it_back(runtime: Runtime, clock: FakeClock) -> None:
    taken = reply_on_its_way(runtime)
    assert runtime.outbox.due() == []

    clock.advance(timedelta(seconds=61))

    assert [one.id for one in runtime.outbox.due()] == [taken]


def test_a_delivery_that_arrived_is_never_sent_again(runtime: Runtime, clock: FakeClock) -> None:
    runtime.outbox.sent(reply_on_its_way(runtime))

    clock.advance(timedelta(days=1))

    assert runtime.outbox.due() == []


def test_a_person_who_cannot_be_reached_is_told_to_the_worker(runtime: Runtime, clock: FakeClock) -> None:
    runtime.outbox.give_up(reply_on_its_way(runtime), "telegram_undeliverable")
    clock.advance(timedelta(days=1))
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")

    number = runtime.tickets.queue(supervisor, scope="all").items[0].number

    assert runtime.outbox.due() == []
    assert runtime.tickets.get(supervisor, number).events[-1].kind == "undeliverable"


def test_a_later_push_never_overtakes_one_that_failed(runtime: Runtime, clock: FakeClock) -> None:
    first = reply_on_its_way(runtime)
    runtime.outbox.failed(first, "unreachable")
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    number = runtime.tickets.queue(supervisor, scope="all").items[0].number
    runtime.tickets.reply(supervisor, number, text="我们在路上")

    assert runtime.outbox.due() == []
    clock.advance(timedelta(minutes=1))

    assert runtime.outbox.due()[0].id == first


def test_a_failing_delivery_is_never_given_up(runtime: Runtime, clock: FakeClock) -> None:
    taken = reply_on_its_way(runtime)
    for _ in range(30):
        runtime.outbox.failed(taken, "unreachable")
        clock.advance(timedelta(hours=1))
        assert [one.id for one in runtime.outbox.due()] == [taken]
