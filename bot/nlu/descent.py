"""Many regressions on one table of likeness, each on examples of its own: by conjugate gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from bot.nlu.triangle import Triangle

#: So many examples, taken by chance, stand for all when the first guess of each step is made.
_LANDMARKS = 2048
#: They are nearly alike where texts are; so much more likeness with itself keeps their table solvable.
_JITTER = 1e-3
#: Share of what is wanted that may be left over. Measured on five sets of held-out messages: with a fifth of
#: it as many are right, but for one of a thousand.
_LEFT_OVER = 1e-2
_STEPS_MAX = 60


@dataclass(frozen=True)
class System:
    """What weights of the examples in the ``places`` are to give there: a row each, a column an answer."""

    places: Any
    wanted: Any


def solved(table: Triangle, systems: Sequence[System], ridge: float) -> list[Any]:
    """Weights of each system: with the table among its places, ``ridge`` added on the diagonal, they give it.

    float32, in the shape of ``wanted``.
    """
    paths = [_Path(table, system, ridge) for system in systems]
    for _ in range(_STEPS_MAX):
        if all(path.arrived for path in paths):
            break
        # One product for all: the table is read once.
        products = table.times(np.concatenate([path.step for path in paths], axis=1))
        borders = np.cumsum([path.step.shape[1] for path in paths])[:-1]
        for path, product in zip(paths, np.split(products, borders, axis=1), strict=True):
            path.go(product)
    return [path.weights for path in paths]


class _Path:
    """The way to the weights of one system."""

    def __init__(self, table: Triangle, system: System, ridge: float) -> None:
        self._places = system.places
        self._ridge = np.float32(ridge)
        self._guess = _guess(table, system.places, ridge)
        self._left = np.array(system.wanted, dtype=np.float32)
        self._limit = _LEFT_OVER * float(np.linalg.norm(self._left))
        self.weights = np.zeros_like(self._left)
        towards = self._guess(self._left)
        self._gain = _inner(self._left, towards)
        #: Where to look next, a row for each example of the table.
        self.step = np.zeros((table.size, self._left.shape[1]), dtype=np.float32)
        self.step[self._places] = towards

    @property
    def arrived(self) -> bool:
        return float(np.linalg.norm(self._left)) <= self._limit

    def go(self, product: Any) -> None:
        """One step further, by what the table makes of ``step``."""
        step = self.step[self._places]
        change = product[self._places] + self._ridge * step
        length = _share(self._gain, _inner(step, change))
        self.weights += length * step
        self._left -= length * change
        towards = self._guess(self._left)
        before, self._gain = self._gain, _inner(self._left, towards)
        self.step[self._places] = towards + _share(self._gain, before) * step


def _guess(table: Triangle, places: Any, ridge: float) -> Callable[[Any], Any]:
    """What the weights would be if examples were alike only as far as the landmarks among them tell."""
    chance = np.random.RandomState(0)
    landmarks = np.sort(chance.permutation(places)[:_LANDMARKS])
    seen = table.columns(landmarks)
    own = seen[landmarks].astype(np.float64)
    own[np.diag_indices_from(own)] += _JITTER
    factor = np.linalg.cholesky(own).astype(np.float32)
    seen = seen if len(places) == len(seen) else seen[places]
    # In place: it is hundreds of megabytes.
    told = solve_triangular(factor, seen.T, lower=True, overwrite_b=True, check_finite=False)
    # What the landmarks do not tell of an example's likeness with itself, in the mean.
    rest = np.float32(ridge + max(0.0, 1 - float((told**2).sum(axis=0).mean())))
    square = told @ told.T
    square[np.diag_indices_from(square)] += rest
    within = cho_factor(square, lower=True, check_finite=False)

    def guess(wanted: Any) -> Any:
        return (wanted - told.T @ cho_solve(within, told @ wanted, check_finite=False)) / rest

    return guess


def _inner(one: Any, other: Any) -> Any:
    return np.einsum("ij,ij->j", one, other)


def _share(part: Any, whole: Any) -> Any:
    """A column that is solved exactly has nothing left to share."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
