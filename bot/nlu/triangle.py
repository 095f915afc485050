"""Symmetric systems of equations too large to hold whole: half of one, in rows of blocks, solved in place."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy.linalg import cholesky, solve_triangular

#: Rows and columns of a block: products of matrices are as quick as they get, divisions few.
_BLOCK = 1024
#: Rows that are worked out at once: what lies between is a few times as large.
_FILLED_AT_ONCE = 512

#: Gives rows from a first one to before a last one, in the columns to before a third place.
Rows = Callable[[int, int, int], Any]


class Triangle:
    """A symmetric matrix with positive eigenvalues, float32: a half of it, and a row of blocks, in memory."""

    def __init__(self, size: int, rows: Rows, *, diagonal: float) -> None:
        """Work out the matrix, on every core, and add ``diagonal`` to what ``rows`` gives there."""
        self._starts = range(0, size, _BLOCK)
        stops = [min(start + _BLOCK, size) for start in self._starts]
        self._blocks = [
            np.empty((stop - start, stop), dtype=np.float32)
            for start, stop in zip(self._starts, stops, strict=True)
        ]

        def fill(place: int, start: int) -> None:
            first, stop = self._starts[place], stops[place]
            last = min(start + _FILLED_AT_ONCE, stop)
            self._blocks[place][start - first : last - first] = rows(start, last, stop)

        with ThreadPoolExecutor(os.cpu_count()) as workers:
            pieces = [
                (place, start)
                for place, stop in enumerate(stops)
                for start in range(self._starts[place], stop, _FILLED_AT_ONCE)
            ]
            deque(workers.map(fill, *zip(*pieces, strict=True)), maxlen=0)
        for own in self._own():
            own[np.diag_indices_from(own)] += diagonal

    def solved(self, wanted: Any) -> Any:
        """Weights with which the matrix gives ``wanted``, both (size, columns). Uses the matrix up."""
        self._factor()
        found = np.array(wanted, dtype=np.float32)
        for start, blocks, own in zip(self._starts, self._blocks, self._own(), strict=True):
            here = slice(start, start + len(own))
            found[here] -= blocks[:, :start] @ found[:start]
            found[here] = _divided(own, found[here])
        for start, blocks, own in reversed([*zip(self._starts, self._blocks, self._own(), strict=True)]):
            here = slice(start, start + len(own))
            found[here] = _divided(own, found[here], turned=True)
            found[:start] -= blocks[:, :start].T @ found[here]
        return found

    def _factor(self) -> None:
        """Cholesky's factor, a row of blocks after the other, each by those above it."""
        for place, blocks in enumerate(self._blocks):
            for start, above in zip(self._starts, self._blocks[:place], strict=False):
                here = slice(start, start + len(above))
                blocks[:, here] -= blocks[:, :start] @ above[:, :start].T
                blocks[:, here] = _divided(above[:, here], blocks[:, here].T).T
            start = self._starts[place]
            own = blocks[:, start:]
            own -= blocks[:, :start] @ blocks[:, :start].T
            own[:] = cholesky(own, lower=True, check_finite=False)

    def _own(self) -> Iterator[Any]:
        """The blocks on the diagonal."""
        for start, blocks in zip(self._starts, self._blocks, strict=True):
            yield blocks[:, start:]


def _divided(factor: Any, wanted: Any, *, turned: bool = False) -> Any:
    return solve_triangular(factor, wanted, lower=True, trans=int(turned), check_finite=False)
