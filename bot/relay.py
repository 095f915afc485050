"""Carries what the outbox holds out of the house: at least once, the urgent first, whatever a channel does.

A push is taken with a lease before it is sent and noted after it arrived. Whoever dies in between cannot know
whether it arrived: it goes out again under the same id, never not at all.
"""

import logging
import time
from collections import Counter
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from bot.channels.telegram_outlet import Undeliverable
from ticketing.domain.errors import TicketingError
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel

#: Pushes on their way at once, each to another person: a slow answer holds up nobody else.
LANES = 8
#: After so many failures without one arrival a channel rests until the next round.
REST_AFTER = LANES
#: A push that breaks the sender itself, and not the way there, is given up after so many tries.
POISON_TRIES = 6
#: A run ends when this time is over: the queue's server gives a job three minutes.
RUN_WITHIN_S = 120.0
#: How long those that have arrived wait for the slower ones before their lanes are used again.
TICK_S = 0.05
#: The same when nothing more is due: how often it is looked whether that is still so.
IDLE_TICK_S = 1.0
NO_SENDER = "no_sender"

log = logging.getLogger(__name__)


class Sender(Protocol):
    """Carries deliveries to one channel; called from several threads at once."""

    def send(self, delivery: Delivery) -> None:
        """Push one; raises when it is not known to have arrived."""
        ...


class Outbox(Protocol):
    """The relay's side of the outbox."""

    def due(self, limit: int, *, but: Collection[Channel] = ()) -> list[Delivery]:
        """Pushes to be made now, leased to us: urgent first, one for each person, no channel of ``but``."""
        ...

    def sent(self, delivery_id: int) -> None:
        """Note that a push arrived."""
        ...

    def failed(self, delivery_id: int, error: str) -> None:
        """Note that a push failed; it comes due again."""
        ...

    def give_up(self, delivery_id: int, error: str) -> None:
        """Note that the person can never be reached so."""
        ...


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a push was not made, and whether it is of no use to try again."""

    code: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Relay:
    """Carries due deliveries out, each channel by its own sender."""

    outbox: Outbox
    senders: Mapping[Channel, Sender]

    def run(self, *, within_s: float = RUN_WITHIN_S) -> int:
        """Carry what is due, as long as time is left and a channel works; how many arrived."""
        ends_at, arrived = time.monotonic() + within_s, 0
        in_vain: Counter[Channel] = Counter()
        on_way: dict[Future[_Fault | None], Channel] = {}
        with ThreadPoolExecutor(LANES, thread_name_prefix="relay") as lanes:
            while True:
                free, due = LANES - len(on_way), list[Delivery]()
                if free and time.monotonic() < ends_at:
                    resting = frozenset(one for one, failures in in_vain.items() if failures >= REST_AFTER)
                    due = self.outbox.due(free, but=resting)
                on_way |= {lanes.submit(self._carry, delivery): delivery.channel for delivery in due}
                if not on_way:
                    return arrived
                for done in wait(on_way, timeout=IDLE_TICK_S if len(due) < free else TICK_S).done:
                    channel, fault = on_way.pop(done), done.result()
                    is_open = fault is None or fault.is_final
                    in_vain[channel] = 0 if is_open else in_vain[channel] + 1
                    arrived += fault is None

    def _carry(self, delivery: Delivery) -> _Fault | None:
        """Send one and note what came of it; None: it arrived.

        The note is made at once and for each by itself: a death in between repeats one push, not many.
        """
        fault = self._fault_of(delivery)
        if fault is None:
            self.outbox.sent(delivery.id)
        elif fault.is_final:
            self.outbox.give_up(delivery.id, fault.code)
        else:
            self.outbox.failed(delivery.id, fault.code)
        return fault

    def _fault_of(self, delivery: Delivery) -> _Fault | None:
        """Named edge: what a sender raises must not stop the others' deliveries. None: it arrived."""
        sender = self.senders.get(delivery.channel)
        if sender is None:
            return _Fault(NO_SENDER)
        try:
            sender.send(delivery)
        except TicketingError as error:
            log.warning("delivery %s was not made: %s", delivery.id, error)
            return _Fault(error.code, is_final=isinstance(error, Undeliverable))
        except OSError as error:  # the way there is closed; it will open again
            log.warning("delivery %s was not made: %s", delivery.id, type(error).__name__)
            return _Fault(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the edge of the worker loop
            log.error("delivery %s was not made: %s", delivery.id, type(error).__name__)  # noqa: TRY400 - no texts
            return _Fault(type(error).__name__, is_final=delivery.attempts >= POISON_TRIES)
        return None
