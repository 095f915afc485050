"""Our pipeline beside stock Rasa's: the same few examples to learn from, the same texts to read.

Ours has the encoder as its package ships it: the shipped adapter has learned from the whole train part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.evaluation.data import Data
from tests.evaluation.laboratory import STOCK, Laboratory
from tests.evaluation.measures import Reading, latency, macro, outside_guesses
from tests.evaluation.outside import Outside
from tests.evaluation.robustness import Noise, robustness
from tests.evaluation.scores import accuracy, calibration, calibration_error
from tests.evaluation.split import capped

#: DIET learns from all examples in 25 minutes and more on two cores, so both learn from this many of each.
EXAMPLES_PER_CLASS = 10


@dataclass(frozen=True, slots=True)
class Rival:
    """One pipeline's figures."""

    name: str
    accuracy: float
    macro_f1: float
    calibration_error: float
    #: Wrong answers to the real questions, by the likeliest intent.
    errors: int
    median_ms: float
    tail_ms: float
    training_seconds: float
    noises: Sequence[Noise]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both, and what they learned from."""

    learned: int
    ours: Rival
    stock: Rival

    @property
    def rivals(self) -> tuple[Rival, Rival]:
        """Ours first."""
        return self.ours, self.stock


def compare(laboratory: Laboratory, data: Data, outside: Outside) -> Comparison:
    """Train both and let both read everything."""
    few = capped(data.train, EXAMPLES_PER_CLASS)
    configurations = (laboratory.plain_configuration(), STOCK)
    ours, stock = (Reading(laboratory, laboratory.trained(config, few)) for config in configurations)
    return Comparison(
        learned=len(few),
        ours=_rival("this project", ours, data, outside),
        stock=_rival("stock Rasa", stock, data, outside),
    )


def _rival(name: str, reading: Reading, data: Data, outside: Outside) -> Rival:
    pairs, times = reading.pairs(data.reported), latency(reading, data.test)
    return Rival(
        name=name,
        accuracy=accuracy(pairs),
        macro_f1=macro(pairs),
        calibration_error=calibration_error(calibration(reading.answers(data.test))),
        errors=sum(right != given for right, given in outside_guesses(reading, outside)),
        median_ms=times.median,
        tail_ms=times.tail,
        training_seconds=reading.model.training_seconds,
        noises=robustness(reading, data.reported),
    )
