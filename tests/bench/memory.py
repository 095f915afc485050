"""What every process holds in memory."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

MIB = 2**20
#: Words of a command line by which a process is known, the first that fits.
NAMES: Mapping[str, str] = {
    "language_server": "language server (Rasa)",
    "--actions": "action server",
    "bot web": "web",
    "bot worker": "worker (RQ)",
    "bot scheduler": "scheduler",
    "postgres": "PostgreSQL, all processes",
    "valkey": "Valkey",
}


def resident(stocks: Mapping[str, Path]) -> Mapping[str, float]:
    """MiB by part of the house, of all that this process has started; shared pages counted once.

    ``stocks`` are the folders of the stock Rasas by name.
    """
    names = {**{str(folder): name for name, folder in stocks.items()}, **NAMES}
    held: dict[str, float] = {}
    for process in psutil.Process().children(recursive=True):
        for name, mib in _held(process, names):
            held[name] = held.get(name, 0.0) + mib
    return held


def _held(process: psutil.Process, names: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    try:
        # The stock action server shows only in its environment whose it is.
        known_by = [process.environ().get("PYTHONPATH", ""), *process.cmdline()]
        mib = process.memory_full_info().pss / MIB
        family = [word for parent in process.parents()[:2] for word in parent.cmdline()]
    except psutil.Error:
        return
    name = _name(" ".join(known_by), names) or _name(" ".join(family), names)
    if name:
        yield name, mib


def _name(command: str, names: Mapping[str, str]) -> str:
    return next((name for words, name in names.items() if words in command), "")


def size_mib(path: Path) -> float:
    """MiB of a file or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size / MIB
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file()) / MIB
