"""How alike texts are, and what follows from the labels of the examples they are like; in closed form."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import issparse

from bot.nlu.names import columns

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
        self._weights = [np.float32(view.weight / sum(one.weight for one in views)) for view in views]
        # Sparse products gather whole rows: by feature, since a new text has few of them.
        self._columns = [view.rows.T.tocsr() if issparse(view.rows) else view.rows.T for view in views]

    def likeness(self, rows: Sequence[Any]) -> Any:
        """Of new texts, seen in every way, and every example.

        Shape (new texts, examples), float32, 1 where both are the same.
        """
        return _likeness(self._weights, rows, self._columns)

    def among(self, rows: Sequence[Any]) -> Any:
        """Of every example, of whom these are the rows, and those after it; what is before it is left out.

        Shape (examples, examples), float32; a block of rows at a time, on every core.
        """
        size = rows[0].shape[0]
        table = np.empty((size, size), dtype=np.float32)

        def fill(start: int) -> None:
            block = [seen[start : start + _BLOCK] for seen in rows]
            after = [seen[start:].T for seen in rows]
            table[start : start + _BLOCK, start:] = _likeness(self._weights, block, after)

        with ThreadPoolExecutor(os.cpu_count()) as workers:
            deque(workers.map(fill, range(0, size, _BLOCK)), maxlen=0)
        return table


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

    @classmethod
    def fitted(cls, table: Any, labels: Sequence[str], chosen: Sequence[int]) -> Regression:
        """Learn the labels of the ``chosen`` examples, whose likeness is in ``table`` as ``among`` gives it.

        Uses the table up when all are chosen: it is too large to be held twice.
        """
        places = np.asarray(chosen)
        names, wanted = columns(np.asarray(labels)[places])
        usual = wanted.mean(axis=0)
        held = table if len(places) == len(table) else table[np.ix_(places, places)]
        held[np.diag_indices_from(held)] += _RIDGE
        # Turned over it lies column by column, as LAPACK wants it, or it would be copied.
        factor = cho_factor(held.T, lower=True, overwrite_a=True, check_finite=False)
        weights = cho_solve(factor, wanted - usual, check_finite=False).astype(np.float32)
        return cls(names, places, weights, usual)

    def scores(self, likeness: Any) -> Any:
        """About the probability of each name, which may be a little below 0 or above 1; a row a text."""
        seen = likeness if len(self._chosen) == likeness.shape[1] else likeness[:, self._chosen]
        return seen @ self._weights + self._usual
