"""What is learned on top of features: a linear classifier, and the vote of the nearest examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

#: Measured on held-out examples: 6 and 20 are as good within half a percent.
_NEIGHBOURS = 12
_NEARNESS = 12.0


class LinearHead:
    """A logistic regression over names."""

    def __init__(self, names: Any, weights: Any, intercept: Any, sharpness: float) -> None:
        """``weights`` by feature, then by name; ``sharpness`` multiplies the scores."""
        self.names = names
        self._weights = weights
        self._intercept = intercept
        self._sharpness = sharpness

    @classmethod
    def fitted(cls, rows: Any, labels: Sequence[str], *, C: float, sharpness: float) -> LinearHead:  # noqa: N803
        """Learn ``labels``; ``C`` is the inverse of the regularisation."""
        # No more iterations than needed for the ranking to settle: measured, 100 and 400 agree.
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=100).fit(rows, labels)
        # By feature, as the product with sparse rows wants them; the model's own order copies all each time.
        weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        return cls(model.classes_, weights, model.intercept_.astype(np.float32), sharpness)

    def probabilities(self, rows: Any) -> Any:
        """One row of probabilities per row, in the order of the names."""
        scores = (rows @ self._weights + self._intercept) * self._sharpness
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)


class ScreenHead:
    """A logistic regression of yes or no."""

    def __init__(self, weights: Any, intercept: float) -> None:
        """``weights`` by feature."""
        self._weights = weights
        self._intercept = intercept

    @classmethod
    def fitted(cls, rows: Any, labels: Sequence[bool], *, C: float) -> ScreenHead:  # noqa: N803
        """Learn what is marked; without an example of both it never says yes."""
        if len(set(labels)) == 1:
            return cls(np.zeros(rows.shape[1], dtype=np.float32), -np.inf)
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=100).fit(rows, labels)
        return cls(model.coef_[0].astype(np.float32), float(model.intercept_[0]))

    def probabilities(self, rows: Any) -> Any:
        """The probability of yes, a number per row."""
        return 1 / (1 + np.exp(-(rows @ self._weights + self._intercept)))


class NearestExamples:
    """The examples whose vectors lie nearest vote for their label, the nearer the louder."""

    def __init__(self, vectors: Any, labels: Sequence[str], names: Any) -> None:
        """Unit ``vectors`` with a label each; votes come in the order of ``names``."""
        place = {name: index for index, name in enumerate(names)}
        self._vectors = np.asarray(vectors, dtype=np.float32)
        self._labels = np.array([place[label] for label in labels])
        self._names = len(names)

    def votes(self, vectors: Any) -> Any:
        """Shares of the vote, a row per vector."""
        return np.stack([self._vote(likeness) for likeness in np.asarray(vectors) @ self._vectors.T])

    def _vote(self, likeness: Any) -> Any:
        count = min(_NEIGHBOURS, len(likeness))
        nearest = np.argpartition(-likeness, count - 1)[:count]
        weights = np.exp(_NEARNESS * (likeness[nearest] - 1))
        votes = np.bincount(self._labels[nearest], weights, minlength=self._names)
        return votes / votes.sum()
