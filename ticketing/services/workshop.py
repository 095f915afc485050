"""What the processes that train and serve the model read and write down; nobody of staff asks for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketing.domain.training import Comparison, Phase, RunState, comparison_data
from ticketing.services.model_desk import wanted
from ticketing.services.office import Office
from ticketing.storage.training_tables import TrainingRunRecord
from ticketing.storage.unit_of_work import Work

#: Who trains gives a sign of life every few seconds; after this long without one it is dead.
SILENT_AFTER = timedelta(seconds=60)
#: A trainer that was started this long ago and has not begun cannot run at all.
BEGUN_WITHIN = timedelta(minutes=15)
#: Seen things that do not change are written down this often.
NOTED_EVERY = timedelta(seconds=30)
#: The published models kept on disk, the one in service among them: so often can be gone back.
PUBLISHED_KEPT = 3
#: What a first training is expected to take; later ones what the last one took.
USUAL_TRAIN_SECONDS = 150
LOG_CHARACTERS_MAX = 4000
INTERRUPTED = "interrupted"
NOT_BEGUN = "not_begun"
DOES_NOT_LOAD = "does_not_load"


@dataclass(frozen=True, slots=True)
class Order:
    """A run to be carried out now."""

    run_id: int
    #: File names: of the model to make, and of the one to measure it against.
    model: str
    compared_with: str
    expected_seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run that got to its end."""

    comparison: Comparison
    examples_used: int
    examples_left_out: int
    train_seconds: int
    log_tail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be so."""

    #: File name of the model that is to answer.
    model: str
    #: Whether a run waits for somebody to carry it out.
    has_order: bool
    #: Whether no run is under way.
    is_idle: bool
    #: Models of runs that must stay on disk; nobody will ask for any other again.
    kept: frozenset[str]


class Workshop:
    """Use cases of trainer and scheduler."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def look(self, *, shipped: str, serving: str) -> Wanted:
        """Write down what is seen, give up runs that fell silent, and tell what should be so."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            _note(work, now, shipped=shipped, serving=serving)
            for record in work.training.silent(now - SILENT_AFTER):
                self._end(record, INTERRUPTED)
            for record in work.training.unbegun(now - BEGUN_WITHIN):
                self._end(record, NOT_BEGUN)
            kept = _kept(work, shipped)
            work.training.forget_models(sorted(kept))
            under_way = work.training.under_way()
            return Wanted(
                model=wanted(work, shipped),
                has_order=under_way is RunState.QUEUED,
                is_idle=under_way is None,
                kept=kept,
            )

    def take_order(self, shipped: str) -> Order | None:
        """Begin the run that waits; None if none does."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = work.training.next_queued()
            if record is None:
                return None
            record.state, record.phase = RunState.RUNNING, Phase.PREPARING
            record.started_at = record.beat_at = now
            record.base, record.compared_with = shipped, wanted(work, shipped)
            record.model = retrained(shipped, record.id)
            return Order(
                run_id=record.id,
                model=record.model,
                compared_with=record.compared_with,
                expected_seconds=work.training.last_train_seconds() or USUAL_TRAIN_SECONDS,
            )

    def beat(self, run_id: int, phase: Phase, percent: int) -> bool:
        """Give a sign of life; False: the run was given up meanwhile, stop."""
        with self._office.transaction() as work:
            return work.training.beat(run_id, phase, percent, self._office.clock.now())

    def finish(self, run_id: int, outcome: Outcome) -> bool:
        """Let people look at what came of a run; False if it was given up meanwhile."""
        with self._office.transaction() as work:
            record = work.training.locked(run_id)
            if record is None or record.state != RunState.RUNNING:
                return False
            record.state, record.place, record.ended_at = RunState.SCORED, None, self._office.clock.now()
            record.phase, record.percent = Phase.DONE, 100
            record.comparison = comparison_data(outcome.comparison)
            record.examples_used, record.examples_left_out = outcome.examples_used, outcome.examples_left_out
            record.train_seconds = outcome.train_seconds
            record.log_tail = outcome.log_tail[-LOG_CHARACTERS_MAX:]
            return True

    def fail(self, run_id: int, fault: str, log_tail: str = "") -> None:
        """Write down why a run came to nothing."""
        with self._office.transaction() as work:
            record = work.training.locked(run_id)
            if record is not None and record.state == RunState.RUNNING:
                self._end(record, fault)
                record.log_tail = log_tail[-LOG_CHARACTERS_MAX:]

    def cannot_load(self, model: str) -> None:
        """Take a model out of service that the language server could not load; the one before answers on."""
        with self._office.transaction() as work:
            seen = work.training.seen_locked()
            for record in work.training.published(seen.shipped):
                if record.model == model:
                    self._end(record, DOES_NOT_LOAD)

    def lost(self, model: str) -> None:
        """Note that a published model is not on disk; the one before answers."""
        with self._office.transaction() as work:
            seen = work.training.seen_locked()
            for record in work.training.published(seen.shipped):
                if record.model == model:
                    record.kept = False

    def _end(self, record: TrainingRunRecord, fault: str) -> None:
        record.state, record.place, record.fault = RunState.FAILED, None, fault
        record.ended_at = self._office.clock.now()


def retrained(shipped: str, run_id: int) -> str:
    """File name of a run's model; it tells what was shipped when it was trained.

    >>> retrained("hotline-fbaa3961c306.tar.gz", 7)
    'retrained-fbaa3961c306-7.tar.gz'
    """
    stem, _, ending = shipped.removeprefix("hotline-").partition(".")
    return f"retrained-{stem}-{run_id}.{ending}"


def _note(work: Work, now: datetime, *, shipped: str, serving: str) -> None:
    """A look that sees nothing new is written down now and then only."""
    seen = work.training.seen_locked()
    is_fresh = seen.seen_at is not None and now - seen.seen_at < NOTED_EVERY
    if not is_fresh or (seen.shipped, seen.serving) != (shipped, serving):
        seen.shipped, seen.serving, seen.seen_at = shipped, serving, now


def _kept(work: Work, shipped: str) -> frozenset[str]:
    """What is or may come into service: also of a version before, to which one may go back."""
    published = [*work.training.published(shipped)[:PUBLISHED_KEPT], *work.training.published()[:1]]
    return frozenset(record.model for record in (*published, *work.training.awaited()[:2]))
