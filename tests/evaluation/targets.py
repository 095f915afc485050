"""What was asked for, beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.evaluation.comparison import Comparison
from tests.evaluation.measures import (
    Reading,
    at_risk,
    macro,
    raised,
)
from tests.evaluation.outside import Outside
from tests.evaluation.scores import accuracy
from tests.nlu.training_examples import Example

ACCURACY_MIN = 92.0
MACRO_F1_MIN = 0.88
ERROR_RATIO_MAX = 0.5
RECALL_MIN = 99.0
FALSE_ALARMS_MAX = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the list."""

    what: str
    wanted: str
    measured: str
    met: bool


def own_targets(ours: Reading, reported: list[Example], test: list[Example]) -> Iterator[Target]:
    """Those of the own test part."""
    pairs, dangerous = ours.pairs(reported), at_risk(test)
    reached, mean = 100 * accuracy(pairs), macro(pairs)
    recall = raised(ours.verdicts([one.text for one in dangerous])).percent
    yield Target(
        "topics and categories right, test",
        f"≥ {ACCURACY_MIN:.0f} %",
        f"{reached:.1f} %",
        reached >= ACCURACY_MIN,
    )
    yield Target("macro-F1, test", f"≥ {MACRO_F1_MIN}", f"{mean:.3f}", mean >= MACRO_F1_MIN)
    yield Target(
        "people at risk raised, test", f"≥ {RECALL_MIN:.0f} %", f"{recall:.1f} %", recall >= RECALL_MIN
    )


def outside_targets(ours: Reading, outside: Outside, comparison: Comparison | None) -> Iterator[Target]:
    """Those of the real messages; none where these are absent."""
    if outside.messages:
        alarms = raised(ours.verdicts(outside.messages)).percent
        yield Target(
            "false alarms, real messages without risk",
            f"≤ {FALSE_ALARMS_MAX:.0f} %",
            f"{alarms:.1f} %",
            alarms <= FALSE_ALARMS_MAX,
        )
    if outside.questions and comparison is not None:
        ratio = comparison.ours.errors / max(comparison.stock.errors, 1)
        yield Target(
            "errors on real questions, as a part of stock Rasa's",
            f"≤ {ERROR_RATIO_MAX}",
            f"{ratio:.2f}",
            ratio <= ERROR_RATIO_MAX,
        )
