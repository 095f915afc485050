"""When to answer and when to ask back: what each choice would have done on the dev part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.rasa_client import plain
from tests.evaluation.measures import Reading
from tests.evaluation.verdicts import ranking_of
from tests.nlu.training_examples import Example
from ticketing.domain.triage import CANDIDATES_SHOWN

THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)
MARGINS = (0.0, 0.05, 0.1, 0.15)
#: What asking back costs beside a wrong answer: who is asked back mostly finds the right button.
ASKING_COSTS = 0.6


@dataclass(frozen=True, slots=True)
class Choice:
    """One pair of thresholds and its consequences, in numbers of examples."""

    threshold: float
    margin: float
    right: int
    wrong: int
    asked: int
    #: Of those asked back, how many would have found what they meant among the buttons.
    offered: int

    @property
    def cost(self) -> float:
        """In wrong answers."""
        return self.wrong + ASKING_COSTS * self.asked


def choices(reading: Reading, examples: Sequence[Example]) -> Iterator[Choice]:
    """Every pair, measured."""
    parses = reading.parses([one.text for one in examples])
    rows = [(one.intent, ranking_of(parses[plain(one.text)])) for one in examples]
    for threshold in THRESHOLDS:
        for margin in MARGINS:
            yield _choice(threshold, margin, rows)


def _choice(threshold: float, margin: float, rows: Sequence[tuple[str, list[tuple[str, float]]]]) -> Choice:
    right = asked = offered = 0
    for intent, ranking in rows:
        (first, best), (_, second) = ranking[:2]
        if best < threshold or best - second < margin:
            asked += 1
            offered += intent in {name for name, _ in ranking[:CANDIDATES_SHOWN]}
        else:
            right += first == intent
    return Choice(threshold, margin, right, len(rows) - right - asked, asked, offered)
