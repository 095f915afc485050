"""The language model on disk: which one fits the present data, and how it is trained and served.

The file name carries a fingerprint of everything the model is made from, so that a model that does not fit
is never loaded and one that fits is never trained again.
"""

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout

from bot.model_files import ENDING, fits, in_service, models_folder, put_in_service
from ticketing.domain.errors import TicketingError
from ticketing.server_process import tied_to_parent

ROOT = Path(__file__).resolve().parents[1]
#: Rasa needs Python 3.10 and lives in an environment of its own.
LANGUAGE_SERVER = ROOT / "bot" / "language_server"
PYTHON = LANGUAGE_SERVER / ".venv" / "bin" / "python"
_INPUTS = (
    "config.yml",
    "bot/dialogue",
    "bot/lexicon/entities.yml",
    "bot/lexicon/intents.yml",
    "bot/lexicon/readings.yml",
    "bot/lexicon/traditional.yml",
    "bot/nlu",
    "nlu_data",
    "bot/language_server/uv.lock",
)
_SUFFIXES = {".yml", ".py", ".txt", ".lock", ".npz"}
_FINGERPRINT_CHARACTERS = 12
_MODELS_KEPT = 3

#: Longer than any training takes, also on a slow and busy machine.
TRAINED_WITHIN_S = 3600

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a model is made from; paths are relative to ROOT."""

    domain: str = "bot/dialogue"
    data: tuple[str, ...] = ("nlu_data",)
    config: str = "config.yml"


SHIPPED = Recipe()


class TrainingFailed(TicketingError):
    """Rasa could not train; ``log`` is the file with its own words."""

    code: ClassVar[str] = "training_failed"


def fingerprint(root: Path = ROOT) -> str:
    """Hexadecimal digest of all inputs of the model, names and contents."""
    digest = hashlib.sha256()
    for path in _input_files(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_FINGERPRINT_CHARACTERS]


def model_path(home: Path) -> Path:
    """Where the model that fits the present data lies, or would lie, in the data folder ``home``."""
    return models_folder(home) / f"hotline-{fingerprint()}{ENDING}"


def ensure_model(home: Path, report: Report = print) -> Path:
    """The fitting model, trained now if there is none. Raises TrainingFailed.

    ``report`` is given short English sentences on what goes on. A model under training has another name:
    a run that was interrupted leaves nothing that looks finished. Of several processes one trains and the
    others wait for its model.
    """
    model = model_path(home)
    if not model.exists():
        model.parent.mkdir(parents=True, exist_ok=True)
        with _alone(model.parent, report):
            if not model.exists():
                _train_shipped(model, report)
    return model


@contextmanager
def _alone(folder: Path, report: Report) -> Iterator[None]:
    """No other process that asks for the same folder is inside; one that dies inside lets the next in."""
    lock = FileLock(folder / "training.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        report("waiting for the language model that another process trains")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _train_shipped(model: Path, report: Report) -> None:
    report("training the language model, some minutes the first time")
    started = time.monotonic()
    unfinished = model.with_name(f"unfinished-{os.getpid()}{ENDING}")
    train(SHIPPED, unfinished, model.parent / "training.log")
    unfinished.rename(model)
    _forget_old_models(model.parent)
    report(f"language model trained in {time.monotonic() - started:.0f} s")


def served_model(home: Path) -> Path:
    """The model that a language server on ``home`` starts with, or would: the published one while it fits."""
    shipped, chosen = model_path(home), in_service(home)
    return chosen if chosen is not None and fits(chosen, shipped) else shipped


def choose_model(home: Path, report: Report = print) -> Path:
    """Before the language server starts: the model it is to start with, and a shipped one to go back to.

    After an upgrade of what models are made from, that is the shipped one: nobody has measured another.
    """
    ensure_model(home, report)
    model = served_model(home)
    put_in_service(home, model)
    return model


def train(recipe: Recipe, unfinished: Path, log: Path, *, gives_way: bool = False) -> None:
    """Make the model ``unfinished``, a name that no model in use has; raises TrainingFailed.

    The trainer ends when this process does. One that ``gives_way`` lets others have the cores first.
    """
    command = (
        *tied_to_parent("KILL", None),
        *(("nice", "-n", "10") if gives_way else ()),
        # Forced: nothing trained before is kept, so looking for it by digests of all examples finds nothing.
        *(str(PYTHON), "-m", "rasa", "train", "--skip-validation", "--force", "--quiet"),
        *("--domain", recipe.domain, "--data", *recipe.data, "--config", recipe.config),
        *("--out", str(unfinished.parent.resolve())),
        *("--fixed-model-name", unfinished.name.removesuffix(ENDING)),
    )
    with log.open("wb") as output:
        try:
            # Our own program with our own arguments; no shell.
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=dict(training_environment(unfinished.parent)),
                stdout=output,
                stderr=output,
                timeout=TRAINED_WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TrainingFailed(log=str(log)) from None
    if done.returncode != 0:
        # Negative: killed by that signal, as by the system when memory runs out.
        raise TrainingFailed(log=str(log), exit=done.returncode)


def server_command(model: Path, *, port: int) -> tuple[str, ...]:
    """Command line of the language server; it listens on loopback only and starts in ROOT."""
    return (
        *(str(PYTHON), str(LANGUAGE_SERVER / "serve.py"), "run", "--enable-api"),
        *("--model", str(model), "--port", str(port), "--interface", "127.0.0.1"),
        *("--endpoints", str(LANGUAGE_SERVER / "endpoints.yml")),
        *("--credentials", str(LANGUAGE_SERVER / "credentials.yml")),
    )


def server_environment(home: Path, *, actions_url: str) -> Mapping[str, str]:
    """Environment of the language server: no telemetry, its own tracker file, no secret of ours."""
    return {
        **language_environment(),
        "ACTION_ENDPOINT_URL": actions_url,
        "HOTLINE_TRACKER_DB": str(home / "rasa_tracker.db"),
    }


def language_environment() -> Mapping[str, str]:
    """What every Rasa process needs, and of the present environment only what finds programs and folders."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        # Rasa would keep trained parts below the checkout and take them for fresh when our code changed.
        "RASA_MAX_CACHE_SIZE": "0",
        "RASA_CACHE_DIRECTORY": tempfile.gettempdir(),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # More threads than cores only spin; a message is too small a matrix for two.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        # One process: several share no memory, and Rasa is not the bottleneck.
        "SANIC_WORKERS": "1",
    }


def training_environment(folder: Path) -> Mapping[str, str]:
    """What a training needs: all cores, and ``folder``, for vectors of texts that stayed the same."""
    cores = str(os.cpu_count() or 1)
    return {
        **language_environment(),
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), cores),
        # Threads that wait for one another give their core away meanwhile: others want it.
        "OMP_WAIT_POLICY": "PASSIVE",
        "HOTLINE_VECTORS": str((folder / "vectors").resolve()),
    }


def _forget_old_models(folder: Path) -> None:
    """Keep the newest few shipped ones, so that going back to the data of before needs no training."""
    models = sorted(folder.glob(f"hotline-*{ENDING}"), key=lambda path: path.stat().st_mtime)
    for old in models[:-_MODELS_KEPT]:
        old.unlink(missing_ok=True)


def _input_files(root: Path) -> Iterator[Path]:
    for name in _INPUTS:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in files if file.is_file() and file.suffix in _SUFFIXES)
