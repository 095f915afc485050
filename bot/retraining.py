"""One run of training: from the editors' examples to a model that was measured against the one that answers.

It runs in a process of its own at a low priority, so that a run of minutes delays no resident and no
notice; whatever ends that process, the run is found and given up when it falls silent.
"""

import logging
import os
import re
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import ClassVar

import yaml

from bot import safety_net, training
from bot.model_files import models_folder, workplace
from bot.scoring import HELD_OUT, Part, held_out, verdicts, without
from bot.servers import language_server
from bot.serving import ModelSwitch
from ticketing.bootstrap import Runtime
from ticketing.domain.editor_examples import EditorExample
from ticketing.domain.errors import StorageUnavailable, TicketingError
from ticketing.domain.training import Comparison, Phase, Verdict, compared
from ticketing.domain.vocabulary import Risk
from ticketing.server_process import wait_until
from ticketing.services.workshop import INTERRUPTED, Order, Outcome

#: A tenth of the processor beside whoever answers residents. The lowest, 19, starves on a busy machine.
NICENESS = 10
BEAT_EVERY_S = 3.0
LOADED_WITHIN_S = 240.0
LOG_LINES_KEPT = 40
#: Per cent of the whole at which each phase begins.
FROM = {Phase.PREPARING: 1, Phase.TRAINING: 3, Phase.LOADING: 70, Phase.SCORING: 75, Phase.DONE: 99}
#: Anything but ASCII may be what somebody said; long numbers may be somebody's; paths help nobody.
_SAID = re.compile(r"[^\x00-\x7f]+|\d{5,}|/[^\s'\":]+/")

log = logging.getLogger(__name__)


class RunGivenUp(TicketingError):
    """Somebody else has written this run off; it must leave nothing behind."""

    code: ClassVar[str] = INTERRUPTED


class ModelMissing(TicketingError):
    """The model to measure against is not on disk."""

    code: ClassVar[str] = "model_missing"


class ModelRefused(TicketingError):
    """The new model cannot be loaded."""

    code: ClassVar[str] = "does_not_load"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is trained on besides the editors' examples, and what is measured by."""

    recipe: training.Recipe = training.SHIPPED
    held_out: Path = HELD_OUT
    niceness: int = NICENESS


THE_SETTING = Setting()


