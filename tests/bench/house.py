"""The real house in a folder of its own, with every process that `hotline up` starts but Telegram."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.servers import Program, action_server, language_server, running
from tests.language_house import running as simply_running
from ticketing.embedded import Postgres, Valkey, create_database, drop_database
from ticketing.server_process import LOOPBACK, free_port
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

SECRET = "bench-" + "0" * 32


@dataclass(frozen=True, slots=True)
class House:
    """Where it is."""

    settings: Settings
    web_url: str
    actions_url: str


@contextmanager
def storage(home: Path) -> Iterator[Settings]:
    """PostgreSQL with a migrated database, durable as in earnest, and Valkey."""
    with ExitStack() as stack:
        postgres, valkey = Postgres(home), Valkey(home)
        stack.callback(postgres.stop)
        database_url = create_database(postgres.start(), "bench")
        stack.callback(valkey.stop)
        redis_url = valkey.start()
        upgrade(database_url)
        yield Settings(home=home, database_url=database_url, redis_url=redis_url, secret=SECRET)


@contextmanager
def another(stored: Settings) -> Iterator[Settings]:
    """One more database on the same server, dropped afterwards."""
    database_url = create_database(stored.database_url, "bench_small")
    upgrade(database_url)
    yield replace(stored, database_url=database_url)
    drop_database(stored.database_url, "bench_small")


@contextmanager
def whole_house(stored: Settings, model: Path) -> Iterator[House]:
    """Language server, action server, web, worker and scheduler on ``stored``."""
    home = stored.home
    with ExitStack() as stack:
        actions_url = stack.enter_context(action_server(stored))
        rasa_url = stack.enter_context(language_server(model, home, actions_url=actions_url))
        settings = replace(stored, rasa_url=rasa_url)
        port = free_port()
        environment = _environment(settings, port)
        web_url = f"http://{LOOPBACK}:{port}"
        web = Program("web", _own("web"), environment, f"{web_url}/livez")
        stack.enter_context(running(web, home))
        for name in ("worker", "scheduler"):
            stack.enter_context(simply_running(_own(name), environment, home / f"{name}.log"))
        yield House(settings, web_url, actions_url)


def _own(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "bot", name)


def _environment(settings: Settings, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "HOTLINE_HOME": str(settings.home),
        "HOTLINE_PORT": str(port),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HOTLINE_SECRET": settings.secret,
        "RASA_URL": settings.rasa_url,
    }
