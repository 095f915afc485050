"""Tables of training runs and of the model that answers."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record


class TrainingRunRecord(Record):
    """Somebody asked for a new model; what became of it. Never deleted."""

    __tablename__ = "training_runs"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(server_default=sql("'queued'"))
    #: 1 while it is queued or running, so that there is one at a time.
    place: Mapped[int | None] = mapped_column(server_default=sql("1"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    phase: Mapped[str] = mapped_column(server_default=sql("'waiting'"))
    percent: Mapped[int] = mapped_column(server_default=sql("0"))
    started_at: Mapped[datetime | None]
    #: The last sign of life of whoever trains.
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: How long the training alone took: what the next run's progress is reckoned by.
    train_seconds: Mapped[int | None]
    base: Mapped[str] = mapped_column(server_default=sql("''"))
    model: Mapped[str] = mapped_column(server_default=sql("''"))
    compared_with: Mapped[str] = mapped_column(server_default=sql("''"))
    examples_used: Mapped[int] = mapped_column(server_default=sql("0"))
    examples_left_out: Mapped[int] = mapped_column(server_default=sql("0"))
    comparison: Mapped[Json | None]
    fault: Mapped[str] = mapped_column(server_default=sql("''"))
    #: The trainer's last words, without any that could be a resident's.
    log_tail: Mapped[str] = mapped_column(server_default=sql("''"))
    published_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    taken_back_at: Mapped[datetime | None]
    #: False once its model was deleted from disk.
    kept: Mapped[bool] = mapped_column(server_default=sql("true"))

    __table_args__ = (
        CheckConstraint(
            "state in ('queued', 'running', 'scored', 'published', 'failed', 'rolled_back')", name="state"
        ),
        CheckConstraint("percent between 0 and 100", name="percent"),
        # One at a time, also when two people press at once.
        CheckConstraint("(state in ('queued', 'running')) = (place is not null)", name="place"),
        CheckConstraint("place = 1", name="one_place"),
        Index("uq_training_runs_place", "place", unique=True, postgresql_where=sql("place is not null")),
        # Nothing is published that was not measured, nor by nobody.
        CheckConstraint(
            "state not in ('scored', 'published', 'rolled_back')"
            " or (comparison is not null and model <> '' and compared_with <> '')",
            name="measured",
        ),
        CheckConstraint(
            "state not in ('published', 'rolled_back')"
            " or (published_by is not null and published_at is not null)",
            name="published",
        ),
        # Whoever finds fewer people at risk is never let loose on residents.
        CheckConstraint(
            "state <> 'published' or (comparison #>> '{raised,after}')::int >="
            " (comparison #>> '{raised,before}')::int",
            name="no_fewer_raised",
        ),
    )


class LanguageModelRecord(Record):
    """One row: which model the language server was last seen with, and which one this version ships."""

    __tablename__ = "language_models"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shipped: Mapped[str] = mapped_column(server_default=sql("''"))
    #: Empty: it does not answer.
    serving: Mapped[str] = mapped_column(server_default=sql("''"))
    seen_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
