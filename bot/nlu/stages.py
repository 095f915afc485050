"""A quick opinion on every text, and a better one, by a larger encoder, where the quick one is not sure."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.nlu.encoders import encoder, unit
from bot.nlu.features import Features
from bot.nlu.heads import LinearHead, NearestExamples, ScreenHead

#: What the nearest examples' vote weighs beside the linear classifier; 0.5 and 1 are as good.
_VOTE = 0.75
#: Between these a second opinion on danger is asked for, however sure the intent is.
_CALM = 0.15
_DANGEROUS = 0.85


@dataclass(frozen=True)
class Learning:
    """How the heads learn; see config.yml."""

    C: float
    sharpness: float


@dataclass(frozen=True)
class Lesson:
    """Training texts, normalised, with their labels.

    ``asks`` marks those that teach the aspect, ``dangers`` those of somebody at risk.
    """

    texts: Sequence[str]
    intents: Sequence[str]
    aspects: Sequence[str]
    asks: Sequence[bool]
    dangers: Sequence[bool]


@dataclass(frozen=True)
class Opinion:
    """Probabilities of intents and of aspects, a row per text, and of danger, a number per text."""

    intents: Any
    aspects: Any
    dangers: Any


class Heads:
    """The intent, the aspect and the danger on the same rows."""

    def __init__(self, rows: csr_matrix, lesson: Lesson, how: Learning) -> None:
        """Learn all; the aspect only where one can be asked about, or its absence means something."""
        asking = [index for index, asks in enumerate(lesson.asks) if asks]
        aspects = [lesson.aspects[index] for index in asking]
        self.intent = LinearHead.fitted(rows, lesson.intents, C=how.C, sharpness=how.sharpness)
        self.aspect = LinearHead.fitted(rows[asking], aspects, C=how.C, sharpness=how.sharpness)
        self._danger = ScreenHead.fitted(rows, lesson.dangers, C=how.C)
        dangerous = {intent for intent, danger in zip(lesson.intents, lesson.dangers, strict=True) if danger}
        self._dangerous = np.array([name in dangerous for name in self.intent.names])

    def opinion(self, rows: csr_matrix) -> Opinion:
        """What they make of the rows."""
        intents = self.intent.probabilities(rows)
        return Opinion(intents, self.aspect.probabilities(rows), self.danger(rows, intents))

    def danger(self, rows: csr_matrix, intents: Any) -> Any:
        """Mean of what the intents at risk have together and of a screen that knows only danger or none.

        Measured on held-out examples and real letters: each alone raises up to ten times as many of the
        letters at the same recall.
        """
        return (intents[:, self._dangerous].sum(axis=1) + self._danger.probabilities(rows)) / 2


class SecondOpinion:
    """Heads that see a better embedding too, and the examples nearest by it."""

    def __init__(self, name: str, rows: csr_matrix, lesson: Lesson, how: Learning) -> None:
        """Learn with the encoder of that name; ``rows`` are the quick features of the lesson."""
        self._name = name
        vectors = encoder(name, threads=os.cpu_count() or 1).vectors(lesson.texts)
        # These vectors all point one way; what tells them apart is how they differ from their mean.
        self._mean = vectors.mean(axis=0)
        vectors = unit(vectors - self._mean)
        self._heads = Heads(_beside(rows, vectors), lesson, how)
        self._nearest = NearestExamples(vectors, lesson.intents, self._heads.intent.names)

    def opinion(self, texts: Sequence[str], rows: csr_matrix) -> Opinion:
        """What the better embedding makes of texts whose quick features are ``rows``."""
        vectors = unit(encoder(self._name).vectors(texts) - self._mean)
        seen = self._heads.opinion(_beside(rows, vectors))
        intents = (seen.intents + _VOTE * self._nearest.votes(vectors)) / (1 + _VOTE)
        return Opinion(intents, seen.aspects, seen.dangers)


class Judgement:
    """Both opinions as one."""

    def __init__(self, features: Features, heads: Heads, second: SecondOpinion | None, sure: float) -> None:
        """Ask for the second opinion where the likeliest intent of the first is below ``sure``."""
        self._features = features
        self._heads = heads
        self._second = second
        self._sure = sure

    @property
    def intent_names(self) -> Any:
        """Names of the columns of ``Opinion.intents``."""
        return self._heads.intent.names

    @property
    def aspect_names(self) -> Any:
        """Names of the columns of ``Opinion.aspects``."""
        return self._heads.aspect.names

    def warm(self) -> None:
        """Read one sentence with everything there is, so that the first resident need not wait for it."""
        texts = ["warm"]
        rows = self._features.rows(texts)
        self._heads.opinion(rows)
        if self._second is not None:
            self._second.opinion(texts, rows)

    def of(self, texts: Sequence[str]) -> Opinion:
        """The opinion on every normalised text."""
        rows = self._features.rows(texts)
        first = self._heads.opinion(rows)
        doubtful = (first.dangers > _CALM) & (first.dangers < _DANGEROUS)
        unsure = np.flatnonzero(doubtful | (first.intents.max(axis=1) < self._sure)).tolist()
        if self._second is None or not unsure:
            return first
        better = self._second.opinion([texts[index] for index in unsure], rows[unsure])
        first.intents[unsure] = better.intents
        first.aspects[unsure] = better.aspects
        first.dangers[unsure] = better.dangers
        return first


def judgement(lesson: Lesson, config: dict[str, Any]) -> Judgement:
    """Learn the lesson as the configuration says."""
    how = Learning(config["C"], config["sharpness"])
    features = Features(config["encoder"]).fit(lesson.texts)
    rows = features.rows(lesson.texts)
    second = None
    if config["second_encoder"] != "none":
        chosen = capped(lesson, config["second_examples"])
        second = SecondOpinion(config["second_encoder"], rows[chosen], _part(lesson, chosen), how)
    return Judgement(features, Heads(rows, lesson, how), second, config["sure"])


def capped(lesson: Lesson, most: int) -> list[int]:
    """Places of at most so many examples of each intent, the same ones in every training."""
    count: dict[str, int] = {}
    chosen = []
    order = sorted(range(len(lesson.texts)), key=lambda index: _digest(lesson.texts[index]))
    for index in order:
        intent = lesson.intents[index]
        count[intent] = count.get(intent, 0) + 1
        if count[intent] <= most:
            chosen.append(index)
    return sorted(chosen)


def _part(lesson: Lesson, chosen: Sequence[int]) -> Lesson:
    return Lesson(
        texts=[lesson.texts[index] for index in chosen],
        intents=[lesson.intents[index] for index in chosen],
        aspects=[lesson.aspects[index] for index in chosen],
        asks=[lesson.asks[index] for index in chosen],
        dangers=[lesson.dangers[index] for index in chosen],
    )


def _beside(rows: csr_matrix, vectors: Any) -> csr_matrix:
    return hstack([rows, csr_matrix(vectors)], format="csr")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
