"""What the environment says, read once, checked whole, frozen.

``Installation`` is what a person configured; ``Settings`` adds the addresses that ``hotline up`` wrote
to ``<home>/run.json`` for whatever it started itself. Nothing else reads an environment variable.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from ticketing.domain.errors import ConfigurationFault

DEFAULT_HOME = ".data"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_RASA_PORT = 5005
DEFAULT_ACTIONS_PORT = 5055
#: Where the Telegram process takes webhook posts; a reverse proxy with a certificate stands before it.
DEFAULT_TELEGRAM_PORT = 8090
TELEGRAM_API_BASE = "https://api.telegram.org"
#: Sessions and codes are signed with it: as long as the 256-bit digest it keys.
SECRET_CHARACTERS_MIN = 32
PORT_MAX = 65535
#: SQLAlchemy's name for PostgreSQL by psycopg 3.
DRIVER = "postgresql+psycopg"
RUN_FILE = "run.json"
SECRET_FILE = "secret"  # noqa: S105 - a file name


class Environment(StrEnum):
    """Demo data and generated secrets exist in the first only."""

    DEMO = "demo"
    PRODUCTION = "production"


class TelegramMode(StrEnum):
    """How updates come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class Problem(StrEnum):
    """What can be wrong with one variable; its Chinese sentence is ``settings.<problem>`` in the texts."""

    MISSING = "missing"
    NOT_A_PORT = "not_a_port"
    PORT_TWICE = "port_twice"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_URL = "not_a_url"
    SECRET_SHORT = "secret_short"  # noqa: S105 - a code
    NOT_RUNNING = "not_running"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One variable that cannot work; never its value, which may be a secret."""

    variable: str
    problem: Problem

    def __str__(self) -> str:
        """For logs."""
        return f"{self.variable}: {self.problem}"


class SettingsFault(ConfigurationFault):
    """The environment cannot work; ``complaints`` has everything wrong with it at once."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        """Keep the complaints for the terminal, and as one line for logs."""
        super().__init__(detail="; ".join(str(complaint) for complaint in complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is configured; a URL of None is served by an embedded server of ours."""

    environment: Environment = Environment.DEMO
    home: Path = Path(DEFAULT_HOME)
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    rasa_port: int = DEFAULT_RASA_PORT
    actions_port: int = DEFAULT_ACTIONS_PORT
    #: None: any free port.
    pg_port: int | None = None
    valkey_port: int | None = None
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    rasa_url: str | None = None
    secret: str | None = field(default=None, repr=False)
    telegram_token: str | None = field(default=None, repr=False)
    telegram_api_base: str = TELEGRAM_API_BASE
    telegram_mode: TelegramMode = TelegramMode.POLLING
    telegram_port: int = DEFAULT_TELEGRAM_PORT
    telegram_webhook_secret: str | None = field(default=None, repr=False)
    telegram_webhook_url: str | None = None
    #: How residents' browsers reach the web pages, without a slash at the end; None: not told.
    public_url: str | None = None

    @property
    def is_production(self) -> bool:
        """Whether real people's matters are in the database."""
        return self.environment is Environment.PRODUCTION

    @property
    def run_file(self) -> Path:
        """Where ``hotline up`` leaves the addresses of what it started."""
        return self.home / RUN_FILE

    @property
    def secret_file(self) -> Path:
        """Where a demo keeps its generated secret."""
        return self.home / SECRET_FILE

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read ``environ`` (the process's own if None); raises SettingsFault with all complaints."""
        reader = _Reader(os.environ if environ is None else environ)
        telegram_mode = reader.choice("TELEGRAM_MODE", TelegramMode, TelegramMode.POLLING)
        installation = cls(
            environment=reader.choice("HOTLINE_ENV", Environment, Environment.DEMO),
            home=Path(reader.text("HOTLINE_HOME") or DEFAULT_HOME).expanduser().resolve(),
            host=reader.text("HOTLINE_HOST") or DEFAULT_HOST,
            port=reader.port("HOTLINE_PORT") or DEFAULT_PORT,
            rasa_port=reader.port("HOTLINE_RASA_PORT") or DEFAULT_RASA_PORT,
            actions_port=reader.port("HOTLINE_ACTIONS_PORT") or DEFAULT_ACTIONS_PORT,
            pg_port=reader.port("HOTLINE_PG_PORT"),
            valkey_port=reader.port("HOTLINE_VALKEY_PORT"),
            database_url=_with_driver(reader.url("DATABASE_URL", ("postgresql", "postgres", DRIVER))),
            redis_url=reader.url("REDIS_URL", ("redis", "rediss", "unix")),
            rasa_url=_without_slash(reader.url("RASA_URL", ("http", "https"))),
            secret=reader.text("HOTLINE_SECRET"),
            telegram_token=reader.text("TELEGRAM_TOKEN"),
            telegram_api_base=_without_slash(reader.url("TELEGRAM_API_BASE", ("http", "https")))
            or TELEGRAM_API_BASE,
            telegram_mode=telegram_mode,
            telegram_port=reader.port("TELEGRAM_PORT") or DEFAULT_TELEGRAM_PORT,
            telegram_webhook_secret=reader.text("TELEGRAM_WEBHOOK_SECRET"),
            telegram_webhook_url=reader.url("TELEGRAM_WEBHOOK_URL", ("https", "http")),
            public_url=_without_slash(reader.url("HOTLINE_PUBLIC_URL", ("https", "http"))),
        )
        reader.complain_of(_contradictions(installation))
        reader.finish()
        return installation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Installation):
    """An installation whose every address is known: what a Runtime is built from."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    rasa_url: str = f"http://{DEFAULT_HOST}:{DEFAULT_RASA_PORT}"
    secret: str = field(repr=False)
    #: Where the language server calls actions.
    actions_url: str = f"http://{DEFAULT_HOST}:{DEFAULT_ACTIONS_PORT}"
    web_url: str = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Environment first, then what ``hotline up`` wrote; raises SettingsFault with all complaints."""
        return cls.of(Installation.from_env(environ))

    @classmethod
    def of(cls, installation: Installation) -> Self:
        """Fill in from run file and secret file what ``installation`` leaves open."""
        running = _read_run_file(installation.run_file)
        database_url = installation.database_url or running.get("database_url", "")
        redis_url = installation.redis_url or running.get("redis_url", "")
        secret = installation.secret or _read_secret(installation.secret_file)
        found = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "HOTLINE_SECRET": secret}
        missing = tuple(Complaint(name, Problem.NOT_RUNNING) for name, value in found.items() if not value)
        if missing:
            raise SettingsFault(missing)
        given = {name: getattr(installation, name) for name in Installation.__dataclass_fields__}
        addresses = {
            "database_url": database_url,
            "redis_url": redis_url,
            "secret": secret,
            "rasa_url": installation.rasa_url
            or running.get("rasa_url")
            or f"http://{DEFAULT_HOST}:{installation.rasa_port}",
            "actions_url": running.get("actions_url") or f"http://{DEFAULT_HOST}:{installation.actions_port}",
            "web_url": running.get("web_url") or web_url(installation),
        }
        return cls(**(given | addresses))


