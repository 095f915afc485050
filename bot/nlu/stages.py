"""A quick opinion on every text, and a better one, by a sentence encoder, where the quick one is not sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bot.nlu.encoders import encoder, unit
from bot.nlu.features import Ngrams
from bot.nlu.kept_vectors import kept_vectors
from bot.nlu.likeness import Examples, View
from bot.nlu.linear import LinearRegression
from bot.nlu.names import probabilities

#: What each way of seeing weighs. Measured on held-out examples: half or twice as much of either is as good.
_NGRAMS = 1.0
_SENTENCE = 2.0
#: Between these a better opinion on danger is asked for, however sure the intent is: of a whole message, and
#: of a part of it.
_DOUBTED = (0.1, 0.8)
_DOUBTED_PART = (0.3, 0.7)
#: The grade that wakes people at night.
_EMERGENCY = "emergency"
#: A text is no emergency if there are no examples to learn it from.
_GRADES_MIN = 2


@dataclass(frozen=True)
class Lesson:
    """Training texts, normalised, with their labels.

    ``asks`` marks those that teach the aspect, ``dangers`` those of somebody at risk, whose grade is in
    ``grades``; the others' is empty.
    """

    texts: Sequence[str]
    intents: Sequence[str]
    aspects: Sequence[str]
    asks: Sequence[bool]
    dangers: Sequence[bool]
    grades: Sequence[str]


@dataclass(frozen=True)
class Opinion:
    """Probabilities of intents and of aspects, a row per text; of danger and of its grade, a number each."""

    intents: Any
    aspects: Any
    dangers: Any
    emergencies: Any


class _Scores(Protocol):
    """What has been learned about some names."""

    names: Any

    def scores(self, seen: Any) -> Any: ...


#: Learns labels of the examples in the given places.
_Learn = Callable[[Sequence[str], Sequence[int]], _Scores]


class Heads:
    """The intent, the aspect, the danger and its grade, from one way of seeing texts."""

    def __init__(self, learn: _Learn, lesson: Lesson, sharpness: float) -> None:
        """Learn all; the aspect only where one can be asked about, the grade only where there is danger."""
        self._sharpness = sharpness
        self.aspect = learn(lesson.aspects, np.flatnonzero(lesson.asks).tolist())
        self._grade = _graded(learn, lesson)
        self.intent = learn(lesson.intents, range(len(lesson.texts)))
        dangerous = {intent for intent, danger in zip(lesson.intents, lesson.dangers, strict=True) if danger}
        self._dangerous = np.array([name in dangerous for name in self.intent.names])

    def opinion(self, seen: Any) -> Opinion:
        """What they make of new texts, a row each."""
        intents = self.intent.scores(seen)
        return Opinion(
            probabilities(intents, self._sharpness),
            probabilities(self.aspect.scores(seen), self._sharpness),
            # The scores of all intents at risk together are the regression of "somebody is at risk" itself.
            np.clip(intents[:, self._dangerous].sum(axis=1), 0.0, 1.0),
            self._emergencies(seen),
        )

    def _emergencies(self, seen: Any) -> Any:
        if self._grade is None:
            return np.zeros(seen.shape[0], dtype=np.float32)
        scores = self._grade.scores(seen)
        return np.clip(scores[:, list(self._grade.names).index(_EMERGENCY)], 0.0, 1.0)


def _graded(learn: _Learn, lesson: Lesson) -> _Scores | None:
    graded = [index for index, grade in enumerate(lesson.grades) if grade]
    known = {lesson.grades[index] for index in graded}
    return learn(lesson.grades, graded) if len(known) >= _GRADES_MIN else None


class Judgement:
    """Both opinions as one."""

    def __init__(self, lesson: Lesson, config: dict[str, Any]) -> None:
        """Learn the lesson as the configuration says; see config.yml."""
        self._sure = float(config["sure"])
        self._ngrams = Ngrams().fit(lesson.texts)
        rows = self._ngrams.rows(lesson.texts)
        self._quick = Heads(
            lambda labels, chosen: LinearRegression.fitted(rows, labels, chosen), lesson, config["sharpness"]
        )
        self._better: _Better | None = None
        if config["encoder"] != "none":
            self._better = _Better(rows, lesson, config["sharpness"])

    @property
    def intent_names(self) -> Any:
        """Names of the columns of ``Opinion.intents``."""
        return self._quick.intent.names

    @property
    def aspect_names(self) -> Any:
        """Names of the columns of ``Opinion.aspects``."""
        return self._quick.aspect.names

    def warm(self) -> None:
        """Read one sentence with everything there is, so that the first resident need not wait for it."""
        texts = ["warm"]
        rows = self._ngrams.rows(texts)
        self._quick.opinion(rows)
        if self._better is not None:
            self._better.opinion(texts, rows)

    def of(self, texts: Sequence[str]) -> Opinion:
        """The opinion on every normalised text; the first is a whole message, the others are its parts.

        A part is read again only if danger is in doubt: what it is about matters little, and the encoder is
        most of the time. Of 5,300 messages nobody trained on, as many are right as if all parts were read.
        """
        rows = self._ngrams.rows(texts)
        first = self._quick.opinion(rows)
        unsure = self._unsure(first)
        if self._better is None or not unsure:
            return first
        better = self._better.opinion([texts[index] for index in unsure], rows[unsure])
        first.intents[unsure] = better.intents
        first.aspects[unsure] = better.aspects
        first.dangers[unsure] = better.dangers
        first.emergencies[unsure] = better.emergencies
        return first

    def _unsure(self, first: Opinion) -> list[int]:
        low, high = _DOUBTED_PART
        doubted = (first.dangers > low) & (first.dangers < high)
        low, high = _DOUBTED
        doubted[0] = low < first.dangers[0] < high or first.intents[0].max() < self._sure
        return list(map(int, np.flatnonzero(doubted)))


class _Better:
    """By likeness to all examples, in n-grams and as sentences."""

    def __init__(self, rows: Any, lesson: Lesson, sharpness: float) -> None:
        vectors = kept_vectors(encoder().name, lesson.texts, encoder().vectors)
        # These vectors all point one way; what tells them apart is how they differ from their mean.
        self._mean = vectors.mean(axis=0)
        seen = [rows, unit(vectors - self._mean)]
        self._examples = Examples([View(seen[0], _NGRAMS), View(seen[1], _SENTENCE)])
        self._heads = Heads(
            lambda labels, chosen: self._examples.regression(seen, labels, chosen), lesson, sharpness
        )

    def opinion(self, texts: Sequence[str], rows: Any) -> Opinion:
        seen = [rows, unit(encoder().vectors(texts) - self._mean)]
        return self._heads.opinion(self._examples.likeness(seen))
