"""Ten thousand pushes wait and the channel fails in every way: none is lost, none blocks the others."""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Lock

from sqlalchemy import create_engine, text

from bot.channels.telegram_outlet import TelegramUnavailable
from bot.relay import LANES, POISON_TRIES, REST_AFTER, Relay
from tests.factories import FakeClock
from ticketing.bootstrap import Runtime
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel

QUEUED, URGENT, POISONED = 10_000, 20, 3
URGENT_IDS = frozenset(range(QUEUED - URGENT + 1, QUEUED + 1))
#: Of so many one arrives although the channel says it did not.
UNSURE = 500
#: Telegram takes about thirty messages a second of one bot: the relay must not be what is slow.
RATE_MIN = 30
#: What ten thousand texts would need at least, were they all held at once.
GROWTH_MAX_BYTES = 12_000_000


@dataclass(slots=True)
class Target:
    """What pushes are carried to; a push whose text is ``poison`` breaks whatever touches it."""

    #: What it does instead of taking a push.
    fault: Callable[[], object] = lambda: None
    tried: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def send(self, delivery: Delivery) -> None:
        """Take it, or fail as it was told to."""
        with self._lock:
            self.tried.append(delivery.id)
        if delivery.text == "poison":
            raise RuntimeError
        self.fault()
        with self._lock:
            again = delivery.id in self.arrived if delivery.id % UNSURE == 0 else True
            self.arrived.append(delivery.id)
            if len(self.arrived) % 1000 == 1:
                self.sizes.append(resident_bytes())
        if not again:
            raise ConnectionResetError


def resident_bytes() -> int:
    """Memory this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def refuses() -> None:
    """Nobody listens."""
    raise ConnectionRefusedError


def hangs() -> None:
    """No answer until the sender gives up."""
    time.sleep(0.2)
    raise TimeoutError


def errs() -> None:
    """HTTP 500, as the Telegram sender has it."""
    raise TelegramUnavailable


def fill(database_url: str, clock: FakeClock) -> None:
    """All for different people; the poisoned first, the urgent last."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into outbox (kind, channel, peer, text, dedupe_key, created_at, due_at, urgent)"
                " select 'staff', 'telegram', 'p' || n,"
                " case when n <= :poisoned then 'poison' else repeat('x', 1200) end,"
                " 'k' || n, :now, :now, n > :queued - :urgent from generate_series(1, :queued) n"
            ),
            {"now": clock.now(), "queued": QUEUED, "urgent": URGENT, "poisoned": POISONED},
        )
    engine.dispose()


def test_ten_thousand_waiting_and_a_channel_that_fails_in_every_way(
    runtime: Runtime, clock: FakeClock, database_url: str
) -> None:
    fill(database_url, clock)
    target = Target()
    relay = Relay(runtime.outbox, {Channel.TELEGRAM: target})

    stays_down(relay, target, clock)
    target.fault = lambda: time.sleep(0.05)  # slow, and the time of the round is short
    relay.run(within_s=1)
    assert set(target.arrived) >= URGENT_IDS
    assert rate_of(relay, target) > RATE_MIN
    for _ in range(POISON_TRIES + 1):
        clock.advance(timedelta(minutes=31))
        relay.run()

    times = Counter(target.arrived)
    assert set(times) == set(range(POISONED + 1, QUEUED + 1))
    assert {one for one, count in times.items() if count == 2} == {one for one in times if one % UNSURE == 0}
    assert max(times.values()) == 2
    assert Counter(target.tried)[1] == POISON_TRIES
    assert runtime.outbox.due() == []
    assert max(target.sizes) - target.sizes[1] < GROWTH_MAX_BYTES


def stays_down(relay: Relay, target: Target, clock: FakeClock) -> None:
    """A round is a few tries and no more, however many wait, and these are the urgent ones."""
    for fault in (refuses, hangs, errs):
        target.fault, before = fault, len(target.tried)
        assert relay.run() == 0
        assert REST_AFTER <= len(target.tried) - before < REST_AFTER + LANES
        clock.advance(timedelta(minutes=2))
    assert set(target.tried) <= URGENT_IDS


def rate_of(relay: Relay, target: Target) -> float:
    """How many a second arrive while all goes well."""
    target.fault = lambda: None
    began_s, before = time.monotonic(), len(target.arrived)
    relay.run()
    return (len(target.arrived) - before) / (time.monotonic() - began_s)
