"""All processes of one machine under supervisord: started in order, restarted when dead, stopped in order.

supervisord is a well-kept process manager; this module only writes its configuration and asks it things.
Every process is tied to its parent, so that kill -9 anywhere leaves no orphan.
"""

import hashlib
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from ticketing.domain.errors import TicketingError
from ticketing.server_process import PRIVATE_FILE, running, tied_to_parent, wait_until

#: A socket's path may not be longer (108 bytes on Linux, 104 on macOS), and home may be deep.
SOCKET_PATH_BYTES_MAX = 100
LOG_BYTES = 10_000_000
LOG_BACKUPS = 5
STEADY_AFTER_S = 1
#: Logs and the dialogue's tracker file are for their owner alone.
OTHERS_NOTHING = 0o077
ANSWERS_WITHIN_S = 30.0
ENDS_WITHIN_S = 120.0
POLL_EVERY_S = 0.2
#: Supervisord's own wait knows only that a process runs, not that it is ready.
DO_NOT_WAIT = False


class ProcessDoesNotStart(TicketingError):
    """A process ended or never became ready; ``name`` is which, ``log`` is the file with its own words."""

    code = "process_does_not_start"


class State(StrEnum):
    """Supervisord's words for what a process does."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    BACKOFF = "BACKOFF"
    STOPPING = "STOPPING"
    EXITED = "EXITED"
    FATAL = "FATAL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]
    #: Asked until it says yes; None: running for STEADY_AFTER_S is enough.
    is_ready: Callable[[], bool] | None = None
    #: Added to what the process inherits.
    environment: Mapping[str, str] = field(default_factory=dict)
    #: Instead of inheriting anything.
    whole_environment: Mapping[str, str] | None = None
    stop_signal: str = "TERM"
    #: PostgreSQL's postmaster ends its children itself and takes a signal to all of them for a cancel.
    stop_as_group: bool = True
    stop_within_s: int = 20
    ready_within_s: int = 60


class Supervisor:
    """supervisord over ``programs``, which start in the order given and stop in the opposite one."""

    def __init__(self, home: Path, programs: Sequence[Program], *, folder: Path) -> None:
        """Keep configuration, socket and logs in ``home``; run everything in ``folder``."""
        self._home = home
        self._programs = {program.name: program for program in programs}
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The programs in the order of starting."""
        return tuple(self._programs)

    def start(self) -> None:
        """Start supervisord itself, no program yet."""
        logs = self._home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        configuration = self._home / "supervisord.conf"
        configuration.touch(PRIVATE_FILE)
        configuration.write_text("\n".join(self._configuration()), encoding="utf-8")
        command = (
            *tied_to_parent("TERM", None),
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "supervisor.supervisord",
        )
        with (logs / "supervisord.out").open("wb") as output:
            # A session of its own: Ctrl-C in the terminal is for us, who then stop things in order.
            self._child = subprocess.Popen(
                [*command, "-n", "-c", str(configuration)],
                stdout=output,
                stderr=output,
                cwd=self._folder,
                start_new_session=True,
                umask=OTHERS_NOTHING,
            )
        if not wait_until(self._answers, ANSWERS_WITHIN_S):
            raise ProcessDoesNotStart(name="supervisord", log=str(logs / "supervisord.out"))

    def launch(self, name: str) -> None:
        """Start one program and go on."""
        self._ask().supervisor.startProcess(name, DO_NOT_WAIT)

    def wait_ready(self, name: str) -> None:
        """Wait until a launched program is ready; raises ProcessDoesNotStart."""
        program = self._programs[name]
        deadline = time.monotonic() + program.ready_within_s
        while not self._is_ready(program):
            if time.monotonic() > deadline or self.state(name) is State.FATAL:
                raise ProcessDoesNotStart(name=name, log=str(self.log_file(name)))
            time.sleep(POLL_EVERY_S)

    def state(self, name: str) -> State:
        """What the program does now."""
        return State(self._ask().supervisor.getProcessInfo(name)["statename"])

    def states(self) -> dict[str, State]:
        """What every program does now."""
        rows: Sequence[Mapping[str, Any]] = self._ask().supervisor.getAllProcessInfo()
        return {row["name"]: State(row["statename"]) for row in rows}

    def pid(self, name: str) -> int:
        """Process number of a running program."""
        return int(self._ask().supervisor.getProcessInfo(name)["pid"])

    def log_file(self, name: str) -> Path:
        """Where the program's own words go."""
        return self._home / "logs" / f"{name}.log"

    def wait(self) -> int:
        """Wait for supervisord to end by itself; returns its exit code."""
        return self._child.wait() if self._child else 0

    def stop(self) -> None:
        """End all programs in order, then supervisord."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            # Its programs are tied to it and end with it.
            self._child.kill()
            self._child.wait()
        self._child = None

    def _is_ready(self, program: Program) -> bool:
        if self.state(program.name) is not State.RUNNING:
            return False
        return program.is_ready is None or program.is_ready()

    def _answers(self) -> bool:
        try:
            return bool(self._ask().supervisor.getState())
        except (OSError, HTTPException, Fault):
            return False

    def _ask(self) -> Any:  # noqa: ANN401 - xmlrpc makes methods up as they are called
        """Supervisord's remote methods."""
        return ServerProxy(
            "http://localhost", transport=SupervisorTransport(None, None, f"unix://{self._socket}")
        )

    @property
    def _socket(self) -> Path:
        path = self._home / "supervisor.sock"
        if len(str(path).encode()) <= SOCKET_PATH_BYTES_MAX:
            return path
        digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"hotline-{digest}.sock"

    def _configuration(self) -> Iterator[str]:
        yield from ("[supervisord]", "nodaemon=true", f"pidfile={_value(self._home / 'supervisord.pid')}")
        yield f"logfile={_value(self._home / 'logs' / 'supervisord.log')}"
        yield from (f"logfile_maxbytes={LOG_BYTES}", f"logfile_backups={LOG_BACKUPS}", "silent=true")
        yield from (f"directory={_value(self._folder)}", *_as_root())
        yield from ("[unix_http_server]", f"file={_value(self._socket)}", "chmod=0700")
        yield "[rpcinterface:supervisor]"
        yield "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface"
        for priority, program in enumerate(self._programs.values(), start=1):
            yield from self._section(program, priority)

    def _section(self, program: Program, priority: int) -> Iterator[str]:
        yield from (f"[program:{program.name}]", f"command={_command(program)}", f"priority={priority}")
        yield from ("autostart=false", "autorestart=true", "startretries=10", f"startsecs={STEADY_AFTER_S}")
        yield from (f"stopsignal={program.stop_signal}", f"stopwaitsecs={program.stop_within_s}")
        yield from (f"stopasgroup={str(program.stop_as_group).lower()}", "killasgroup=true")
        yield from ("redirect_stderr=true", f"stdout_logfile={_value(self.log_file(program.name))}")
        yield from (f"stdout_logfile_maxbytes={LOG_BYTES}", f"stdout_logfile_backups={LOG_BACKUPS}")
        if program.environment:
            pairs = (f'{name}="{_value(value)}"' for name, value in program.environment.items())
            yield f"environment={','.join(pairs)}"
        yield ""


def end_predecessor(home: Path) -> None:
    """End a supervisord that still runs on ``home``; its lock is ours, so whoever started it is gone."""
    try:
        pid = int((home / "supervisord.pid").read_text())
    except (FileNotFoundError, ValueError):
        return
    process = running(pid, None, str(home / "supervisord.conf"))
    if process is not None:
        process.terminate()
        psutil.wait_procs([process], timeout=ENDS_WITHIN_S)


def _command(program: Program) -> str:
    """The command line as supervisord's file takes it; with an environment of its own by ``env -i``."""
    whole = program.whole_environment
    bare = () if whole is None else ("env", "-i", *(f"{name}={value}" for name, value in whole.items()))
    tie = () if program.command[0].endswith("setpriv") else tied_to_parent(program.stop_signal, None)
    return _value(shlex.join((*tie, *bare, *program.command)))


def _value(value: str | Path) -> str:
    """A per cent sign means something in that file."""
    return str(value).replace("%", "%%")


def _as_root() -> tuple[str, ...]:
    """Supervisord wants to be told that it may stay root."""
    username = psutil.Process().username()
    return ("user=root",) if username == "root" else ()
