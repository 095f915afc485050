"""Symmetric matrices too large to hold whole: half of one, in rows of blocks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

#: Rows and columns of a block: products of matrices are as quick as they get.
_BLOCK = 1024
#: Rows that are worked out at once: what lies between is a few times as large.
_FILLED_AT_ONCE = 512

#: Gives rows from a first one to before a last one, in the columns to before a third place.
Rows = Callable[[int, int, int], Any]


class Triangle:
    """A symmetric matrix, float32; what lies above the blocks on its diagonal is not held."""

    def __init__(self, size: int, rows: Rows) -> None:
        """Work out the matrix, on every core."""
        self.size = size
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

    def times(self, columns: Any) -> Any:
        """The product with ``columns``, shape (size, any), float32."""
        found = np.zeros_like(columns)
        for here, blocks in self._rows():
            found[here] += blocks @ columns[: here.stop]
            found[: here.start] += blocks[:, : here.start].T @ columns[here]
        return found

    def columns(self, places: Any) -> Any:
        """Those in the given places, which are in order. Shape (size, len(places))."""
        found = np.empty((self.size, len(places)), dtype=np.float32)
        for here, blocks in self._rows():
            before, inside = np.searchsorted(places, (here.start, here.stop))
            found[here, :inside] = blocks[:, places[:inside]]
            found[: here.start, before:inside] = blocks[places[before:inside] - here.start, : here.start].T
        return found

    def _rows(self) -> Iterator[tuple[slice, Any]]:
        """Where each row of blocks lies, and the row up to the diagonal."""
        for start, blocks in zip(self._starts, self._blocks, strict=True):
            yield slice(start, start + len(blocks)), blocks
