"""`hotline up` from an empty folder to a running house and back, as a person starts and stops it.

The language server is a stand-in here (``RASA_URL``), which saves the training; the end-to-end tests have
the real one.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from bot.startup import answers
from ticketing.server_process import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
#: Everything is up well before, even on a busy machine.
READY_WITHIN_S = 180
ENDED_WITHIN_S = 90
SECRET = "0123456789abcdef" * 4


class StandIn(BaseHTTPRequestHandler):
    """Says that a model is loaded."""

    def do_GET(self) -> None:
        body = json.dumps({"model_file": "stand-in.tar.gz"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One `hotline up` and what it printed until it was ready."""

    process: subprocess.Popen[str]
    home: Path
    printed: str

    @property
    def running(self) -> Mapping[str, str]:
        """The addresses it wrote down."""
        return dict(json.loads((self.home / "run.json").read_text()))

    def family(self) -> list[psutil.Process]:
        """Every process it started."""
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def language_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def environment(servers_home: Path, language_url: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TELEGRAM_"))
    }
    return {
        **kept,
        "HOTLINE_HOME": str(Path(tempfile.mkdtemp(dir=servers_home)) / "home"),
        "HOTLINE_PORT": str(free_port()),
        "HOTLINE_ACTIONS_PORT": str(free_port()),
        "RASA_URL": language_url,
        "PYTHONWARNINGS": "ignore",
    }


def begin(environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "up"],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def up(environment: Mapping[str, str]) -> Iterator[Copy]:
    """A copy that is ready inside and ended outside; by SIGTERM, since CI may run with SIGINT ignored."""
    process = begin(environment)
    watchdog = threading.Timer(READY_WITHIN_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        printed = "".join(lines)
        assert "Ctrl-C" in printed, printed
        watchdog.cancel()
        yield Copy(process, Path(environment["HOTLINE_HOME"]), printed)
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=ENDED_WITHIN_S)


def run(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_WITHIN_S,
    )


@pytest.mark.slow
def test_a_house_comes_up_whole_refuses_a_second_copy_and_comes_back_with_its_data(
    environment: dict[str, str],
) -> None:
    with up(environment) as first:
        address = f"http://127.0.0.1:{environment['HOTLINE_PORT']}"
        assert httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
        assert address in first.printed
        assert "yanshi-2026" in first.printed
        url = first.running["database_url"].replace("+psycopg", "")
        add = (
            "staff",
            "add",
            "wang",
            "--name",
            "Wang",
            "--role",
            "worker",
            "--unit",
            "town-xijin",
            "--generate",
        )
        assert run(environment, *add).returncode == 0
        assert run(environment, "doctor").returncode == 0

        second = run(environment, "up")

        assert second.returncode == 4
        assert environment["HOTLINE_HOME"] in second.stderr
        family = first.family()
        assert len(family) >= 6

    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert first.process.returncode == 0
    assert not (first.home / "run.json").exists()
    with (
        up(environment) as again,
        psycopg.connect(again.running["database_url"].replace("+psycopg", "")) as asked,
    ):
        assert asked.execute("SELECT name FROM staff WHERE username = 'wang'").fetchall() == [("Wang",)]
        assert again.running["database_url"].replace("+psycopg", "") == url


@pytest.mark.slow
def test_a_server_that_dies_is_back_at_the_same_address(environment: dict[str, str]) -> None:
    with up(environment) as house:
        addresses = house.running
        for process in house.family():
            if process.name() in {"postgres", "valkey-server"} or "web" in process.cmdline():
                process.kill()

        health = f"{addresses['web_url']}/healthz"

        assert wait_until(lambda: answers(health), READY_WITHIN_S)
        assert house.running == addresses


@pytest.mark.slow
def test_kill_9_in_production_leaves_no_orphan_and_the_next_copy_comes_up_without_demo_people(
    environment: dict[str, str],
) -> None:
    production = {**environment, "HOTLINE_ENV": "production", "HOTLINE_SECRET": SECRET}
    with up(production) as first:
        assert SECRET not in (first.home / "supervisord.conf").read_text()
        family = first.family()
        first.process.kill()
        first.process.wait(10)

        gone, alive = psutil.wait_procs(family, timeout=ENDED_WITHIN_S)

        assert alive == []
        assert len(gone) == len(family)
    with up(production) as second:
        assert "yanshi-2026" not in second.printed
        with psycopg.connect(second.running["database_url"].replace("+psycopg", "")) as asked:
            assert asked.execute("SELECT count(*) FROM staff").fetchall() == [(0,)]


def test_a_taken_port_is_named_with_the_setting_that_changes_it(environment: dict[str, str]) -> None:
    taken = environment["RASA_URL"].rpartition(":")[2]

    refused = run({**environment, "HOTLINE_PORT": taken}, "up")

    assert refused.returncode == 5
    assert taken in refused.stderr
    assert "HOTLINE_PORT=" in refused.stderr


def test_wrong_settings_are_all_named_before_anything_starts(environment: dict[str, str]) -> None:
    refused = run({**environment, "HOTLINE_PORT": "x", "HOTLINE_ENV": "production"}, "up")

    assert refused.returncode == 3
    assert {"HOTLINE_PORT", "HOTLINE_SECRET"} <= {line.split()[0] for line in refused.stderr.splitlines()}
    assert not Path(environment["HOTLINE_HOME"]).exists()
