"""Training runs and the model that answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, select, update
from sqlalchemy import true as sql_true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ticketing.domain.data_rows import row
from ticketing.domain.training import Phase, RunState, TrainingRun, comparison_of
from ticketing.storage.tables import StaffRecord
from ticketing.storage.training_tables import LanguageModelRecord, TrainingRunRecord

_Asker = aliased(StaffRecord)
_Publisher = aliased(StaffRecord)
_Taker = aliased(StaffRecord)
#: The newest one of these is in service, as far as it was trained on what this version ships.
_IN_SERVICE = (TrainingRunRecord.state == RunState.PUBLISHED, TrainingRunRecord.kept.is_(True))


class TrainingRuns:
    """Reads and writes runs inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def ask(self, by: int, now: datetime) -> int | None:
        """Write down that somebody wants a new model; its id, or None while another run is under way."""
        made = insert(TrainingRunRecord).values(asked_by=by, asked_at=now)
        return self._session.scalar(made.on_conflict_do_nothing().returning(TrainingRunRecord.id))

    def next_queued(self) -> TrainingRunRecord | None:
        """The run that waits, locked; None if there is none or somebody else is just taking it."""
        return self._session.scalar(
            select(TrainingRunRecord)
            .where(TrainingRunRecord.state == "queued")
            .with_for_update(skip_locked=True)
        )

    def locked(self, run_id: int) -> TrainingRunRecord | None:
        """One run, locked until the transaction ends."""
        return self._session.scalar(
            select(TrainingRunRecord)
            .where(TrainingRunRecord.id == run_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def beat(self, run_id: int, phase: Phase, percent: int, now: datetime) -> bool:
        """Write a sign of life; False if the run does not run any more: whoever works on it must stop."""
        done = self._session.execute(
            update(TrainingRunRecord)
            .where(TrainingRunRecord.id == run_id, TrainingRunRecord.state == "running")
            .values(phase=phase, percent=percent, beat_at=now)
            .returning(TrainingRunRecord.id)
        )
        return done.first() is not None

    def silent(self, since: datetime) -> Sequence[TrainingRunRecord]:
        """Runs that gave no sign of life since an instant, locked."""
        return self._session.scalars(
            select(TrainingRunRecord)
            .where(TrainingRunRecord.state == "running", TrainingRunRecord.beat_at < since)
            .with_for_update(skip_locked=True)
        ).all()

    def unbegun(self, since: datetime) -> Sequence[TrainingRunRecord]:
        """Runs that wait since before an instant, locked."""
        return self._session.scalars(
            select(TrainingRunRecord)
            .where(TrainingRunRecord.state == "queued", TrainingRunRecord.asked_at < since)
            .with_for_update(skip_locked=True)
        ).all()

    def under_way(self) -> RunState | None:
        """Whether a run is queued, or running, or none is."""
        state = self._session.scalar(
            select(TrainingRunRecord.state).where(TrainingRunRecord.place.is_not(None))
        )
        return None if state is None else RunState(state)

    def published(self, base: str | None = None) -> Sequence[TrainingRunRecord]:
        """Runs that are or could again be in service, newest first; with ``base``, those that fit it."""
        fits = sql_true() if base is None else TrainingRunRecord.base == base
        return self._session.scalars(
            select(TrainingRunRecord)
            .where(*_IN_SERVICE, fits)
            .order_by(TrainingRunRecord.published_at.desc(), TrainingRunRecord.id.desc())
        ).all()

    def awaited(self) -> Sequence[TrainingRunRecord]:
        """Runs that are under way or wait to be published, newest first."""
        return self._session.scalars(
            select(TrainingRunRecord)
            .where(TrainingRunRecord.state.in_(["queued", "running", "scored"]))
            .order_by(TrainingRunRecord.id.desc())
        ).all()

    def forget_models(self, kept: Sequence[str]) -> None:
        """Note that the models of all runs but these are not on disk any more."""
        self._session.execute(
            update(TrainingRunRecord)
            .where(
                TrainingRunRecord.model != "",
                TrainingRunRecord.model.not_in(kept),
                TrainingRunRecord.kept.is_(True),
            )
            .values(kept=False)
        )

    def last_train_seconds(self) -> int | None:
        """How long the training of the newest run that got so far took."""
        return self._session.scalar(
            select(TrainingRunRecord.train_seconds)
            .where(TrainingRunRecord.train_seconds.is_not(None))
            .order_by(TrainingRunRecord.id.desc())
            .limit(1)
        )

    def view(self, run_id: int) -> TrainingRun | None:
        """One run as people see it."""
        found = self._session.execute(_views(TrainingRunRecord.id == run_id)).one_or_none()
        return None if found is None else _view(found)

    def newest(self, limit: int) -> tuple[TrainingRun, ...]:
        """The newest runs, newest first."""
        rows = self._session.execute(_views().order_by(TrainingRunRecord.id.desc()).limit(limit))
        return tuple(_view(found) for found in rows)

    def seen(self) -> LanguageModelRecord:
        """What the language server was last seen with."""
        return self._session.scalars(select(LanguageModelRecord)).one()

    def seen_locked(self) -> LanguageModelRecord:
        """The same, locked, so that of two decisions about models one is the second."""
        return self._session.scalars(select(LanguageModelRecord).with_for_update()).one()


def _views(
    *conditions: ColumnElement[bool],
) -> Select[TrainingRunRecord, str, str, str]:
    return (
        select(TrainingRunRecord, _Asker.name, _Publisher.name, _Taker.name)
        .join(_Asker, _Asker.id == TrainingRunRecord.asked_by)
        .join(_Publisher, _Publisher.id == TrainingRunRecord.published_by, isouter=True)
        .join(_Taker, _Taker.id == TrainingRunRecord.taken_back_by, isouter=True)
        .where(*conditions)
    )


def _view(found: Row[TrainingRunRecord, str, str, str]) -> TrainingRun:
    record, asker, publisher, taker = found
    measured = record.comparison
    return TrainingRun(
        id=record.id,
        state=RunState(record.state),
        asked_by=asker,
        asked_at=record.asked_at,
        phase=Phase(record.phase),
        percent=record.percent,
        started_at=record.started_at,
        ended_at=record.ended_at,
        base=record.base,
        model=record.model,
        compared_with=record.compared_with,
        examples_used=record.examples_used,
        examples_left_out=record.examples_left_out,
        comparison=None if measured is None else comparison_of(row(measured, f"training_runs {record.id}")),
        fault=record.fault,
        log_tail=record.log_tail,
        published_by=publisher or "",
        published_at=record.published_at,
        taken_back_by=taker or "",
        taken_back_at=record.taken_back_at,
        is_kept=record.kept,
    )
