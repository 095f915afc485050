"""The language server and the action server as real processes, for tests that talk to them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bot import training
from ticketing.server_process import free_port
from ticketing.settings import Settings

#: Where the trained model is kept between runs; `make run` uses the same one.
MODEL_HOME = Path(os.environ.get("HOTLINE_HOME", training.ROOT / ".data"))
#: Limits for a machine that does other things too.
READY_WITHIN_S = 240
STOPPED_WITHIN_S = 30
#: The action server never ends when it and its workers are told at once, and none has anything to lose.
ASKED_TO_STOP_FOR_S = 2


@contextmanager
def language_server(model: Path, home: Path, *, actions_url: str = "") -> Iterator[str]:
    """URL of a running Rasa with ``model`` loaded."""
    port = free_port()
    environment = training.server_environment(home, actions_url=actions_url or "http://127.0.0.1:9/webhook")
    command = training.server_command(model, port=port)
    with running(command, environment, home / "language-server.log"):
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/status", home / "language-server.log")
        yield url


@contextmanager
def action_server(settings: Settings, home: Path) -> Iterator[str]:
    """Webhook URL of a running action server on the house of ``settings``."""
    port = free_port()
    environment = {
        **os.environ,
        "SANIC_HOST": "127.0.0.1",
        "PYTHONWARNINGS": "ignore",
        "HOTLINE_HOME": str(home),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HOTLINE_SECRET": settings.secret,
    }
    command = (sys.executable, "-m", "actions", "--actions", "actions", "--port", str(port))
    with running(command, environment, home / "action-server.log"):
        wait_for(f"http://127.0.0.1:{port}/health", home / "action-server.log")
        yield f"http://127.0.0.1:{port}/webhook"


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """A process and all it starts, ended at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=training.ROOT, env=dict(environment), stdout=output, stderr=output
        )
        try:
            yield
        finally:
            end(process.pid)
            process.wait(STOPPED_WITHIN_S)


def work_s() -> Callable[[], float]:
    """A watch for what this process and all it has started have worked: others share the machine."""
    this = psutil.Process()
    family = [this, *this.children(recursive=True)]

    def watch() -> float:
        times = (one.cpu_times() for one in family if one.is_running())
        return sum(one.user + one.system for one in times)

    return watch


def end(pid: int) -> None:
    """Stop a process and its children, the stubborn ones by force."""
    parent = psutil.Process(pid)
    family = [*parent.children(recursive=True), parent]
    for member in family:
        member.terminate()
    _, alive = psutil.wait_procs(family, timeout=ASKED_TO_STOP_FOR_S)
    for member in alive:
        member.kill()


def wait_for(url: str, log: Path) -> None:
    """Return once ``url`` answers 200; fails with the end of the log."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace")[-2000:])