@dataclass(slots=True)
class Progress:
    """How far a run is; told by a thread of its own, so that a long step looks alive too."""

    runtime: Runtime
    order: Order
    is_given_up: bool = False
    _phase: Phase = Phase.PREPARING
    _percent: int = FROM[Phase.PREPARING]
    _since_s: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)

    def at(self, phase: Phase, share: float = 0.0) -> None:
        """Go on to a phase, or to a share of it; raises RunGivenUp."""
        if self.is_given_up:
            raise RunGivenUp
        if phase is not self._phase:
            self._since_s = time.monotonic()
        self._phase, self._percent = phase, _percent(phase, share)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Give signs of life inside."""
        thread = threading.Thread(target=self._tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    def _tell(self) -> None:
        while not self._done.wait(BEAT_EVERY_S):
            try:
                if not self.runtime.workshop.beat(self.order.run_id, self._phase, self._now()):
                    self.is_given_up = True
            except StorageUnavailable:
                log.warning("the database is away; the run goes on")

    def _now(self) -> int:
        """Rasa does not say how far it is: reckoned by the time that the last training took."""
        if self._phase is not Phase.TRAINING:
            return self._percent
        share = (time.monotonic() - self._since_s) / max(self.order.expected_seconds, 1)
        return _percent(Phase.TRAINING, min(share, 0.98))


def retrain(runtime: Runtime, setting: Setting = THE_SETTING) -> bool:
    """Carry out the run that waits; False if none does. What goes wrong is written down with the run."""
    order = runtime.workshop.take_order(training.model_path(runtime.settings.home).name)
    if order is None:
        return False
    run = _Run(runtime, order, setting)
    try:
        run.carry_out()
    except TicketingError as error:
        log.error("run %s came to nothing: %s", order.run_id, error)  # noqa: TRY400 - no texts
        run.give_up(error.code)
    except BaseException:
        # Told to stop, or an error of ours: nothing half made is left, and people are told.
        run.give_up(INTERRUPTED)
        raise
    return True


def run_once(runtime: Runtime, setting: Setting = THE_SETTING) -> None:
    """Be the process that carries out one run."""
    os.nice(setting.niceness)
    signal.signal(signal.SIGTERM, _leave)
    retrain(runtime, setting)


class _Run:
    """One order being carried out."""

    def __init__(self, runtime: Runtime, order: Order, setting: Setting) -> None:
        self._runtime = runtime
        self._order = order
        self._setting = setting
        self._progress = Progress(runtime, order)
        folder = models_folder(runtime.settings.home)
        self._model = folder / order.model
        self._before = folder / order.compared_with
        self._journal = folder / "retraining.log"

    def carry_out(self) -> None:
        """Train, measure, and hand over; raises TicketingError."""
        given = self._runtime.learning.examples_of_editors()
        used = usable(given)
        if not self._before.exists():
            raise ModelMissing(model=self._before.name)
        part = without(held_out(self._setting.held_out), [one.text for one in used])
        with self._progress.told(), workplace(self._runtime.settings.home) as folder:
            unfinished = folder / self._model.name
            seconds = self._train(used, unfinished)
            comparison = self._measure(part, unfinished)
            unfinished.rename(self._model)
        outcome = Outcome(
            comparison=comparison,
            examples_used=len(used),
            examples_left_out=len(given) - len(used),
            train_seconds=seconds,
            log_tail=tail_of(self._journal),
        )
        if not self._runtime.workshop.finish(self._order.run_id, outcome):
            raise RunGivenUp

    def give_up(self, fault: str) -> None:
        """Leave nothing half made, and say why."""
        self._model.unlink(missing_ok=True)
        self._runtime.workshop.fail(self._order.run_id, fault, tail_of(self._journal))

    def _train(self, used: Sequence[EditorExample], unfinished: Path) -> int:
        """Make the unfinished model; seconds."""
        self._progress.at(Phase.TRAINING)
        started, recipe = time.monotonic(), self._setting.recipe
        if used:
            file = unfinished.with_name("editors.yml")
            file.write_text(training_file(used), encoding="utf-8")
            recipe = replace(recipe, data=(*recipe.data, str(file)))
        # The house is open meanwhile: residents come first.
        training.train(recipe, unfinished, self._journal, gives_way=True)
        return round(time.monotonic() - started)

    def _measure(self, part: Part, unfinished: Path) -> Comparison:
        """One language server of our own reads the messages with the old model, then with the new one."""
        self._progress.at(Phase.LOADING)
        with language_server(self._before, unfinished.parent) as url:
            before = self._read(url, part, begin=0.0)
            switch = ModelSwitch(url)
            switch.load(unfinished)
            if not wait_until(lambda: self._is_loaded(switch), LOADED_WITHIN_S):
                raise ModelRefused(model=self._model.name)
            after = self._read(url, part, begin=0.5)
        self._progress.at(Phase.DONE)
        return compared(part.messages, before, after, omitted=part.omitted)

    def _read(self, url: str, part: Part, *, begin: float) -> list[Verdict]:
        def told(done: int) -> None:
            self._progress.at(Phase.SCORING, begin + 0.5 * done / len(part.messages))

        return verdicts(url, part.messages, told)

    def _is_loaded(self, switch: ModelSwitch) -> bool:
        state = switch.state()
        if state is not None and state.refused is not None:
            raise ModelRefused(model=self._model.name)
        return state is not None and state.model == self._model.name


def usable(given: Sequence[EditorExample]) -> list[EditorExample]:
    """Without those in which the safety net sees danger: no model is taught that they are mere questions."""
    return [one for one in given if safety_net.scan(one.text).risk is Risk.NONE]


def training_file(examples: Sequence[EditorExample]) -> str:
    """The examples as Rasa reads them, each topic and aspect by itself."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for one in examples:
        groups.setdefault((one.topic, one.aspect), []).append(f"- {one.text}\n")
    blocks = [
        {
            "intent": topic,
            **({"metadata": {"aspect": aspect}} if aspect else {}),
            "examples": "".join(lines),
        }
        for (topic, aspect), lines in groups.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False)


def tail_of(journal: Path) -> str:
    """The trainer's last words without any that could be a resident's."""
    if not journal.exists():
        return ""
    lines = journal.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(_SAID.sub("…", line) for line in lines[-LOG_LINES_KEPT:] if line.strip())


def _percent(phase: Phase, share: float) -> int:
    """A share of a phase in hundredths of the whole run."""
    following = [start for start in FROM.values() if start > FROM[phase]]
    return int(FROM[phase] + share * (min(following, default=FROM[phase]) - FROM[phase]))


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit
