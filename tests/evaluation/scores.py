"""Figures of a classifier, from pairs of the right label and the given one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: Width of one step of confidence in the calibration.
STEPS = 10


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Step:
    """The answers of one range of confidence."""

    count: int
    confidence: float
    right: float


type Pairs = Sequence[tuple[str, str]]


def accuracy(pairs: Pairs) -> float:
    """Share of the right ones; 0 when there are none."""
    return sum(right == given for right, given in pairs) / max(len(pairs), 1)


def per_class(pairs: Pairs) -> list[ClassScore]:
    """Every class that is right at least once, by name."""
    support, given = Counter(right for right, _ in pairs), Counter(answer for _, answer in pairs)
    hits = Counter(right for right, answer in pairs if right == answer)
    return [
        ClassScore(
            name=name,
            precision=hits[name] / max(given[name], 1),
            recall=hits[name] / support[name],
            f1=2 * hits[name] / (support[name] + given[name]),
            support=support[name],
        )
        for name in sorted(support)
    ]


def macro_f1(scores: Sequence[ClassScore]) -> float:
    """Mean F1, every class counting the same."""
    return sum(score.f1 for score in scores) / max(len(scores), 1)


def confusions(pairs: Pairs) -> list[tuple[str, str, int]]:
    """Right label, wrong answer and how often, the most frequent first."""
    cells = Counter((right, given) for right, given in pairs if right != given)
    ordered = sorted(cells.items(), key=lambda cell: (-cell[1], cell[0]))
    return [(right, given, count) for (right, given), count in ordered]


def calibration(answers: Iterable[tuple[float, bool]]) -> list[Step]:
    """Confidence against truth, by steps; empty steps are left out."""
    rows = list(answers)
    return [step for low in range(STEPS) if (step := _step(rows, low)) is not None]


def calibration_error(steps: Sequence[Step]) -> float:
    """Expected calibration error: mean distance of confidence and truth, weighted by count."""
    total = sum(step.count for step in steps)
    return sum(step.count * abs(step.confidence - step.right) for step in steps) / max(total, 1)


def percentile(values: Sequence[float], share: float) -> float:
    """Smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _step(rows: Sequence[tuple[float, bool]], low: int) -> Step | None:
    inside = list(_inside(rows, low))
    if not inside:
        return None
    count = len(inside)
    return Step(count, sum(row[0] for row in inside) / count, sum(row[1] for row in inside) / count)


def _inside(rows: Sequence[tuple[float, bool]], low: int) -> Iterator[tuple[float, bool]]:
    return (row for row in rows if min(int(row[0] * STEPS), STEPS - 1) == low)
