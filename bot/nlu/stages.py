"""A quick opinion on every text, and a better one, by a larger encoder, where the quick one is not sure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.encoders import encoder, unit
from bot.nlu.features import Ngrams
from bot.nlu.kept_vectors import kept_vectors
from bot.nlu.likeness import Examples, Regression, View, among

#: What each way of seeing weighs. Measured on held-out examples: half or twice as much of any is as good.
_NGRAMS = 1.0
_QUICK = 1.0
_BETTER = 2.0
#: Between these a second opinion on danger is asked for, however sure the intent is.
_CALM = 0.1
_DANGEROUS = 0.8
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


class Heads:
    """The intent, the aspect, the danger and its grade, by likeness to the same examples."""

    def __init__(self, table: Any, lesson: Lesson, sharpness: float) -> None:
        """Learn all; the aspect only where one can be asked about, the grade only where there is danger.

        ``table`` is the likeness of the lesson's texts to one another, and is used up.
        """
        self._sharpness = sharpness
        asking = np.flatnonzero(lesson.asks)
        self.aspect = Regression.fitted(table, lesson.aspects, asking)
        self._grade = _graded(table, lesson)
        # Last, since it uses the table up.
        self.intent = Regression.fitted(table, lesson.intents, range(len(lesson.texts)))
        dangerous = {intent for intent, danger in zip(lesson.intents, lesson.dangers, strict=True) if danger}
        self._dangerous = np.array([name in dangerous for name in self.intent.names])

    def opinion(self, likeness: Any) -> Opinion:
        """What they make of new texts, by their likeness to every example."""
        # The scores of all intents at risk together are the regression of "somebody is at risk" itself.
        danger = self.intent.scores(likeness)[:, self._dangerous].sum(axis=1)
        return Opinion(
            self.intent.probabilities(likeness, self._sharpness),
            self.aspect.probabilities(likeness, self._sharpness),
            np.clip(danger, 0.0, 1.0),
            self._emergencies(likeness),
        )

    def _emergencies(self, likeness: Any) -> Any:
        if self._grade is None:
            return np.zeros(likeness.shape[0], dtype=np.float32)
        scores = self._grade.scores(likeness)
        return np.clip(scores[:, list(self._grade.names).index(_EMERGENCY)], 0.0, 1.0)


def _graded(table: Any, lesson: Lesson) -> Regression | None:
    graded = [index for index, grade in enumerate(lesson.grades) if grade]
    known = {lesson.grades[index] for index in graded}
    if len(known) < _GRADES_MIN:
        return None
    return Regression.fitted(table, lesson.grades, graded)


def _all_vectors(name: str, texts: Sequence[str]) -> Any:
    """Of all training texts: on every core, and kept for the next training."""
    learned = encoder(name, threads=os.cpu_count() or 1)
    return kept_vectors(learned.name, texts, learned.vectors)


class Judgement:
    """Both opinions as one."""

    def __init__(self, lesson: Lesson, config: dict[str, Any]) -> None:
        """Learn the lesson as the configuration says; see config.yml."""
        self._quick = str(config["encoder"])
        self._better = str(config["second_encoder"])
        self._sure = float(config["sure"])
        self._ngrams = Ngrams().fit(lesson.texts)
        self._mean: Any = None
        views = [View(self._ngrams.rows(lesson.texts), _NGRAMS)]
        if self._quick != "none":
            views.append(View(_all_vectors(self._quick, lesson.texts), _QUICK))
        quick = len(views)
        if self._better != "none":
            vectors = _all_vectors(self._better, lesson.texts)
            # These vectors all point one way; what tells them apart is how they differ from their mean.
            self._mean = vectors.mean(axis=0)
            views.append(View(unit(vectors - self._mean), _BETTER))
        self._examples = Examples(views)
        rows = [view.rows for view in views]
        self._first = Heads(among(self._examples, rows[:quick]), lesson, config["sharpness"])
        self._second: Heads | None = None
        if self._better != "none":
            self._second = Heads(among(self._examples, rows), lesson, config["sharpness"])

    @property
    def intent_names(self) -> Any:
        """Names of the columns of ``Opinion.intents``."""
        return self._first.intent.names

    @property
    def aspect_names(self) -> Any:
        """Names of the columns of ``Opinion.aspects``."""
        return self._first.aspect.names

    def warm(self) -> None:
        """Read one sentence with everything there is, so that the first resident need not wait for it."""
        texts = ["warm"]
        products = self._quick_products(texts)
        self._first.opinion(self._examples.likeness(products))
        self._again(texts, products)

    def of(self, texts: Sequence[str]) -> Opinion:
        """The opinion on every normalised text; the first is a whole message, the others are its parts.

        A part is read again only if danger is in doubt: what it is about matters little, and the better
        encoder is most of the time. Of 1,837 topics and categories nobody trained on it cost one.
        """
        products = self._quick_products(texts)
        first = self._first.opinion(self._examples.likeness(products))
        doubtful = (first.dangers > _CALM) & (first.dangers < _DANGEROUS)
        doubtful[0] |= first.intents[0].max() < self._sure
        unsure = np.flatnonzero(doubtful).tolist()
        if not unsure:
            return first
        better = self._again([texts[index] for index in unsure], [seen[unsure] for seen in products])
        if better is not None:
            first.intents[unsure] = better.intents
            first.aspects[unsure] = better.aspects
            first.dangers[unsure] = better.dangers
            first.emergencies[unsure] = better.emergencies
        return first

    def _again(self, texts: Sequence[str], products: Sequence[Any]) -> Opinion | None:
        """A better opinion; ``products`` are those of the quick views."""
        if self._second is None:
            return None
        vectors = unit(encoder(self._better).vectors(texts) - self._mean)
        product = self._examples.product(len(products), vectors)
        return self._second.opinion(self._examples.likeness([*products, product]))

    def _quick_products(self, texts: Sequence[str]) -> list[Any]:
        products = [self._examples.product(0, self._ngrams.rows(texts))]
        if self._quick != "none":
            vectors = encoder(self._quick).vectors(texts)
            products.append(self._examples.product(len(products), vectors))
        return products