def web_url(installation: Installation) -> str:
    """Where a browser on this machine finds the web service."""
    host = DEFAULT_HOST if installation.host in {"0.0.0.0", "::"} else installation.host  # noqa: S104 - compared
    return f"http://{host}:{installation.port}"


class _Reader:
    """Takes variables from a mapping and collects complaints instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._complaints: list[Complaint] = []

    def text(self, name: str) -> str | None:
        """The value; an empty one is none."""
        return self._environ.get(name, "").strip() or None

    def port(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or not 0 < int(value) <= PORT_MAX:
            self._complaints.append(Complaint(name, Problem.NOT_A_PORT))
            return None
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...]) -> str | None:
        value = self.text(name)
        if value is not None and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            self._complaints.append(Complaint(name, Problem.NOT_A_URL))
        return value

    def choice[Choice: StrEnum](self, name: str, kind: Callable[[str], Choice], default: Choice) -> Choice:
        value = self.text(name)
        if value is None:
            return default
        try:
            return kind(value)
        except ValueError:
            self._complaints.append(Complaint(name, Problem.NOT_A_CHOICE))
            return default

    def complain_of(self, complaints: tuple[Complaint, ...]) -> None:
        self._complaints.extend(complaints)

    def finish(self) -> None:
        if self._complaints:
            raise SettingsFault(tuple(self._complaints))


def _contradictions(installation: Installation) -> tuple[Complaint, ...]:
    """What is wrong between variables, each fine by itself."""
    checks = (_secret_complaints, _port_complaints, _webhook_complaints)
    return tuple(complaint for check in checks for complaint in check(installation))


def _secret_complaints(installation: Installation) -> tuple[Complaint, ...]:
    if installation.secret is None:
        missing = Complaint("HOTLINE_SECRET", Problem.MISSING)
        return (missing,) if installation.is_production else ()
    if len(installation.secret) < SECRET_CHARACTERS_MIN:
        return (Complaint("HOTLINE_SECRET", Problem.SECRET_SHORT),)
    return ()


def _port_complaints(installation: Installation) -> tuple[Complaint, ...]:
    """Every variable whose port another one has already."""
    ports = {
        "HOTLINE_PORT": installation.port,
        "HOTLINE_RASA_PORT": installation.rasa_port,
        "HOTLINE_ACTIONS_PORT": installation.actions_port,
        "HOTLINE_PG_PORT": installation.pg_port,
        "HOTLINE_VALKEY_PORT": installation.valkey_port,
        "TELEGRAM_PORT": installation.telegram_port if installation.telegram_token else None,
    }
    first_with: dict[int, str] = {}
    for name, port in ports.items():
        if port is not None:
            first_with.setdefault(port, name)
    twice = (name for name, port in ports.items() if port is not None and first_with[port] != name)
    return tuple(Complaint(name, Problem.PORT_TWICE) for name in twice)


def _webhook_complaints(installation: Installation) -> tuple[Complaint, ...]:
    """A webhook without a secret would take anybody's word for Telegram's."""
    if installation.telegram_token is None or installation.telegram_mode is not TelegramMode.WEBHOOK:
        return ()
    needed = {
        "TELEGRAM_WEBHOOK_SECRET": installation.telegram_webhook_secret,
        "TELEGRAM_WEBHOOK_URL": installation.telegram_webhook_url,
    }
    return tuple(Complaint(name, Problem.MISSING) for name, value in needed.items() if value is None)


def _with_driver(url: str | None) -> str | None:
    """The URL with the driver we ship, however it was written."""
    if url is None or url.startswith(f"{DRIVER}://"):
        return url
    return f"{DRIVER}://{url.partition('://')[2]}"


def _without_slash(url: str | None) -> str | None:
    return url.rstrip("/") if url else None


def _read_run_file(path: Path) -> dict[str, str]:
    """What runs; empty if nothing does. A half-written file cannot be: it is replaced in one step."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
