"""Rounds, percentiles, ratios: what a figure is."""

import math
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MILLISECONDS = 1000.0


@dataclass(frozen=True, slots=True)
class Round:
    """One round: how long each piece of work took, and all of them together."""

    seconds: tuple[float, ...]
    elapsed_s: float

    @property
    def per_second(self) -> float:
        """Pieces of work done in a second."""
        return len(self.seconds) / self.elapsed_s

    def percentile_ms(self, share: float) -> float:
        """Milliseconds within which ``share`` of the work was done."""
        ordered = sorted(self.seconds)
        return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] * MILLISECONDS


@dataclass(frozen=True, slots=True)
class Figure:
    """A median of rounds with the smallest and largest."""

    median: float
    smallest: float
    largest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """The figure of one value per round."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        """``median (smallest-largest)`` with three digits that mean something."""
        if self.smallest == self.largest:
            return told(self.median)
        return f"{told(self.median)} ({told(self.smallest)}-{told(self.largest)})"


def rate(rounds: Sequence[Round]) -> Figure:
    """Pieces of work per second."""
    return Figure.of([one.per_second for one in rounds])


def percentile_ms(rounds: Sequence[Round], share: float) -> Figure:
    """Milliseconds within which ``share`` of the work was done."""
    return Figure.of([one.percentile_ms(share) for one in rounds])


def told(value: float) -> str:
    """A number as people read it.

    >>> told(1234.5), told(56.78), told(5.678)
    ('1,234', '56.8', '5.68')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def together(workers: Sequence[Callable[[], Sequence[float]]]) -> Round:
    """One round of workers that start at the same moment, each in a thread; raises what a worker raised."""
    barrier = threading.Barrier(len(workers) + 1)
    seconds: list[float] = []
    faults: list[Exception] = []

    def work(worker: Callable[[], Sequence[float]]) -> None:
        barrier.wait()
        try:
            seconds.extend(worker())
        except Exception as fault:  # noqa: BLE001  # told by the main thread below
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    if faults:
        raise faults[0]
    return Round(tuple(seconds), elapsed)


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
