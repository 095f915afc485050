"""Retraining the language model: states of a run, and two models measured against each other."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketing.domain.data_rows import Row

#: So many changed messages are kept with a run, the gravest first; how many there were is kept beside them.
CHANGES_KEPT = 200


class RunState(StrEnum):
    """What has become of a run."""

    #: Asked for; nobody works on it yet.
    QUEUED = "queued"
    RUNNING = "running"
    #: Trained and measured; waits for somebody who looks at the measures.
    SCORED = "scored"
    PUBLISHED = "published"
    FAILED = "failed"
    #: Was published and taken back.
    ROLLED_BACK = "rolled_back"


#: In these states a run is under way, and no second one may be.
UNDER_WAY = frozenset({RunState.QUEUED, RunState.RUNNING})


class Phase(StrEnum):
    """What a run does now."""

    WAITING = "waiting"
    PREPARING = "preparing"
    TRAINING = "training"
    LOADING = "loading"
    SCORING = "scoring"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A message no model learns from, with what is right about it."""

    text: str
    #: Category before topic before talk.
    label: str
    is_at_risk: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the assistant makes of a message with one model: label, and whether it calls a person."""

    label: str
    is_raised: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """So many of ``total`` before, so many after."""

    before: int
    after: int
    total: int

    @property
    def change(self) -> int:
        """How many more."""
        return self.after - self.before

    def percent(self, count: int) -> float:
        """``count`` in hundredths of the total, one decimal; 0 of nothing is 0."""
        return round(100 * count / max(self.total, 1), 1)


@dataclass(frozen=True, slots=True)
class Change:
    """A held-out message that the two models take differently."""

    message: HeldOut
    before: Verdict
    after: Verdict

    @property
    def is_lost(self) -> bool:
        """Somebody at risk for whom a person was called, and would be no longer."""
        return self.message.is_at_risk and self.before.is_raised and not self.after.is_raised

    @property
    def is_worse(self) -> bool:
        """Right before and wrong now."""
        return self.is_lost or self._fit(self.after) < self._fit(self.before)

    @property
    def is_better(self) -> bool:
        """Wrong before and right now."""
        return not self.is_lost and self._fit(self.after) > self._fit(self.before)

    def _fit(self, verdict: Verdict) -> int:
        is_right_raise = verdict.is_raised == self.message.is_at_risk
        return int(verdict.label == self.message.label) + int(is_right_raise)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same held-out messages."""

    #: Messages whose matter is named rightly.
    understood: Measure
    #: Messages of people at risk for which a person is called.
    raised: Measure
    #: Messages of nobody at risk for which a person is called.
    false_alarms: Measure
    #: Label → messages of it named rightly.
    classes: Mapping[str, Measure]
    #: Gravest first, at most CHANGES_KEPT.
    changes: tuple[Change, ...]
    changed: int
    #: Messages left out, because an editor's example teaches them word for word.
    omitted: int = 0

    @property
    def is_blocked(self) -> bool:
        """Fewer people at risk would be found: never to be published, whatever else is better."""
        return self.raised.change < 0

    @property
    def lost(self) -> tuple[Change, ...]:
        """People at risk for whom nobody would be called any more, however many others are found instead."""
        return tuple(change for change in self.changes if change.is_lost)

    @property
    def worse_classes(self) -> tuple[tuple[str, Measure], ...]:
        """Labels of which fewer messages are understood, worst first."""
        dropped = [(name, measure) for name, measure in self.classes.items() if measure.change < 0]
        return tuple(sorted(dropped, key=_by_drop))

    @property
    def needs_consent(self) -> bool:
        """Whether anything got worse, so that somebody must say that he saw it."""
        is_lower = self.understood.change < 0 or self.false_alarms.change > 0
        return is_lower or bool(self.lost) or bool(self.worse_classes)


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One run as people see it."""

    id: int
    state: RunState
    asked_by: str
    asked_at: datetime
    phase: Phase
    percent: int
    started_at: datetime | None
    ended_at: datetime | None
    #: File name of the shipped model whose data this run trained on; empty before it started.
    base: str
    #: File name of its own model; empty until there is one.
    model: str
    #: File name of the model it was measured against.
    compared_with: str
    examples_used: int
    examples_left_out: int
    comparison: Comparison | None
    #: Code of what went wrong; its sentence is ``model.fault_<code>``.
    fault: str
    log_tail: str
    published_by: str
    published_at: datetime | None
    taken_back_by: str
    taken_back_at: datetime | None
    #: Whether its model still lies on disk.
    is_kept: bool

    @property
    def is_under_way(self) -> bool:
        """Whether it is queued or running."""
        return self.state in UNDER_WAY


def compared(
    messages: Sequence[HeldOut], before: Sequence[Verdict], after: Sequence[Verdict], *, omitted: int = 0
) -> Comparison:
    """Measure two models' verdicts on ``messages``, which are in the same order."""
    changes = [
        Change(message, old, new)
        for message, old, new in zip(messages, before, after, strict=True)
        if old != new
    ]
    totals = Counter(message.label for message in messages)
    right = [_right(messages, verdicts) for verdicts in (before, after)]
    return Comparison(
        understood=Measure(right[0].total(), right[1].total(), len(messages)),
        raised=_raised(messages, before, after, at_risk=True),
        false_alarms=_raised(messages, before, after, at_risk=False),
        classes={name: Measure(right[0][name], right[1][name], totals[name]) for name in sorted(totals)},
        changes=tuple(sorted(changes, key=_gravity)[:CHANGES_KEPT]),
        changed=len(changes),
        omitted=omitted,
    )


