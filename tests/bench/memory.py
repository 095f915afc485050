"""What every process holds in memory."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

MIB = 2**20
#: Words of a command line by which a process is known, the first that fits.
NAMES: Mapping[str, str] = {
    "stock": "stock Rasa",
    "language_server": "language server (Rasa)",
    "rasa_sdk": "action server",
    "bot web": "web",
    "bot worker": "worker (RQ)",
    "bot scheduler": "scheduler",
    "postgres": "PostgreSQL, all processes",
    "valkey": "Valkey",
}


def resident(stock: Path) -> Mapping[str, float]:
    """MiB by part of the house, of all that this process has started; shared pages counted once.

    ``stock`` is the folder of the stock Rasa.
    """
    held: dict[str, float] = {}
    for process in psutil.Process().children(recursive=True):
        for name, mib in _held(process, stock):
            held[name] = held.get(name, 0.0) + mib
    return held


def _held(process: psutil.Process, stock: Path) -> Iterator[tuple[str, float]]:
    try:
        command = " ".join(process.cmdline())
        mib = process.memory_full_info().pss / MIB
        family = " ".join(" ".join(parent.cmdline()) for parent in process.parents()[:2])
    except psutil.Error:
        return
    name = _name(command, str(stock)) or _name(family, str(stock))
    if name:
        yield name, mib


def _name(command: str, stock: str) -> str:
    if stock in command:
        return NAMES["stock"]
    return next((name for words, name in NAMES.items() if words in command), "")


def size_mib(path: Path) -> float:
    """MiB of a file or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size / MIB
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file()) / MIB
