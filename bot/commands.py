"""The `hotline` commands that run processes: the whole house, or one of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
import uvicorn
from rich.console import Console

from bot.channels.telegram import run as run_telegram
from bot.doctor import examine, show
from bot.process_logs import configure_logging
from bot.retraining import run_once
from bot.startup import House, Progress, end_on_signals, house
from bot.training import ensure_model
from bot.worker import run_scheduler, run_worker
from ticketing.bootstrap import build
from ticketing.cli import BROKEN, say, texts
from ticketing.settings import Complaint, Installation, Problem, Settings, SettingsFault
from ticketing.texts import Texts


def add_commands(app: typer.Typer) -> None:
    """Add ``up``, ``doctor``, ``train`` and the single processes."""
    for function in (up, doctor, train, retrain, web, worker, scheduler, telegram):
        app.command()(function)


def up() -> None:
    """Run everything until Ctrl-C."""
    end_on_signals()
    console, sentences, began = Console(), texts(), time.monotonic()
    try:
        with house(Installation.from_env(), TerminalProgress(console, sentences)) as running:
            console.print(sentences.get("cli.up_ready", seconds=round(time.monotonic() - began)))
            _show_addresses(console, sentences, running)
            running.supervisor.wait()
    except KeyboardInterrupt:
        console.print(sentences.get("cli.up_stopped"))


def doctor() -> None:
    """Examine everything; exit code 1 if something is broken."""
    if not show(examine(), Console(), texts()):
        raise typer.Exit(BROKEN)


def train() -> None:
    """Train the language model unless one fits."""
    say("cli.model_ready", path=str(ensure_model(Installation.from_env().home)))


def retrain() -> None:
    """Carry out the training run that waits; the scheduler starts this by itself."""
    configure_logging()
    runtime = build(Settings.from_env())
    try:
        run_once(runtime)
    finally:
        runtime.close()


def web() -> None:
    """Serve residents' chat and the console."""
    settings = Settings.from_env()
    # The access log would keep who looked at which ticket when, beside the audit that does so on purpose.
    uvicorn.run("bot.web:create_app", factory=True, host=settings.host, port=settings.port, access_log=False)


def worker() -> None:
    """Carry out what the services ask for."""
    run_worker(Settings.from_env())


def scheduler() -> None:
    """Look at the clocks."""
    run_scheduler(Settings.from_env())


def telegram() -> None:
    """Speak with Telegram; without a token there is nobody to speak for."""
    settings = Settings.from_env()
    if settings.telegram_token is None:
        raise SettingsFault((Complaint("TELEGRAM_TOKEN", Problem.MISSING),))
    run_telegram(settings)


class TerminalProgress(Progress):
    """Each step with a spinner while it goes on, and its seconds when it is done."""

    def __init__(self, console: Console, sentences: Texts) -> None:
        """Say it on ``console``."""
        self._console = console
        self._sentences = sentences

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show ``name`` until the context ends."""
        title, began = self._sentences.get(f"cli.step_{name}"), time.monotonic()
        with self._console.status(title):
            yield
        seconds = f"{time.monotonic() - began:.1f}"
        self._console.print(self._sentences.get("cli.step_done", step=title, seconds=seconds))


def _show_addresses(console: Console, sentences: Texts, running: House) -> None:
    """Where to go and as whom, in plain text that can be copied."""
    settings = running.settings
    lines = [sentences.get("cli.up_addresses", url=settings.web_url, home=str(settings.home))]
    if running.logins:
        lines.append(sentences.get("cli.up_demo"))
    for login in running.logins:
        params = {"username": login.username, "password": login.password, "name": login.name}
        lines.append(sentences.get("cli.up_login", **params))
    lines.append(sentences.get("cli.up_stop_hint"))
    console.print("\n".join(lines), highlight=False, soft_wrap=True)
