"""Makes processes that stop before a statement of theirs and wait there to be killed.

Starting Python for each would take seconds: this one has all it needs and forks. Run by the kill tests:
python -m tests.integration.dying_process HOME DATABASE_URL REDIS_URL TELEGRAM_URL

A line in, a JSON object, is a process to be made; lines out are "PID stopped", "PID done" and "PID killed".
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot import worker
from bot.worker import relay_of, run_worker, scheduler_of
from tests.factories import FakeClock
from tests.fakes.bot_api import TOKEN
from ticketing.bootstrap import Runtime, build
from ticketing.domain.staff import Actor, Role
from ticketing.settings import Settings

SECRET = "a-secret-for-tests-only-0123456789abcdef"
#: No language server is ours: its keeper is no duty here.
ELSEWHERE = "http://192.0.2.1:5005"


def say(word: str) -> None:
    """One line, whole, from whichever process."""
    os.write(sys.stdout.fileno(), f"{os.getpid()} {word}\n".encode())


def stop_before(runtime: Runtime, statement: int) -> None:
    """Let this process say so and stand still before its n-th statement, commits among them."""
    number = count(1)
    engine = runtime.office.storage._engine  # noqa: SLF001 - nobody else may know of it

    def stop(*_: object) -> None:
        if next(number) == statement:
            say("stopped")
            threading.Event().wait()

    event.listen(engine, "before_cursor_execute", stop)
    event.listen(engine, "commit", stop)


def act_of(runtime: Runtime, settings: Settings, asked: dict[str, Any]) -> Callable[[], object]:
    """What the process is to do."""
    # A job finds the house already built, with its clock.
    vars(worker)["_runtime"] = lambda: runtime
    acts: dict[str, Callable[[], object]] = {
        "claim": lambda: runtime.tickets.claim(
            Actor(**{**asked["actor"], "role": Role(asked["actor"]["role"])}), asked["number"]
        ),
        "escalate": runtime.deadlines.sweep,
        "send": relay_of(runtime).run,
        "scheduler": lambda: scheduler_of(runtime).run(threading.Event()),
        "worker": lambda: run_worker(settings),
    }
    return acts[asked["act"]]


def main() -> None:
    """Make one process after the other until nothing more is asked."""
    home, database_url, redis_url, telegram_url = sys.argv[1:]
    settings = Settings(
        home=Path(home),
        database_url=database_url,
        redis_url=redis_url,
        secret=SECRET,
        telegram_token=TOKEN,
        telegram_api_base=telegram_url,
        rasa_url=ELSEWHERE,
    )
    clock = FakeClock()
    runtime = build(settings, clock=clock)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            clock.at = datetime.fromisoformat(asked["at"])
            stop_before(runtime, asked["statement"])
            act_of(runtime, settings, asked)()
            say("done")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            os.write(sys.stdout.fileno(), f"{child} killed\n".encode())


if __name__ == "__main__":
    main()
