"""What people decide about the language model: train anew, look at the measures, publish, take back."""

from dataclasses import dataclass
from datetime import datetime

from ticketing.domain.errors import NotPermitted
from ticketing.domain.staff import Actor
from ticketing.domain.training import RunState, TrainingRun
from ticketing.domain.training_errors import (
    ComparisonOutdated,
    DropsNotSeen,
    FewerRaised,
    ModelsElsewhere,
    NotInService,
    RunNotFound,
    RunNotReady,
    RunUnderWay,
)
from ticketing.services.office import Office
from ticketing.storage.training_tables import TrainingRunRecord
from ticketing.storage.unit_of_work import Work

TRAIN = "train_model"
RUNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ModelsNow:
    """How it stands with the language model."""

    #: File name of the model this version ships; empty before the house was first up.
    shipped: str
    #: File name of the model that is to answer.
    wanted: str
    #: File name of the one that was last seen to answer; empty when the language server does not.
    serving: str
    seen_at: datetime | None
    #: Newest first.
    runs: tuple[TrainingRun, ...]

    @property
    def under_way(self) -> TrainingRun | None:
        """The run that is queued or running."""
        return next((run for run in self.runs if run.is_under_way), None)

    @property
    def in_service(self) -> TrainingRun | None:
        """The published run whose model is to answer; None: the shipped one is."""
        return next((run for run in self.runs if run.model == self.wanted and self.wanted), None)

    @property
    def outlived(self) -> TrainingRun | None:
        """The run that was in service until an upgrade changed what a model is trained on."""
        if self.in_service is not None:
            return None
        published = (run for run in self.runs if run.state is RunState.PUBLISHED)
        return next((run for run in published if self.shipped and run.base != self.shipped), None)

    def is_outdated(self, run: TrainingRun) -> bool:
        """Whether a run's measures do not count any more: they were taken against another model."""
        is_waiting = run.state is RunState.SCORED
        return is_waiting and not _is_fit(run, shipped=self.shipped, current=self.wanted)


class ModelDesk:
    """Use cases of whoever keeps the model up."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def now(self, actor: Actor) -> ModelsNow:
        """Models and runs, newest first."""
        self._check(actor)
        with self._office.transaction() as work:
            seen = work.training.seen()
            return ModelsNow(
                shipped=seen.shipped,
                wanted=wanted(work, seen.shipped),
                serving=seen.serving,
                seen_at=seen.seen_at,
                runs=work.training.newest(RUNS_SHOWN),
            )

    def run(self, actor: Actor, run_id: int) -> TrainingRun:
        """One run; raises RunNotFound."""
        self._check(actor)
        with self._office.transaction() as work:
            return _found(work, run_id)

    def fallback(self, actor: Actor) -> str:
        """File name of the model that would answer if the one in service were taken back."""
        self._check(actor)
        with self._office.transaction() as work:
            shipped = work.training.seen().shipped
            others = work.training.published(shipped)[1:]
            return others[0].model if others else shipped

    def start(self, actor: Actor) -> int:
        """Ask for a new model; the run's id. Raises RunUnderWay or ModelsElsewhere."""
        self._check(actor)
        with self._office.transaction() as work:
            if not work.training.seen().shipped:
                raise ModelsElsewhere
            run_id = work.training.ask(actor.id, self._office.clock.now())
            if run_id is None:
                raise RunUnderWay
            return run_id

    def publish(self, actor: Actor, run_id: int, *, has_seen_drops: bool) -> None:
        """Let the run's model answer residents; the language server changes over within seconds.

        Raises FewerRaised whatever the person says, DropsNotSeen if he has not said that he saw what got
        worse, ComparisonOutdated, RunNotReady or RunNotFound.
        """
        self._check(actor)
        with self._office.transaction() as work:
            # Locks: of two people one decides second, and sees what the first decided.
            shipped = work.training.seen_locked().shipped
            record, run = _locked(work, run_id), _found(work, run_id)
            _refuse_unfit(run, shipped=shipped, current=wanted(work, shipped))
            _refuse_worse(run, has_seen_drops=has_seen_drops)
            record.state = RunState.PUBLISHED
            record.published_by, record.published_at = actor.id, self._office.clock.now()

    def take_back(self, actor: Actor, run_id: int) -> None:
        """Let the model of before answer again. Raises NotInService or RunNotFound."""
        self._check(actor)
        with self._office.transaction() as work:
            shipped = work.training.seen_locked().shipped
            record = _locked(work, run_id)
            if record.state != RunState.PUBLISHED or record.model != wanted(work, shipped):
                raise NotInService
            record.state = RunState.ROLLED_BACK
            record.taken_back_by, record.taken_back_at = actor.id, self._office.clock.now()

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, TRAIN, None):
            raise NotPermitted(permission=TRAIN)


def wanted(work: Work, shipped: str) -> str:
    """The model that is to answer: the newest published one that fits the shipped one, else that."""
    published = work.training.published(shipped)
    return published[0].model if published else shipped


def _found(work: Work, run_id: int) -> TrainingRun:
    run = work.training.view(run_id)
    if run is None:
        raise RunNotFound
    return run


def _locked(work: Work, run_id: int) -> TrainingRunRecord:
    record = work.training.locked(run_id)
    if record is None:
        raise RunNotFound
    return record


def _refuse_unfit(run: TrainingRun, *, shipped: str, current: str) -> None:
    if run.state is not RunState.SCORED:
        raise RunNotReady
    if not _is_fit(run, shipped=shipped, current=current):
        raise ComparisonOutdated


def _is_fit(run: TrainingRun, *, shipped: str, current: str) -> bool:
    return run.base == shipped and run.compared_with == current and run.is_kept


def _refuse_worse(run: TrainingRun, *, has_seen_drops: bool) -> None:
    measured = run.comparison
    if measured is None:
        raise RunNotReady
    if measured.is_blocked:
        raise FewerRaised(before=measured.raised.before, after=measured.raised.after)
    if measured.needs_consent and not has_seen_drops:
        raise DropsNotSeen
