"""How alike texts are, and what follows from the labels of the examples they are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse

from bot.nlu.descent import System, solved
from bot.nlu.names import Question, columns
from bot.nlu.triangle import Triangle

#: How fast likeness fades with distance, and what the regression holds back. Measured on held-out examples:
#: 0.2 to 0.5 and 0.01 to 0.04 are as good within half a percent.
_FADING = 0.3
_RIDGE = 0.01


@dataclass(frozen=True)
class View:
    """The same texts in one way of seeing them: rows of unit length, sparse or dense."""

    rows: Any
    weight: float


class Examples:
    """The texts learned from, in every way they are seen."""

    def __init__(self, views: Sequence[View]) -> None:
        """Keep them as the product with new rows wants them."""
        self._weights = [np.float32(view.weight / sum(one.weight for one in views)) for view in views]
        # Sparse products gather whole rows: by feature, since a new text has few of them.
        self._columns = [view.rows.T.tocsr() if issparse(view.rows) else view.rows.T for view in views]

    def likeness(self, rows: Sequence[Any]) -> Any:
        """Of new texts, seen in every way, and every example.

        Shape (new texts, examples), float32, 1 where both are the same.
        """
        return _likeness(self._weights, rows, self._columns)

    def regressions(self, rows: Sequence[Any], questions: Sequence[Question]) -> list[Regression]:
        """Learn the answers to all questions; ``rows`` are of all examples, in every way."""
        size = rows[0].shape[0]

        def alike(start: int, stop: int, end: int) -> Any:
            seen = [one[start:stop] for one in rows]
            return _likeness(self._weights, seen, [one[:end].T for one in rows])

        sheets = [_Sheet.of(question) for question in questions]
        found = solved(Triangle(size, alike), [sheet.system for sheet in sheets], _RIDGE)
        return [sheet.regression(size, weights) for sheet, weights in zip(sheets, found, strict=True)]


@dataclass(frozen=True)
class _Sheet:
    """A question with a column for each answer."""

    names: Any
    usual: Any
    system: System

    @classmethod
    def of(cls, question: Question) -> _Sheet:
        places = np.asarray(question.asked)
        names, answers = columns(np.asarray(question.answers)[places])
        usual = answers.mean(axis=0)
        return cls(names, usual, System(places, answers - usual))

    def regression(self, size: int, weights: Any) -> Regression:
        """With a weight of 0 for the examples that were not asked."""
        everywhere = np.zeros((size, len(self.names)), dtype=np.float32)
        everywhere[self.system.places] = weights
        return Regression(self.names, everywhere, self.usual)


def _likeness(weights: Sequence[Any], rows: Sequence[Any], columns: Sequence[Any]) -> Any:
    """By the weighted sum of the products in every view."""
    found: Any = 0
    for weight, seen, others in zip(weights, rows, columns, strict=True):
        product = seen @ others
        found = found + weight * (product.toarray() if issparse(product) else product)
    found -= 1
    found *= 2 * _FADING
    return np.exp(found, out=found)


class Regression:
    """Weights of the examples for each name: what they have of it is passed on to what is like them."""

    def __init__(self, names: Any, weights: Any, usual: Any) -> None:
        """A row of ``weights`` for each example, a number of ``usual`` for each name: its share."""
        self.names = names
        self._weights = weights
        self._usual = usual

    def scores(self, likeness: Any) -> Any:
        """About the probability of each name, which may be a little below 0 or above 1; a row a text."""
        return likeness @ self._weights + self._usual
