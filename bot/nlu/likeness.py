"""How alike texts are, and what follows from the labels of the examples they are like; in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse

from bot.nlu.names import columns
from bot.nlu.triangle import Triangle

#: How fast likeness fades with distance, and what the regression holds back. Measured on held-out examples:
#: 0.25 to 1 and 0.015 to 0.06 are as good within half a percent.
_FADING = 0.5
_RIDGE = 0.02


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

    def regression(self, rows: Sequence[Any], labels: Sequence[str], chosen: Sequence[int]) -> Regression:
        """Learn the labels of the examples in the ``chosen`` places; ``rows`` are of all, in every way."""
        places = np.asarray(chosen)
        names, wanted = columns(np.asarray(labels)[places])
        usual = wanted.mean(axis=0)
        seen = [view[places] for view in rows]

        def alike(start: int, stop: int, end: int) -> Any:
            return _likeness(self._weights, [one[start:stop] for one in seen], [one[:end].T for one in seen])

        table = Triangle(len(places), alike, diagonal=_RIDGE)
        return Regression(names, places, table.solved(wanted - usual), usual)


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
    """Weights of some examples for each name: what they have of it is passed on to what is like them."""

    def __init__(self, names: Any, chosen: Any, weights: Any, usual: Any) -> None:
        """``chosen`` are the places of the examples learned from, ``usual`` each name's share of them."""
        self.names = names
        self._chosen = chosen
        self._weights = weights
        self._usual = usual

    def scores(self, likeness: Any) -> Any:
        """About the probability of each name, which may be a little below 0 or above 1; a row a text."""
        seen = likeness if len(self._chosen) == likeness.shape[1] else likeness[:, self._chosen]
        return seen @ self._weights + self._usual
