"""How often one browser or address may ask; in memory, since a restart may well forget the count."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

SECONDS_PER_MINUTE = 60.0
#: Keys kept; the longest unused are forgotten first.
REMEMBERED_KEYS = 20_000


@dataclass(slots=True)
class Bucket:
    """What is left for one key, and when it was counted."""

    left: float
    at_s: float


class Limiter:
    """Token buckets: ``burst`` at once, then ``per_minute``."""

    def __init__(
        self, *, burst: int, per_minute: float, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with full buckets."""
        self._burst = burst
        self._per_s = per_minute / SECONDS_PER_MINUTE
        self._monotonic_s = monotonic_s
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take one; False when there is none left."""
        bucket = self._filled(key)
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    def is_empty(self, key: str) -> bool:
        """Whether the next ``take`` would fail."""
        return self._filled(key).left < 1

    def _filled(self, key: str) -> Bucket:
        now_s = self._monotonic_s()
        bucket = self._buckets.pop(key, None) or Bucket(self._burst, now_s)
        bucket.left = min(self._burst, bucket.left + (now_s - bucket.at_s) * self._per_s)
        bucket.at_s = now_s
        self._buckets[key] = bucket
        if len(self._buckets) > REMEMBERED_KEYS:
            self._buckets.popitem(last=False)
        return bucket