def comparison_data(comparison: Comparison) -> dict[str, object]:
    """For a JSON column; ``comparison_of`` reads it."""
    return {
        "understood": _triple(comparison.understood),
        "raised": _triple(comparison.raised),
        "false_alarms": _triple(comparison.false_alarms),
        "classes": {name: _triple(measure) for name, measure in comparison.classes.items()},
        "changes": [_change_data(change) for change in comparison.changes],
        "changed": comparison.changed,
        "omitted": comparison.omitted,
    }


def comparison_of(data: Row) -> Comparison:
    """What ``comparison_data`` wrote."""
    return Comparison(
        understood=_measure(data.row("understood")),
        raised=_measure(data.row("raised")),
        false_alarms=_measure(data.row("false_alarms")),
        classes={name: _measure(one) for name, one in data.named_rows("classes").items()},
        changes=tuple(_change(one) for one in data.rows("changes")),
        changed=data.number("changed"),
        omitted=data.number("omitted"),
    )


def _right(messages: Sequence[HeldOut], verdicts: Sequence[Verdict]) -> Counter[str]:
    pairs = zip(messages, verdicts, strict=True)
    return Counter(message.label for message, verdict in pairs if verdict.label == message.label)


def _raised(
    messages: Sequence[HeldOut], before: Sequence[Verdict], after: Sequence[Verdict], *, at_risk: bool
) -> Measure:
    rows = [
        (old.is_raised, new.is_raised)
        for message, old, new in zip(messages, before, after, strict=True)
        if message.is_at_risk is at_risk
    ]
    return Measure(_count(old for old, _ in rows), _count(new for _, new in rows), len(rows))


def _count(flags: Iterable[bool]) -> int:
    return sum(flags)


def _by_drop(row: tuple[str, Measure]) -> tuple[int, str]:
    return row[1].change, row[0]


def _gravity(change: Change) -> tuple[bool, bool, bool]:
    """Lost people first, then false alarms and what got worse, what got better last."""
    return not change.is_lost, not change.is_worse, change.is_better


def _triple(measure: Measure) -> dict[str, int]:
    return {"before": measure.before, "after": measure.after, "total": measure.total}


def _measure(data: Row) -> Measure:
    return Measure(data.number("before"), data.number("after"), data.number("total"))


def _change_data(change: Change) -> dict[str, object]:
    return {
        "text": change.message.text,
        "label": change.message.label,
        "at_risk": change.message.is_at_risk,
        "before": change.before.label,
        "raised_before": change.before.is_raised,
        "after": change.after.label,
        "raised_after": change.after.is_raised,
    }


def _change(data: Row) -> Change:
    return Change(
        HeldOut(data.text("text"), data.text("label"), data.flag("at_risk")),
        Verdict(data.text("before"), data.flag("raised_before")),
        Verdict(data.text("after"), data.flag("raised_after")),
    )
