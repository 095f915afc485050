"""`hotline up`: from a data folder, empty or not, to a running house, and back to silence."""

import json
import secrets
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from bot import training
from bot.model_files import link_in_service
from bot.supervisor import Program, Supervisor, end_predecessor
from ticketing.bootstrap import Runtime, build
from ticketing.domain.errors import TicketingError
from ticketing.embedded import Postgres, Valkey, create_database, has_database
from ticketing.server_process import LOOPBACK, free_port, is_port_free, wait_until, write_private
from ticketing.services.demo import DemoLogin
from ticketing.settings import Installation, Settings, web_url
from ticketing.storage.schema import upgrade

DATABASE = "hotline"
OWNER_ONLY = 0o700
ASK_WITHIN_S = 3.0
#: What a killed copy leaves takes a moment to end.
PORT_FREE_WITHIN_S = 3.0
#: Imports of the language server alone take half a minute on a small machine.
LANGUAGE_SERVER_WITHIN_S = 240
POSTGRES, VALKEY = "postgres", "valkey"
LANGUAGE_SERVER, ACTION_SERVER, WEB = "language-server", "action-server", "web"
WORKER, SCHEDULER, TELEGRAM = "worker", "scheduler", "telegram"


class AlreadyRunning(TicketingError):
    """Another copy holds this data folder; ``home`` is which."""

    code = "already_running"


class PortTaken(TicketingError):
    """Somebody else listens on ``port``; ``variable`` is the setting that chooses another."""

    code = "port_taken"


class LanguageEnvironmentMissing(TicketingError):
    """Rasa's own environment is not installed; ``folder`` is where it belongs."""

    code = "language_environment_missing"


@dataclass(frozen=True, slots=True)
class House:
    """What runs once ``up`` has come up."""

    settings: Settings
    supervisor: Supervisor
    logins: tuple[DemoLogin, ...]


