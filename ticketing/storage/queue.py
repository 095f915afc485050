"""RQ on Valkey: tells workers that there is something to do; never the only one who knows."""

import logging

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE_NAME = "hotline"
#: The job that relays the outbox; named, not imported, since channels live above this floor.
RELAY_JOB = "bot.worker.relay_outbox"
#: A worker looks here only when nothing waits to leave the house: fetching a file may take a minute.
FILES_QUEUE_NAME = "hotline-files"
FETCH_JOB = "bot.worker.fetch_file"
RESULT_TTL_S = 60
CONNECT_TIMEOUT_S = 1

log = logging.getLogger(__name__)


class JobQueue:
    """The queue between services and workers."""

    def __init__(self, url: str) -> None:
        """Connect lazily to the Valkey or Redis at ``url``."""
        self._redis = Redis.from_url(
            url, socket_connect_timeout=CONNECT_TIMEOUT_S, socket_timeout=CONNECT_TIMEOUT_S
        )

    def nudge_relay(self) -> None:
        """Ask for the outbox to be relayed soon; with Valkey away the sweep will find it."""
        self._ask_for(RELAY_JOB, QUEUE_NAME)

    def nudge_fetch(self) -> None:
        """Ask for one file to be fetched soon; with Valkey away the sweep will find it."""
        self._ask_for(FETCH_JOB, FILES_QUEUE_NAME)

    def _ask_for(self, job: str, queue_name: str) -> None:
        try:
            queue = Queue(queue_name, connection=self._redis, serializer=JSONSerializer)
            queue.enqueue(job, result_ttl=RESULT_TTL_S)
        except RedisError as error:
            log.warning("the queue cannot be reached, the sweep will find it: %s", type(error).__name__)

    def is_reachable(self) -> bool:
        """Whether the queue's server answers."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()
