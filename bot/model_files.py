"""Models on disk: where they lie, which one the language server starts with, which ones go.

The one to start with is a link, changed in one step, so that a language server that was restarted, for
whatever reason, answers with what was published last.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

ENDING = ".tar.gz"
#: Names of models of runs: ``retrained-<fingerprint of what was shipped>-<number of the run>.tar.gz``.
RETRAINED = "retrained-"
SHIPPED = "hotline-"
OWNER_ONLY = 0o700
_LINK = f"in-service{ENDING}"


def models_folder(home: Path) -> Path:
    """Where all models of the data folder ``home`` lie."""
    return home / "models"


def link_in_service(home: Path) -> Path:
    """What the language server is started with."""
    return models_folder(home) / _LINK


def in_service(home: Path) -> Path | None:
    """The model the link leads to; None if it leads nowhere."""
    link = link_in_service(home)
    return link.resolve() if link.exists() else None


def put_in_service(home: Path, model: Path) -> None:
    """Let the link lead to ``model``; whoever looks sees the old one or the new one, never none."""
    if in_service(home) == model.resolve():
        return
    fresh = models_folder(home) / f".{_LINK}-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    # Relative, so that a data folder may be moved.
    fresh.symlink_to(model.name)
    fresh.replace(link_in_service(home))


@contextmanager
def workplace(home: Path) -> Iterator[Path]:
    """A folder for one run, for its owner alone; nothing of it is left, nor of a run that was killed."""
    clear_workplace(home)
    folder = _workplace(home)
    folder.mkdir(mode=OWNER_ONLY, parents=True)
    try:
        yield folder
    finally:
        clear_workplace(home)


def clear_workplace(home: Path) -> None:
    """Delete what a run that was killed left: what residents asked may be in it."""
    shutil.rmtree(_workplace(home), ignore_errors=True)


def fits(model: Path, shipped: Path) -> bool:
    """Whether ``model`` is ``shipped``, or was trained on the same and on what editors gave besides."""
    fingerprint = shipped.name.removeprefix(SHIPPED).removesuffix(ENDING)
    return model.name == shipped.name or model.name.startswith(f"{RETRAINED}{fingerprint}-")


def forget_retrained(home: Path, kept: Collection[str]) -> None:
    """Delete the models of all runs but ``kept``, and the one in service however that is."""
    used = in_service(home)
    for model in models_folder(home).glob(f"{RETRAINED}*{ENDING}"):
        if model.name not in kept and model.resolve() != used:
            model.unlink(missing_ok=True)


def _workplace(home: Path) -> Path:
    return models_folder(home) / "under-way"
