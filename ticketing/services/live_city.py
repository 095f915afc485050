"""What the city has approved, kept in memory and brought up to date while answers are given."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ticketing.domain.city_facts import Fact, Timelines, timeline
from ticketing.domain.errors import StorageUnavailable
from ticketing.storage.unit_of_work import Storage

#: An approval in another process is seen after this long at the latest.
LOOK_EVERY_S = 1.0
#: While the database is away, answers go on with what was known.
LOOK_AGAIN_S = 15.0

NONE_YET: Timelines = MappingProxyType({})

log = logging.getLogger(__name__)


class LiveCity:
    """Approved facts by topic; one short look into the database a second, however many answers there are."""

    def __init__(self, storage: Storage, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Read nothing yet; ``seconds`` is a clock that only goes forward."""
        self._storage = storage
        self._seconds = seconds
        self._looking = threading.Lock()
        self._look_at_s = 0.0
        self._count = 0
        self._entered: dict[tuple[str, str], dict[int, Fact]] = {}
        self._lines: dict[str, Mapping[str, tuple[Fact, ...]]] = {}

    def of(self, topic: str) -> Timelines:
        """Timelines of a topic's fields, at most a second old."""
        self._keep_up()
        return self._lines.get(topic, NONE_YET)

    def changes(self) -> int:
        """How many approvals ``of`` tells of, at most a second old."""
        self._keep_up()
        return self._count

    def look_now(self) -> None:
        """Something was approved in this process: the next answer has it."""
        self._look_at_s = 0.0

    def _keep_up(self) -> None:
        if self._seconds() >= self._look_at_s and self._looking.acquire(blocking=not self._lines):
            try:
                self._look()
            finally:
                self._looking.release()

    def _look(self) -> None:
        try:
            with self._storage.transaction() as work:
                published = work.city.published_since(self._count)
        except StorageUnavailable:
            log.warning("the city's own facts cannot be read; answers go on with what was known")
            self._look_at_s = self._seconds() + LOOK_AGAIN_S
            return
        self._take(published.facts)
        self._count = published.count
        self._look_at_s = self._seconds() + LOOK_EVERY_S

    def _take(self, facts: Iterable[Fact]) -> None:
        """Work out the timelines of the fields that changed; readers see either all of a topic or none."""
        changed: dict[str, set[str]] = {}
        for fact in facts:
            self._entered.setdefault((fact.topic, fact.field), {})[fact.revision] = fact
            changed.setdefault(fact.topic, set()).add(fact.field)
        for topic, fields in changed.items():
            fresh = {
                key: timeline(fact for _, fact in sorted(self._entered[topic, key].items())) for key in fields
            }
            self._lines[topic] = {**self._lines.get(topic, {}), **fresh}
