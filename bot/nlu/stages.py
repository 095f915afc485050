"""A quick opinion on a message and its parts; a better one of the whole where the quick one is not sure."""

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
from bot.nlu.names import Question, probabilities

#: What each way of seeing weighs. Measured on held-out examples: half or twice as much of either is as good.
_NGRAMS = 1.0
_SENTENCE = 2.0
#: What the quick opinion still weighs beside the better one. Measured on held-out examples: 0.15 to 0.5 are
#: as good within a fifth of a percent, without it up to five of a thousand fewer are right.
_QUICK_SHARE = 0.25
#: Between these a better opinion on danger is asked for, however sure the intent is.
_DOUBTED = (0.1, 0.8)
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

    def put_first(self, other: Opinion) -> None:
        """Take the other's first text in place of one's own."""
        self.intents[0] = other.intents[0]
        self.aspects[0] = other.aspects[0]
        self.dangers[0] = other.dangers[0]
        self.emergencies[0] = other.emergencies[0]


@dataclass(frozen=True)
class Told:
    """Scores of intents and of aspects, a row per text, and of an emergency, a number each."""

    intents: Any
    aspects: Any
    emergencies: Any

    def of(self, places: Any) -> Told:
        """Of some of the texts."""
        return Told(self.intents[places], self.aspects[places], self.emergencies[places])

    def beside(self, other: Told, share: float) -> Told:
        """The mean of both, where the other counts ``share`` of this one."""

        def mean(own: Any, others: Any) -> Any:
            return (own + share * others) / (1 + share)

        return Told(
            mean(self.intents, other.intents),
            mean(self.aspects, other.aspects),
            mean(self.emergencies, other.emergencies),
        )


class _Scores(Protocol):
    """What has been learned about some names."""

    names: Any

    def scores(self, seen: Any) -> Any: ...


#: Learns the answers to all questions about the same texts.
_Learn = Callable[[Sequence[Question]], Sequence[_Scores]]


class Heads:
    """The intent, the aspect, the danger and its grade, from one way of seeing texts."""

    def __init__(self, learn: _Learn, lesson: Lesson, sharpness: float) -> None:
        """Learn all; the aspect only where one can be asked about, the grade only where there is danger."""
        self._sharpness = sharpness
        intent = Question(lesson.intents, range(len(lesson.texts)))
        aspect = Question(lesson.aspects, np.flatnonzero(lesson.asks).tolist())
        self.intent, self.aspect, *grades = learn([intent, aspect, *_graded(lesson)])
        self._grade = grades[0] if grades else None
        dangerous = {name for name, danger in zip(lesson.intents, lesson.dangers, strict=True) if danger}
        self._dangerous = np.array([name in dangerous for name in self.intent.names])

    def told(self, seen: Any) -> Told:
        """What they make of new texts, a row each."""
        return Told(self.intent.scores(seen), self.aspect.scores(seen), self._emergencies(seen))

    def opinion(self, told: Told) -> Opinion:
        """The same as probabilities."""
        return Opinion(
            probabilities(told.intents, self._sharpness),
            probabilities(told.aspects, self._sharpness),
            # The scores of all intents at risk together are the regression of "somebody is at risk" itself.
            np.clip(told.intents[:, self._dangerous].sum(axis=1), 0.0, 1.0),
            np.clip(told.emergencies, 0.0, 1.0),
        )

    def _emergencies(self, seen: Any) -> Any:
        if self._grade is None:
            return np.zeros(seen.shape[0], dtype=np.float32)
        return self._grade.scores(seen)[:, list(self._grade.names).index(_EMERGENCY)]


def _graded(lesson: Lesson) -> list[Question]:
    """The question of the grade, if there are two to learn."""
    graded = [index for index, grade in enumerate(lesson.grades) if grade]
    known = {lesson.grades[index] for index in graded}
    return [Question(lesson.grades, graded)] if len(known) >= _GRADES_MIN else []


class Judgement:
    """Both opinions as one."""

    def __init__(self, lesson: Lesson, config: dict[str, Any]) -> None:
        """Learn the lesson as the configuration says; see config.yml."""
        self._sure = float(config["sure"])
        self._ngrams = Ngrams().fit(lesson.texts)
        rows = self._ngrams.rows(lesson.texts)
        self._quick = Heads(
            lambda questions: [LinearRegression.fitted(rows, one) for one in questions],
            lesson,
            config["sharpness"],
        )
        self._better: _Better | None = None
        if config["encoder"] != "none":
            self._better = _Better(rows, lesson, config)

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
        self._quick.told(rows)
        if self._better is not None:
            self._better.told(texts, rows)

    def of(self, texts: Sequence[str]) -> Opinion:
        """The opinion on every normalised text; the first is a whole message, the others are its parts.

        Parts have the quick one alone: the better reading of the whole decides whether they count, and the
        encoder is most of the time. Of 10,000 held-out messages as many are right as if all parts were read.
        """
        rows = self._ngrams.rows(texts)
        quick = self._quick.told(rows)
        opinion = self._quick.opinion(quick)
        if self._better is not None and self._is_unsure(opinion):
            better = self._better.told(texts[:1], rows[:1]).beside(quick.of(slice(1)), _QUICK_SHARE)
            opinion.put_first(self._quick.opinion(better))
        return opinion

    def _is_unsure(self, opinion: Opinion) -> bool:
        low, high = _DOUBTED
        return bool(low < opinion.dangers[0] < high or opinion.intents[0].max() < self._sure)


class _Better:
    """By likeness to all examples, in n-grams and as sentences."""

    def __init__(self, rows: Any, lesson: Lesson, config: dict[str, Any]) -> None:
        self._encoder = str(config["encoder"])
        reader = encoder(self._encoder)
        vectors = kept_vectors(reader.name, lesson.texts, reader.vectors)
        # These vectors all point one way; what tells them apart is how they differ from their mean.
        self._mean = vectors.mean(axis=0)
        seen = [rows, unit(vectors - self._mean)]
        self._examples = Examples([View(seen[0], _NGRAMS), View(seen[1], _SENTENCE)])
        self._heads = Heads(
            lambda questions: self._examples.regressions(seen, questions), lesson, config["sharpness"]
        )

    def told(self, texts: Sequence[str], rows: Any) -> Told:
        seen = [rows, unit(encoder(self._encoder).vectors(texts) - self._mean)]
        return self._heads.told(self._examples.likeness(seen))
