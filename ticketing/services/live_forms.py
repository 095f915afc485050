"""The forms residents get, kept in memory and brought up to date while answers are given."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.item_forms import FormGiven
from ticketing.storage.unit_of_work import Storage

#: An approval in another process is seen after this long at the latest.
LOOK_EVERY_S = 5.0
#: While the database is away, answers go on with what was known.
LOOK_AGAIN_S = 15.0

log = logging.getLogger(__name__)


class LiveForms:
    """Forms by topic; one short look into the database every few seconds."""

    def __init__(self, storage: Storage, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Read nothing yet; ``seconds`` is a clock that only goes forward."""
        self._storage = storage
        self._seconds = seconds
        self._looking = threading.Lock()
        self._look_at_s = 0.0
        self._given: Mapping[str, tuple[FormGiven, ...]] = MappingProxyType({})

    def of(self, topic: str) -> tuple[FormGiven, ...]:
        """Forms of a topic in the order of their first upload."""
        if self._seconds() >= self._look_at_s and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._given.get(topic, ())

    def look_now(self) -> None:
        """Something was approved in this process: the next answer has it."""
        self._look_at_s = 0.0

    def _look(self) -> None:
        try:
            with self._storage.transaction() as work:
                given = work.forms.given()
        except StorageUnavailable:
            log.warning("the city's forms cannot be read; answers go on with what was known")
            self._look_at_s = self._seconds() + LOOK_AGAIN_S
            return
        topics = dict.fromkeys(one.topic for one in given)
        self._given = {topic: tuple(one for one in given if one.topic == topic) for topic in topics}
        self._look_at_s = self._seconds() + LOOK_EVERY_S
