"""Real servers for the whole run, a fresh database for every test."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from xdist import is_xdist_worker
from xdist.remote import Producer

from tests.factories import FakeClock
from tests.spreading import Spreading, longest_first
from ticketing import embedded
from ticketing.bootstrap import Runtime, build
from ticketing.services import accounts
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

SECRET = "a-secret-for-tests-only-0123456789abcdef"
TEMPLATE = "template_hotline"
_databases = count(1)

# How long an example takes is the machine's affair, and other tests run beside this one.
hypothesis.settings.register_profile(
    "untimed",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spreading:
    """Ours."""
    return Spreading(config, log)


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """One process alone runs the tests as they are found."""
    if is_xdist_worker(session):
        items[:] = longest_first(items)


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[PasswordHasher]:
    """How a city's house hashes passwords: a tenth of a second each, by design; tests have a quick way."""
    shipped = accounts.PASSWORDS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "PASSWORDS", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield shipped


@pytest.fixture(scope="session")
def servers_home() -> Iterator[Path]:
    """A folder for servers.

    Not in pytest's own temporary folder: as root PostgreSQL runs under another account, and a second run
    of pytest on the machine closes that folder to it.
    """
    with tempfile.TemporaryDirectory(prefix="hotline-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres(servers_home: Path) -> Iterator[str]:
    """URL of a PostgreSQL server of this run, with one migrated template database."""
    server = embedded.Postgres(servers_home / "shared", durable=False)
    url = server.start()
    upgrade(embedded.create_database(url, TEMPLATE))
    yield url
    server.stop()


@pytest.fixture(scope="session")
def valkey_url(servers_home: Path) -> Iterator[str]:
    """URL of a Valkey server of this run."""
    server = embedded.Valkey(servers_home / "shared")
    yield server.start()
    server.stop()


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """A migrated database of this test alone."""
    name = f"test_{next(_databases)}"
    yield embedded.create_database(postgres, name, template=TEMPLATE)
    embedded.drop_database(postgres, name)


@pytest.fixture
def clock() -> FakeClock:
    """A clock the test moves."""
    return FakeClock()


@pytest.fixture
def settings(database_url: str, valkey_url: str, tmp_path: Path) -> Settings:
    """Settings of a house on the test's own servers."""
    return Settings(home=tmp_path, database_url=database_url, redis_url=valkey_url, secret=SECRET)


@pytest.fixture
def runtime(settings: Settings, clock: FakeClock) -> Iterator[Runtime]:
    """Everything wired, on real servers and the test's clock."""
    built = build(settings, clock=clock)
    yield built
    built.close()
