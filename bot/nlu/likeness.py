"""How alike texts are, and what follows from the labels of the examples they are like; in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import issparse

#: How fast likeness fades with distance, and what the regression holds back. Measured on held-out examples:
#: 0.25 to 1 and 0.015 to 0.06 are as good within half a percent.
_FADING = 0.5
_RIDGE = 0.02
#: Rows of the table of likeness that are worked out at once; all at once would need it three times in memory.
_BLOCK = 512


@dataclass(frozen=True)
class View:
    """The same texts in one way of seeing them: rows of unit length, sparse or dense."""

    rows: Any
    weight: float


class Examples:
    """The texts learned from, in every way they are seen."""

    def __init__(self, views: Sequence[View]) -> None:
        """Keep them as the product with new rows wants them."""
        self._weights = [view.weight for view in views]
        # Sparse products gather whole rows: by feature, since a new text has few of them.
        self._columns = [view.rows.T.tocsr() if issparse(view.rows) else view.rows.T for view in views]

    def product(self, view: int, rows: Any) -> Any:
        """How near new rows are to every example in one view. Shape (new texts, examples), float32."""
        found = rows @ self._columns[view]
        return found.toarray() if issparse(found) else found

    def likeness(self, products: Sequence[Any]) -> Any:
        """Of new texts and every example, by the products of the first so many views.

        Shape (new texts, examples), float32, 1 where both are the same.
        """
        weights = self._weights[: len(products)]
        found = np.zeros(products[0].shape, dtype=np.float32)
        for weight, product in zip(weights, products, strict=True):
            found += np.float32(weight / sum(weights)) * product
        found -= 1
        found *= 2 * _FADING
        return np.exp(found, out=found)


def among(examples: Examples, rows: Sequence[Any]) -> Any:
    """Likeness of all examples to one another in the first so many views, a block of rows at a time."""
    size = rows[0].shape[0]
    table = np.empty((size, size), dtype=np.float32)
    for start in range(0, size, _BLOCK):
        block = slice(start, start + _BLOCK)
        products = [examples.product(view, seen[block]) for view, seen in enumerate(rows)]
        table[block] = examples.likeness(products)
    return table


class Regression:
    """Weights of some examples for each name: what they have of it is passed on to what is like them."""

    def __init__(self, names: Any, chosen: Any, weights: Any, usual: Any) -> None:
        """``chosen`` are the places of the examples learned from, ``usual`` each name's share of them."""
        self.names = names
        self._chosen = chosen
        self._weights = weights
        self._usual = usual

    @classmethod
    def fitted(cls, table: Any, labels: Sequence[str], chosen: Sequence[int]) -> Regression:
        """Learn the labels of the ``chosen`` examples, whose likeness to one another is in ``table``.

        Uses the table up when all are chosen: it is too large to be held twice.
        """
        places = np.asarray(chosen)
        known = np.asarray(labels)[places]
        names = np.unique(known)
        wanted = (known[:, None] == names[None, :]).astype(np.float32)
        usual = wanted.mean(axis=0)
        held = table if len(places) == len(table) else table[np.ix_(places, places)]
        held[np.diag_indices_from(held)] += _RIDGE
        factor = cho_factor(held, lower=True, overwrite_a=True, check_finite=False)
        weights = cho_solve(factor, wanted - usual, check_finite=False).astype(np.float32)
        return cls(names, places, weights, usual)

    def scores(self, likeness: Any) -> Any:
        """About the probability of each name, which may be a little below 0 or above 1; a row a text."""
        seen = likeness if len(self._chosen) == likeness.shape[1] else likeness[:, self._chosen]
        return seen @ self._weights + self._usual

    def probabilities(self, likeness: Any, sharpness: float) -> Any:
        """Positive and one in all; ``sharpness`` multiplies the scores."""
        scores = self.scores(likeness) * sharpness
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)
