"""Behind the residents' backs: pushes leave the house, clocks are looked at, the spool is emptied.

The RQ worker is the fast way, the scheduler's sweep the sure one: what a dead worker, or Valkey, has left
undone is found by the sweep when its lease is over.
"""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bot.channels.telegram_sender import TelegramSender
from bot.fetching import fetching_of
from bot.gateway import Gateway, gateway_of
from bot.messages import InboundMessage
from bot.process_logs import configure_logging
from bot.relay import Relay, Sender
from bot.second_look import look_again
from bot.serving import is_here, keeper_of
from bot.spool import Spool
from ticketing.bootstrap import Runtime, build
from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Settings
from ticketing.storage.queue import FILES_QUEUE_NAME, QUEUE_NAME

SWEEP_EVERY_S = 5.0
#: The scheduler relays no longer at a time: a slow channel must not hold up the clocks of children's tickets.
SWEEP_RELAYS_WITHIN_S = 20.0
#: Valkey is away: how long to wait before asking again.
QUEUE_AWAY_PAUSE_S = 3.0
#: How long the end of the scheduler waits for a file on its way.
FILES_END_WITHIN_S = 3.0

log = logging.getLogger(__name__)


class LateGateway(Protocol):
    """What takes in the messages of the spool."""

    async def take_in(self, message: InboundMessage) -> bool:
        """Take one in; False: try again later."""
        ...


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Everything that must happen although nobody asks."""

    duties: Mapping[str, Callable[[], object]]

    def run(self, stop: threading.Event, *, every_s: float = SWEEP_EVERY_S) -> None:
        """Do all duties again and again until ``stop`` is set."""
        while not stop.is_set():
            self.once()
            stop.wait(every_s)

    def once(self) -> None:
        """Named edge: a duty that fails is tried again at the next round and stops no other."""
        for name, duty in self.duties.items():
            try:
                duty()
            except StorageUnavailable:
                log.warning("%s: the database is away", name)
            except Exception as error:  # noqa: BLE001 - the edge of the scheduler loop
                log.error("%s failed: %s", name, type(error).__name__)  # noqa: TRY400 - no texts


async def replay(gateway: LateGateway, spool: Spool) -> int:
    """Take the spool's messages in, oldest first; how many. Named edge: one that fails stops no other.

    Raises StorageUnavailable when the database is still away.
    """
    taken = 0
    for waiting in spool.waiting():
        try:
            if await gateway.take_in(waiting.message):
                spool.done(waiting)
                taken += 1
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the edge of the scheduler loop
            log.error("a spooled message was not taken in: %s", type(error).__name__)  # noqa: TRY400 - no texts
    return taken


def relay_outbox() -> int:
    """The job that the services ask for by name when something must leave the house."""
    return relay_of(_runtime()).run()


def fetch_file() -> bool:
    """The job that intake asks for by name when a resident sent a file; one each, so that none takes long."""
    return fetching_of(_runtime()).once()


def relay_of(runtime: Runtime) -> Relay:
    """The relay with a sender for every channel that is set up and needs pushing."""
    settings = runtime.settings
    senders: dict[Channel, Sender] = {}
    if settings.telegram_token:
        senders[Channel.TELEGRAM] = TelegramSender(
            token=settings.telegram_token, api_base=settings.telegram_api_base, texts=runtime.texts
        )
    return Relay(runtime.outbox, senders)


def scheduler_of(runtime: Runtime) -> Scheduler:
    """The duties of a running house."""
    relay = relay_of(runtime)
    duties: dict[str, Callable[[], object]] = {
        "deadlines": runtime.deadlines.sweep,
        "referrals": runtime.referral_watch.sweep,
        "orders": runtime.order_clock.sweep,
        "renewals": runtime.city_overview.sweep,
        "second_look": lambda: look_again(runtime),
        "late_looks": runtime.second_looks.tell_late,
        "waiting": runtime.waiting_watch.sweep,
        "old_reads": runtime.reads.purge,
        "month_figures": runtime.monthly.keep_settled,
        "outbox": lambda: relay.run(within_s=SWEEP_RELAYS_WITHIN_S),
        "spool": lambda: empty_spool(runtime),
    }
    if is_here(runtime.settings.rasa_url):
        duties["model"] = keeper_of(runtime).look
    return Scheduler(duties)


def files_of(runtime: Runtime) -> Scheduler:
    """The sure way of what residents send beside text."""
    return Scheduler({"files": fetching_of(runtime).run})


def empty_spool(runtime: Runtime, open_gateway: Callable[[Runtime], Gateway] = gateway_of) -> int:
    """Take in what came while the database was away; how many."""
    spool = Spool(runtime.settings.home)
    if spool.depth() == 0 or not runtime.health()["database"]:
        return 0

    async def work() -> int:
        gateway = open_gateway(runtime)
        try:
            return await replay(gateway, spool)
        finally:
            await gateway.aclose()

    return asyncio.run(work())


def run_worker(settings: Settings) -> None:
    """Be the RQ worker until told to stop; Valkey going away is waited out."""
    configure_logging()
    connection = Redis.from_url(settings.redis_url)
    queues = [
        Queue(name, connection=connection, serializer=JSONSerializer)
        for name in (QUEUE_NAME, FILES_QUEUE_NAME)
    ]
    while True:
        try:
            # In one process: the job is waiting for the network, a fork for each would only cost memory.
            worker = SimpleWorker(
                queues, connection=connection, serializer=JSONSerializer, log_job_description=False
            )
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("the queue cannot be reached: %s", type(error).__name__)
            time.sleep(QUEUE_AWAY_PAUSE_S)
        else:
            return


def run_scheduler(settings: Settings) -> None:
    """Be the scheduler until SIGTERM or SIGINT."""
    configure_logging()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: stop.set())
    runtime = build(settings)
    # Beside the clocks, since a server that hangs must hold up no deadline.
    files = threading.Thread(target=files_of(runtime).run, args=(stop,), name="files", daemon=True)
    files.start()
    try:
        scheduler_of(runtime).run(stop)
    finally:
        stop.set()
        # One that is being fetched comes due again for the next process.
        files.join(FILES_END_WITHIN_S)
        runtime.close()


@cache
def _runtime() -> Runtime:
    """The worker's own, built at its first job."""
    return build(Settings.from_env())
