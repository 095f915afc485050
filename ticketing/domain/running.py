"""Clocks that were set: each keeps the length and the rule it had, whatever the rules say later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ticketing.domain.deadlines import (
    PAUSABLE,
    ClockName,
    ClockRule,
    SetClock,
    extended,
)
from ticketing.domain.spans import Pause, ReckoningStep, Span, WorkTime, reckon_surely


@dataclass(frozen=True, slots=True)
class Running:
    """One clock as it was set."""

    name: ClockName
    span: Span
    started_at: datetime
    rule: str
    basis: str
    source: str

    @classmethod
    def of(cls, rule: ClockRule, name: ClockName, started_at: datetime) -> "Running":
        """The clock as the rule has it today."""
        return cls(name, rule.span(name), started_at, rule.name, rule.basis, rule.source)

    def reckoned(
        self, worktime: WorkTime, *, pauses: Sequence[Pause] = (), more: Sequence[Span] = ()
    ) -> SetClock:
        """When it ends, with pauses taken out and every approved extension added in its order."""
        taken_out = pauses if self.name in PAUSABLE else ()
        reckoning, version = reckon_surely(self.span, self.started_at, worktime, taken_out)
        clock = SetClock(
            self.name, self.span, self.started_at, reckoning, self.rule, self.basis, self.source, version
        )
        for span in more:
            clock = extended(clock, span, worktime, pauses=taken_out)
        return clock


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock as the ticket's page explains it."""

    name: ClockName
    span: Span
    started_at: datetime
    #: None while a pause is open.
    due_at: datetime | None
    #: When what it waits for happened; None while it runs.
    met_at: datetime | None
    basis: str
    source: str
    calendar_version: str
    steps: tuple[ReckoningStep, ...]


@dataclass(frozen=True, slots=True)
class PauseView:
    """One stretch in which the resident's clocks stand still."""

    from_at: datetime
    to_at: datetime | None
    reason: str
    by: str
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """More time asked for, and what a second person said to it."""

    id: int
    clock: ClockName
    more: Span
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    approved: bool | None
    decision: str


@dataclass(frozen=True, slots=True)
class TimeSheet:
    """All that is known about the clocks of one ticket."""

    clocks: tuple[ClockView, ...]
    pauses: tuple[PauseView, ...]
    extensions: tuple[ExtensionView, ...]

    @property
    def is_paused(self) -> bool:
        """Whether the resident's clocks stand still now."""
        return any(pause.to_at is None for pause in self.pauses)
