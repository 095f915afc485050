"""Child servers: started tied to us, watched until ready, ended in order; their ports and passwords kept."""

import logging
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from ticketing.domain.errors import TicketingError

LOOPBACK = "127.0.0.1"
READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 30.0
POLL_EVERY_S = 0.05
#: After kill -9 the old server's own children need a moment to notice before a new one may start.
START_TRIES = 5
RETRY_AFTER_S = 1.0
PRIVATE_FILE = 0o600

log = logging.getLogger(__name__)


class EmbeddedServerFault(TicketingError):
    """An embedded server cannot be found or does not start; ``server`` and ``detail`` say which and why."""

    code = "embedded_server_fault"


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_port_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server of ours could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def tied_to_parent(name: str, account: pwd.struct_passwd | None) -> tuple[str, ...]:
    """Prefix under which a child gets signal ``name`` when its parent dies, and runs as ``account``."""
    setpriv = shutil.which("setpriv")
    if setpriv is None and account is not None:
        raise EmbeddedServerFault(server="PostgreSQL", detail="running as root needs setpriv (util-linux)")
    if setpriv is None:
        return ()
    ids = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups") if account else ()
    return (setpriv, *ids, f"--pdeathsig={name}", "--")


def start_child(
    command: tuple[str, ...], log_file: Path, ready: Callable[[], bool], *, again: bool = False
) -> subprocess.Popen[bytes]:
    """Start ``command`` and wait until ``ready``; ``again``: a failure may be a predecessor still dying."""
    for _ in range(START_TRIES if again else 1):
        with log_file.open("ab") as output:
            # A session of its own: Ctrl-C in the terminal is for us, who then stop things in order.
            child = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        if _comes_up(child, ready):
            return child
        time.sleep(RETRY_AFTER_S if again else 0)
    lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    raise EmbeddedServerFault(server=log_file.stem, detail=" / ".join(lines[-3:]))


def _comes_up(child: subprocess.Popen[bytes], ready: Callable[[], bool]) -> bool:
    wait_until(lambda: child.poll() is not None or ready(), READY_WITHIN_S)
    return child.poll() is None


def stop_process(process: psutil.Process, how: signal.Signals, child: subprocess.Popen[bytes] | None) -> None:
    """Ask ``process`` to end by signal ``how``; after half a minute make it."""
    process.send_signal(how)
    try:
        process.wait(STOPPED_WITHIN_S)
    except psutil.TimeoutExpired:
        log.warning("%s did not stop within %s s and is killed", process.name(), STOPPED_WITHIN_S)
        process.kill()
    if child is not None:
        child.wait()


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask ``holds`` again and again; False if it never did within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_EVERY_S)
    return True


def running(pid: int, name: str | None, argument: str | None) -> psutil.Process | None:
    """Process ``pid`` if it is a ``name`` started with ``argument``, and not a dead child left unburied."""
    try:
        process = psutil.Process(pid)
        fits = name in {None, process.name()} and (argument is None or argument in process.cmdline())
        return process if fits and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def choose_port(path: Path, wanted: int | None) -> int:
    """The configured port, or the kept one while it is free, or a free one; kept so that URLs stay."""
    kept = int(path.read_text()) if path.exists() else None
    port = wanted or (kept if kept and is_port_free(kept) else free_port())
    path.write_text(str(port))
    return port


def kept_port(path: Path) -> int:
    """The port chosen last."""
    return int(path.read_text())


def kept_secret(path: Path) -> str:
    """A random password made once and kept, readable by us alone."""
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(PRIVATE_FILE)
    path.write_text(text, encoding="utf-8")
