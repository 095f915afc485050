"""A language server and an action server of one's own: for a command or a test, on free ports, until done."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bot import training
from ticketing.embedded import Postgres, Valkey, create_database
from ticketing.server_process import (
    LOOPBACK,
    EmbeddedServerFault,
    free_port,
    tied_to_parent,
    wait_until,
)
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

#: Importing Rasa alone takes half a minute on a small machine.
READY_WITHIN_S = 240
STOPPED_WITHIN_S = 10
ASK_WITHIN_S = 2.0
LOG_LINES_TOLD = 3
DATABASE = "scratch"
#: Nothing but a private house for minutes is ever signed with it.
SCRATCH_SECRET = "scratch-" + "0" * 32
#: For a language server that is only asked to read messages, never to act.
NO_ACTIONS = f"http://{LOOPBACK}:9/webhook"


@dataclass(frozen=True, slots=True)
class Program:
    """One server to run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    #: Answers 200 once it is ready.
    ready_url: str


@contextmanager
def language_server(model: Path, home: Path, *, actions_url: str = NO_ACTIONS) -> Iterator[str]:
    """URL of a language server with ``model`` loaded; its log and its tracker file lie in ``home``."""
    url, program = _language_program(model, home, actions_url)
    with running(program, home):
        yield url


@contextmanager
def reading_servers(model: Path, homes: Sequence[Path]) -> Iterator[list[str]]:
    """URLs of language servers with the same model, one a folder, started all at once."""
    with ExitStack() as stack:
        programs = [(home, *_language_program(model, home, NO_ACTIONS)) for home in homes]
        children = [stack.enter_context(_launched(program, home)) for home, _, program in programs]
        for child, (home, _, program) in zip(children, programs, strict=True):
            _wait(child, program, _log_of(program, home))
        yield [url for _, url, _ in programs]


def _language_program(model: Path, home: Path, actions_url: str) -> tuple[str, Program]:
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    program = Program(
        name="language-server",
        command=training.server_command(model, port=port),
        environment=training.server_environment(home, actions_url=actions_url),
        ready_url=f"{url}/status",
    )
    return url, program


@contextmanager
def action_server(settings: Settings) -> Iterator[str]:
    """Webhook URL of an action server on the house of ``settings``."""
    port = free_port()
    program = Program(
        name="action-server",
        command=(sys.executable, "-m", "actions", "--actions", "actions", "--port", str(port)),
        environment={
            **os.environ,
            "SANIC_HOST": LOOPBACK,
            "PYTHONWARNINGS": "ignore",
            "HOTLINE_HOME": str(settings.home),
            "HOTLINE_ENV": settings.environment.value,
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "HOTLINE_SECRET": settings.secret,
        },
        ready_url=f"http://{LOOPBACK}:{port}/health",
    )
    with running(program, settings.home):
        yield f"http://{LOOPBACK}:{port}/webhook"


@contextmanager
def scratch_house(model: Path) -> Iterator[Settings]:
    """Settings of a whole house with nothing in it: servers, database and dialogue; gone afterwards."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-scratch-")))
        postgres, valkey = Postgres(home, durable=False), Valkey(home)
        # Whoever starts is stopped, even if the next one does not start.
        stack.callback(postgres.stop)
        database_url = create_database(postgres.start(), DATABASE)
        stack.callback(valkey.stop)
        redis_url = valkey.start()
        upgrade(database_url)
        settings = Settings(home=home, database_url=database_url, redis_url=redis_url, secret=SCRATCH_SECRET)
        actions_url = stack.enter_context(action_server(settings))
        rasa_url = stack.enter_context(language_server(model, home, actions_url=actions_url))
        yield Settings(
            home=home,
            database_url=database_url,
            redis_url=redis_url,
            secret=SCRATCH_SECRET,
            rasa_url=rasa_url,
        )


@contextmanager
def running(program: Program, home: Path) -> Iterator[None]:
    """The program and all it starts: ready inside, ended outside; raises EmbeddedServerFault."""
    with _launched(program, home) as child:
        _wait(child, program, _log_of(program, home))
        yield


@contextmanager
def _launched(program: Program, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program, hardly begun; ended outside with all it started."""
    command = (*tied_to_parent("TERM", None), *program.command)
    with _log_of(program, home).open("wb") as output:
        child = subprocess.Popen(
            command,
            cwd=training.ROOT,
            env=dict(program.environment),
            stdout=output,
            stderr=output,
            # Ctrl-C in the terminal is for us, who then end things in order.
            start_new_session=True,
        )
    try:
        yield child
    finally:
        _end(child)


def _log_of(program: Program, home: Path) -> Path:
    return home / f"{program.name}.log"


def answers(url: str) -> bool:
    """Whether ``url`` answers 200."""
    try:
        return httpx.get(url, timeout=ASK_WITHIN_S, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _wait(child: subprocess.Popen[bytes], program: Program, log_file: Path) -> None:
    def is_ready() -> bool:
        return child.poll() is not None or answers(program.ready_url)

    if wait_until(is_ready, READY_WITHIN_S) and child.poll() is None:
        return
    last = log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_TOLD:]
    raise EmbeddedServerFault(server=program.name, detail=" / ".join(last))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Stop the child and what it started, the stubborn ones by force."""
    try:
        family = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    child.terminate()
    _, stubborn = psutil.wait_procs(family, timeout=STOPPED_WITHIN_S)
    for process in stubborn:
        process.kill()
    try:
        child.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
