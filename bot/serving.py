"""What the language server answers with is what people published: looked at, and put right."""

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.model_files import clear_workplace, forget_retrained, models_folder, put_in_service
from bot.training import model_path
from ticketing.bootstrap import Runtime
from ticketing.server_process import LOOPBACK, tied_to_parent
from ticketing.services.workshop import Workshop

#: bot/language_server/switching.py
MODEL = "/webhooks/hotline/model"
ASK_WITHIN_S = 2.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Serving:
    """What a language server says of its model; names are file names."""

    model: str
    #: Being loaded beside it.
    loading: str | None
    #: The last one that could not be loaded.
    refused: str | None


@dataclass(frozen=True, slots=True)
class ModelSwitch:
    """The language server at ``url``, as far as its model goes."""

    url: str

    def state(self) -> Serving | None:
        """What it answers with; None if it does not, or is none of ours."""
        try:
            answer = httpx.get(f"{self.url}{MODEL}", timeout=ASK_WITHIN_S, trust_env=False)
            told = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError):
            return None
        if not isinstance(told, dict) or not isinstance(told.get("model"), str):
            return None
        return Serving(told["model"], told.get("loading"), told.get("refused"))

    def load(self, model: Path) -> None:
        """Ask for another model; ``state`` tells when it answers. With the server away nothing happens."""
        try:
            body = {"model_file": str(model.resolve())}
            httpx.put(f"{self.url}{MODEL}", json=body, timeout=ASK_WITHIN_S, trust_env=False)
        except httpx.HTTPError as error:
            log.warning("the language server does not take another model: %s", type(error).__name__)


@dataclass(slots=True)
class ModelKeeper:
    """Sees to it that the published model answers and that a run that waits is carried out."""

    workshop: Workshop
    home: Path
    #: The model of what this version ships.
    shipped: Path
    switch: ModelSwitch
    #: Starts a process that carries out one run.
    start_trainer: Callable[[], subprocess.Popen[bytes]]
    _trainer: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Compare what is with what should be, and take the next step; never waits for anything long."""
        if not self.shipped.exists():
            # The language server is on another machine, and so is whoever looks after it.
            return
        serving = self.switch.state()
        wanted = self.workshop.look(shipped=self.shipped.name, serving=serving.model if serving else "")
        self._serve(models_folder(self.home) / wanted.model, serving)
        forget_retrained(self.home, wanted.kept)
        is_training = self._trainer is not None and self._trainer.poll() is None
        if wanted.has_order and not is_training:
            self._trainer = self.start_trainer()
        elif wanted.is_idle:
            clear_workplace(self.home)

    def _serve(self, wanted: Path, serving: Serving | None) -> None:
        if not wanted.exists():
            log.error("the published model %s is not on disk", wanted.name)
            self.workshop.lost(wanted.name)
        elif serving is None or serving.loading:
            return
        elif serving.model == wanted.name:
            # Only now: a model that cannot be loaded must not be what a restart begins with.
            put_in_service(self.home, wanted)
        elif serving.refused == wanted.name:
            self.workshop.cannot_load(wanted.name)
        else:
            log.info("the language server changes over to %s", wanted.name)
            self.switch.load(wanted)


def keeper_of(runtime: Runtime) -> ModelKeeper:
    """The keeper of a running house."""
    settings = runtime.settings
    return ModelKeeper(
        runtime.workshop,
        settings.home,
        model_path(settings.home),
        ModelSwitch(settings.rasa_url),
        start_trainer,
    )


def is_here(url: str) -> bool:
    """Whether a language server is on this machine, where models are trained and kept."""
    return urlsplit(url).hostname in {LOOPBACK, "localhost", "::1"}


def start_trainer() -> subprocess.Popen[bytes]:
    """A process of our own that carries out the run that waits; it ends with this one."""
    # Our own program with our own arguments; no shell.
    return subprocess.Popen([*tied_to_parent("TERM", None), sys.executable, "-m", "bot", "retrain"])
