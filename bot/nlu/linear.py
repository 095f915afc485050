"""Weights of n-grams for each name: a quick regression, learned and applied in milliseconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import Ridge

from bot.nlu.names import Question, columns

#: How much the regression holds back. On held-out examples 0.3 to 1 are as good within half a percent.
_RIDGE = 0.5
#: Steps and exactness of the solution: more change no answer.
_STEPS = 60
_TOLERANCE = 1e-3


class LinearRegression:
    """About the probability of each name, by the n-grams of a text."""

    def __init__(self, names: Any, weights: Any, usual: Any) -> None:
        """``weights`` have a column for each name, ``usual`` is what a text without known n-grams gets."""
        self.names = names
        self._weights = weights
        self._usual = usual

    @classmethod
    def fitted(cls, rows: Any, question: Question) -> LinearRegression:
        """Learn the answers from the sparse ``rows`` of all texts."""
        places = np.asarray(question.asked)
        names, wanted = columns(np.asarray(question.answers)[places])
        ridge = Ridge(alpha=_RIDGE, solver="sparse_cg", max_iter=_STEPS, tol=_TOLERANCE)
        ridge.fit(rows[places], wanted)
        weights = np.ascontiguousarray(ridge.coef_.reshape(len(names), -1).T, dtype=np.float32)
        return cls(names, weights, np.asarray(ridge.intercept_, dtype=np.float32))

    def scores(self, rows: Any) -> Any:
        """May be a little below 0 or above 1; a row a text."""
        return rows @ self._weights + self._usual