class Progress:
    """Told what goes on; the terminal's own is in the commands."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """``name`` begins; leaving ends it."""
        del name
        yield


def own_command(*arguments: str) -> tuple[str, ...]:
    """Our own entry point in this very interpreter."""
    return (sys.executable, "-m", "bot", *arguments)


@contextmanager
def house(installation: Installation, progress: Progress) -> Iterator[House]:
    """Everything up and healthy inside, everything down outside.

    Raises AlreadyRunning, PortTaken, LanguageEnvironmentMissing, EmbeddedServerFault, TrainingFailed,
    StorageUnavailable or ProcessDoesNotStart; whatever had started by then is stopped.
    """
    home = installation.home
    home.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
    with _only_copy(home):
        opening = _Opening(installation)
        opening.end_leftovers()
        _check_environment(installation)
        _check_ports(installation)
        supervisor = Supervisor(home, opening.programs(), folder=training.ROOT)
        try:
            yield _open(opening, supervisor, progress)
        finally:
            with _uninterrupted(), progress.step("stop"):
                supervisor.stop()
            installation.run_file.unlink(missing_ok=True)


def end_on_signals() -> None:
    """Let SIGTERM and a closed terminal end us as Ctrl-C does; what ``nohup`` ignores stays ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C does not break the orderly end."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Opening:
    """The addresses and commands of one start."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        home = installation.home
        self.postgres = Postgres(home, port=installation.pg_port) if not installation.database_url else None
        self.valkey = Valkey(home, port=installation.valkey_port) if not installation.redis_url else None
        self.actions_url = f"http://{LOOPBACK}:{installation.actions_port}"
        self.rasa_url = installation.rasa_url or f"http://{LOOPBACK}:{installation.rasa_port}"

    def end_leftovers(self) -> None:
        """End what a copy that was killed has left on this folder."""
        end_predecessor(self.installation.home)
        for server in (self.postgres, self.valkey):
            if server is not None:
                server.stop()

    def programs(self) -> tuple[Program, ...]:
        """Every process, in the order of starting: servers, then who answers, then who hears residents."""
        return (*self._servers(), *self._language(), *self._own())

    def settings(self) -> Settings:
        """Everything known; the run file says the same to other commands."""
        secret = self.installation.secret or _demo_secret(self.installation.secret_file)
        database_url = self.installation.database_url
        if self.postgres is not None:
            database_url = f"{self.postgres.url.rpartition('/')[0]}/{DATABASE}"
        redis_url = self.valkey.url if self.valkey else self.installation.redis_url
        running = {
            "database_url": database_url,
            "redis_url": redis_url,
            "rasa_url": self.rasa_url,
            "actions_url": self.actions_url,
            "web_url": web_url(self.installation),
        }
        unfinished = self.installation.run_file.with_suffix(".new")
        write_private(unfinished, json.dumps(running))
        unfinished.rename(self.installation.run_file)
        return Settings.of(replace(self.installation, secret=secret))

    def _servers(self) -> Iterator[Program]:
        if self.postgres is not None:
            yield Program(
                name=POSTGRES,
                command=self.postgres.prepare(),
                is_ready=self.postgres.is_ready,
                stop_signal="INT",
                stop_as_group=False,
                stop_within_s=60,
            )
        if self.valkey is not None:
            yield Program(name=VALKEY, command=self.valkey.prepare(), is_ready=self.valkey.is_ready)

    def _language(self) -> Iterator[Program]:
        if self.installation.rasa_url is None:
            home = self.installation.home
            yield Program(
                name=LANGUAGE_SERVER,
                command=training.server_command(link_in_service(home), port=self.installation.rasa_port),
                whole_environment=training.server_environment(
                    home, actions_url=f"{self.actions_url}/webhook"
                ),
                is_ready=lambda: answers(f"{self.rasa_url}/status"),
                ready_within_s=LANGUAGE_SERVER_WITHIN_S,
            )
        port = self.installation.actions_port
        yield Program(
            name=ACTION_SERVER,
            command=(sys.executable, "-m", "actions", "--actions", "actions", "--port", str(port)),
            # Without it the action server, which opens tickets, would listen to the whole network.
            environment={**self._own_environment(), "SANIC_HOST": LOOPBACK},
            is_ready=lambda: answers(f"{self.actions_url}/health"),
        )

    def _own(self) -> Iterator[Program]:
        names = [WORKER, SCHEDULER, *([TELEGRAM] if self.installation.telegram_token else [])]
        for name in names:
            yield Program(name=name, command=own_command(name), environment=self._own_environment())
        yield Program(
            name=WEB,
            command=own_command("web"),
            environment=self._own_environment(),
            is_ready=lambda: answers(f"{web_url(self.installation)}/healthz"),
        )

    def _own_environment(self) -> Mapping[str, str]:
        """Addresses and secrets are not here, where ``ps`` and files could show them: see the run file."""
        return {"HOTLINE_HOME": str(self.installation.home), "PYTHONUNBUFFERED": "1"}


def answers(url: str) -> bool:
    """Whether a GET of ``url`` gives a 2xx now."""
    try:
        return httpx.get(url, timeout=ASK_WITHIN_S, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _open(opening: _Opening, supervisor: Supervisor, progress: Progress) -> House:
    with progress.step("supervisor"):
        supervisor.start()
    for name, server in ((POSTGRES, opening.postgres), (VALKEY, opening.valkey)):
        if server is not None:
            with progress.step(name):
                supervisor.launch(name)
                supervisor.wait_ready(name)
    settings = opening.settings()
    logins = _prepare_data(opening, settings, progress)
    if opening.installation.rasa_url is None:
        with progress.step("model"):
            training.choose_model(opening.installation.home, _silent)
    rest = [name for name in supervisor.names if name not in {POSTGRES, VALKEY}]
    # All at once: each mostly imports, and none fails for want of another.
    for name in rest:
        supervisor.launch(name)
    for name in rest:
        with progress.step(name):
            supervisor.wait_ready(name)
    return House(settings, supervisor, logins)


def _prepare_data(opening: _Opening, settings: Settings, progress: Progress) -> tuple[DemoLogin, ...]:
    """The newest data model, and in a demo people to try it with."""
    with progress.step("migrate"):
        if opening.postgres is not None and not has_database(opening.postgres.url, DATABASE):
            create_database(opening.postgres.url, DATABASE)
        upgrade(settings.database_url)
    if settings.is_production:
        return ()
    with progress.step("demo"):
        runtime: Runtime = build(settings)
        try:
            return runtime.seed_demo()
        finally:
            runtime.close()


@contextmanager
def _only_copy(home: Path) -> Iterator[None]:
    """Hold the data folder; the lock goes with the process, however it ends."""
    try:
        with FileLock(home / "up.lock", timeout=0):
            yield
    except Timeout as error:
        raise AlreadyRunning(home=str(home)) from error


def _check_environment(installation: Installation) -> None:
    if installation.rasa_url is None and not training.PYTHON.exists():
        raise LanguageEnvironmentMissing(folder=str(training.LANGUAGE_SERVER))


def _check_ports(installation: Installation) -> None:
    """Name a taken port before anything is started."""
    wanted = [("HOTLINE_PORT", installation.port, installation.host)]
    wanted.append(("HOTLINE_ACTIONS_PORT", installation.actions_port, LOOPBACK))
    if installation.rasa_url is None:
        wanted.append(("HOTLINE_RASA_PORT", installation.rasa_port, LOOPBACK))
    if installation.database_url is None and installation.pg_port is not None:
        wanted.append(("HOTLINE_PG_PORT", installation.pg_port, LOOPBACK))
    if installation.redis_url is None and installation.valkey_port is not None:
        wanted.append(("HOTLINE_VALKEY_PORT", installation.valkey_port, LOOPBACK))
    for variable, port, host in wanted:
        if not wait_until(partial(is_port_free, port, host), PORT_FREE_WITHIN_S):
            raise PortTaken(port=port, variable=variable, free=free_port())


def _demo_secret(path: Path) -> str:
    """A demo makes its own secret once; production is given one."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()


def _silent(said: str) -> None:
    """Training's own words are in its log; the step shows the seconds."""
    del said
