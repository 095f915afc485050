"""The embedded servers keep their data through stops, crashes and stale traces of themselves."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from ticketing.embedded import Postgres, Valkey, create_database, drop_database, has_database
from ticketing.server_process import EmbeddedServerFault, free_port, is_port_free


def plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def server_pid(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def write_row(url: str) -> None:
    with psycopg.connect(plain(url)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")


def read_row(url: str) -> object:
    with psycopg.connect(plain(url)) as connection:
        return connection.execute("SELECT word FROM kept").fetchall()


@pytest.fixture
def home(servers_home: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=servers_home))


@pytest.fixture
def database(home: Path) -> Iterator[Postgres]:
    server = Postgres(home, durable=False)
    yield server
    server.stop()


@pytest.fixture
def queue(home: Path) -> Iterator[Valkey]:
    server = Valkey(home)
    yield server
    server.stop()


def test_the_database_comes_back_at_the_same_address_with_everything_in_it(database: Postgres) -> None:
    url = database.start()
    write_row(url)
    database.stop()

    assert database.start() == url
    assert read_row(url) == [("still here",)]


def test_the_database_comes_up_after_kill_9(home: Path, database: Postgres) -> None:
    url = database.start()
    write_row(url)
    process = psutil.Process(server_pid(home))
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)

    again = Postgres(home, durable=False)

    assert read_row(again.start()) == [("still here",)]
    again.stop()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(home: Path, database: Postgres) -> None:
    database.start()
    pid_file = home / "postgres" / "postmaster.pid"
    traces = pid_file.read_text()
    database.stop()
    pid_file.write_text(traces.replace(traces.split("\n")[0], str(os.getpid()), 1))

    database.start()

    assert database.is_ready()


def test_a_database_that_already_runs_is_taken_over(home: Path, database: Postgres) -> None:
    url = database.start()
    pid = server_pid(home)

    second = Postgres(home, durable=False)

    assert second.start() == url
    assert server_pid(home) == pid


def test_a_wrong_password_is_refused(database: Postgres) -> None:
    url = database.start()
    password = url.split(":")[2].split("@")[0]

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(plain(url).replace(password, "guessed"))


def test_databases_are_copied_from_a_template_and_dropped_with_people_in_them(database: Postgres) -> None:
    url = database.start()
    write_row(create_database(url, "pattern"))

    copy = create_database(url, "copy", template="pattern")

    assert read_row(copy) == [("still here",)]
    with psycopg.connect(plain(copy)):
        drop_database(url, "copy")
    assert not has_database(url, "copy")
    assert has_database(url, "pattern")


def test_the_queue_keeps_what_it_was_given_through_kill_9(home: Path, queue: Valkey) -> None:
    url = queue.start()
    with Redis.from_url(url) as client:
        client.set("job", "waiting")
        client.execute_command("WAITAOF", 1, 0, 2000)
    process = psutil.Process(int((home / "valkey" / "valkey.pid").read_text()))
    process.kill()
    process.wait(10)

    again = Valkey(home)
    with Redis.from_url(again.start()) as client:
        assert client.get("job") == b"waiting"
    again.stop()


def test_secrets_are_readable_by_their_owner_alone(home: Path, database: Postgres, queue: Valkey) -> None:
    database.start()
    queue.start()

    private = ("postgres.password", "valkey.password", "valkey.conf")

    assert {oct((home / name).stat().st_mode & 0o777) for name in private} == {"0o600"}


def test_a_taken_port_is_named_in_the_fault(home: Path, queue: Valkey) -> None:
    queue.start()
    taken = int((home / "valkey.port").read_text())

    with pytest.raises(EmbeddedServerFault, match="in use"):
        Valkey(home / "other", port=taken).start()

    assert not is_port_free(taken)
    assert is_port_free(free_port())


@pytest.mark.parametrize("kind", ["Postgres", "Valkey"])
def test_a_server_ends_when_whoever_started_it_is_killed(home: Path, kind: str) -> None:
    program = (
        "import sys, pathlib; from ticketing import embedded\n"
        f"embedded.{kind}(pathlib.Path(sys.argv[1])).start(); print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        children = psutil.Process(parent.pid).children()
        parent.kill()

    gone, alive = psutil.wait_procs(children, timeout=60)

    assert len(gone) == 1
    assert alive == []
