"""`hotline doctor`: every need of the house, whether it is met, and how to mend it."""

import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from rich.console import Console
from rich.table import Table

from bot import training
from bot.startup import answers
from ticketing.bootstrap import DATA
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import TicketingError
from ticketing.knowledge.check import problems
from ticketing.server_process import free_port, is_port_free
from ticketing.settings import Installation, Settings, SettingsFault
from ticketing.storage.queue import JobQueue
from ticketing.storage.schema import drift, is_current
from ticketing.storage.unit_of_work import Storage
from ticketing.texts import Texts
from ticketing.workdays import WorkCalendar

DISK_BYTES_MIN = 3_000_000_000
GIGABYTE = 1_000_000_000
#: Time to add a year to the calendar after the State Council's notice, which comes in autumn.
CALENDAR_AHEAD = timedelta(days=60)
STYLES = {"good": "green", "note": "yellow", "broken": "bold red"}


class Mark(StrEnum):
    """How it stands with one need."""

    GOOD = "good"
    #: Not needed now, or coming by itself.
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One need: its name, how it stands, what was found, and how to mend it; texts by key."""

    name: str
    mark: Mark = Mark.GOOD
    found: str = "fine"
    mend: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


def examine() -> Iterator[Finding]:
    """Every finding, cheapest first; nothing is changed."""
    yield from _environments()
    try:
        installation = Installation.from_env()
    except SettingsFault as fault:
        for complaint in fault.complaints:
            params = {"variable": complaint.variable}
            yield Finding("settings", Mark.BROKEN, f"settings.{complaint.problem}", "settings", params)
        return
    yield Finding("settings")
    yield from _machine(installation)
    yield _model(installation)
    yield from _running(installation)
    yield from _data(datetime.now(UTC).astimezone(BEIJING).date())
    yield from _for_tests()


def show(findings: Iterator[Finding], console: Console, sentences: Texts) -> bool:
    """Print each finding as it comes; whether nothing is broken."""
    console.print(sentences.get("cli.doctor_title"))
    broken = 0
    for finding in findings:
        broken += finding.mark is Mark.BROKEN
        table = Table.grid(padding=(0, 2))
        mark = f"[{STYLES[finding.mark]}]{sentences.get(f'cli.mark_{finding.mark}')}[/]"
        found = finding.found if "." in finding.found else f"cli.found_{finding.found}"
        what = [sentences.get(found, **finding.params)]
        if finding.mend:
            what.append(sentences.get(f"cli.mend_{finding.mend}", **finding.params))
        table.add_row(mark, sentences.get(f"cli.check_{finding.name}"), "\n".join(what))
        console.print(table)
    key = "cli.doctor_broken" if broken else "cli.doctor_good"
    console.print(sentences.get(key, count=broken))
    return broken == 0


def _environments() -> Iterator[Finding]:
    missing = sorted(name for name in _requirements() if not _is_installed(name))
    if missing:
        yield Finding("python", Mark.BROKEN, "missing_packages", "env", {"packages": ", ".join(missing)})
    else:
        yield Finding("python", found="version", params={"version": sys.version.split()[0]})
    yield _language_environment()


def _requirements() -> Iterator[str]:
    for requirement in importlib.metadata.requires("hotline") or []:
        yield requirement.partition(">")[0].partition("=")[0].partition("<")[0].partition("[")[0].strip()


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _language_environment() -> Finding:
    """Rasa's environment, by its own interpreter; without importing Rasa, which takes half a minute."""
    if not training.PYTHON.exists():
        return Finding("language_python", Mark.BROKEN, "missing", "language_env")
    program = "import sys, importlib.metadata as m; print(sys.version.split()[0], 'Rasa', m.version('rasa'))"
    done = subprocess.run([str(training.PYTHON), "-c", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        packages = {"packages": "rasa"}
        return Finding("language_python", Mark.BROKEN, "missing_packages", "language_env", packages)
    return Finding("language_python", found="version", params={"version": done.stdout.strip()})


def _machine(installation: Installation) -> Iterator[Finding]:
    home = installation.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / "doctor").touch()
        (home / "doctor").unlink()
    except OSError as error:
        yield Finding("home", Mark.BROKEN, "fault", "home", {"detail": str(error)})
        return
    yield Finding("home", found="home", params={"path": str(home)})
    free = shutil.disk_usage(home).free
    mark, mend = (Mark.GOOD, "") if free > DISK_BYTES_MIN else (Mark.BROKEN, "disk")
    yield Finding("disk", mark, "free_gb", mend, {"gb": free // GIGABYTE})


def _model(installation: Installation) -> Finding:
    if training.model_path(installation.home).exists():
        return Finding("model")
    return Finding("model", Mark.NOTE, "untrained", "model")


def _running(installation: Installation) -> Iterator[Finding]:
    """The servers, if something runs; the ports they need, if not."""
    try:
        settings = Settings.of(installation)
    except SettingsFault:
        yield from _ports(installation)
        yield Finding("database", Mark.NOTE, "stopped", "start")
        return
    yield from _storage(settings)
    if not installation.run_file.exists():
        yield from _ports(installation)
        return
    logs = {"path": str(settings.home / "logs")}
    for name, url in (
        ("language_server", f"{settings.rasa_url}/status"),
        ("action_server", f"{settings.actions_url}/health"),
        ("web", f"{settings.web_url}/healthz"),
    ):
        yield Finding(name) if answers(url) else Finding(name, Mark.BROKEN, "silent", "logs", logs)


def _storage(settings: Settings) -> Iterator[Finding]:
    logs = {"path": str(settings.home / "logs")}
    try:
        current = is_current(settings.database_url) and not drift(settings.database_url)
    except TicketingError:
        yield Finding("database", Mark.BROKEN, "silent", "database", logs)
    else:
        yield Finding("database")
        yield (
            Finding("migrations")
            if current
            else Finding("migrations", Mark.BROKEN, "old_schema", "migrations")
        )
        if current:
            yield files_of(settings)
    queue = JobQueue(settings.redis_url)
    yield Finding("queue") if queue.is_reachable() else Finding("queue", Mark.BROKEN, "silent", "queue", logs)
    queue.close()


def files_of(settings: Settings) -> Finding:
    """Whether what residents sent beside text has come."""
    storage = Storage(settings.database_url)
    try:
        with storage.transaction() as work:
            counts = work.attachments.counts()
    finally:
        storage.close()
    mark, mend = (Mark.NOTE, "files") if counts["missing"] else (Mark.GOOD, "")
    return Finding("files", mark, "files", mend, dict(counts))


def _ports(installation: Installation) -> Iterator[Finding]:
    wanted = {
        "HOTLINE_PORT": installation.port,
        "HOTLINE_RASA_PORT": installation.rasa_port,
        "HOTLINE_ACTIONS_PORT": installation.actions_port,
    }
    taken = {variable: port for variable, port in wanted.items() if not is_port_free(port)}
    for variable, port in taken.items():
        params: dict[str, str | int] = {"variable": variable, "port": port, "free": free_port()}
        yield Finding("ports", Mark.BROKEN, "port_taken", "ports", params)
    if not taken:
        yield Finding("ports")


def _data(today: date) -> Iterator[Finding]:
    folder = DATA / "policies"
    wrong = problems(folder, today=today)
    if wrong:
        params: dict[str, str | int] = {"count": len(wrong), "first": wrong[0]}
        yield Finding("policies", Mark.BROKEN, "problems", "policies", params)
    else:
        yield Finding("policies")
    last = WorkCalendar().last_known_day(today)
    ahead = last - today
    mark = Mark.GOOD if ahead > CALENDAR_AHEAD else Mark.NOTE if ahead >= timedelta() else Mark.BROKEN
    mend = "" if mark is Mark.GOOD else "calendar"
    yield Finding("calendar", mark, "reach", mend, {"day": last.isoformat()})


def _for_tests() -> Iterator[Finding]:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    yield Finding("browser") if browser else Finding("browser", Mark.NOTE, "missing", "browser")
    fonts = shutil.which("fc-list")
    listed = subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False).stdout if fonts else b""
    yield Finding("fonts") if listed else Finding("fonts", Mark.NOTE, "missing", "fonts")
