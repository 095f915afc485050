"""What is left of the accuracy when people write differently."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.evaluation.measures import Reading
from tests.evaluation.noise import CHANGES
from tests.evaluation.scores import accuracy
from tests.nlu.training_examples import Example

#: Each way of writing is tried on every so many of the test examples.
NOISE_EVERY = 3


@dataclass(frozen=True, slots=True)
class Noise:
    """How one way of writing changes the accuracy."""

    name: str
    accuracy: float


def robustness(reading: Reading, examples: Sequence[Example]) -> list[Noise]:
    """Accuracy on the same examples, written differently."""
    some = examples[::NOISE_EVERY]
    written = [Noise("as written", accuracy(reading.pairs(some)))]
    return written + [
        Noise(name, accuracy(reading.pairs(_changed(some, change)))) for name, change in CHANGES.items()
    ]


def _changed(examples: Sequence[Example], change: Callable[[str], str]) -> list[Example]:
    return [Example(one.intent, one.aspect, change(one.text)) for one in examples]
