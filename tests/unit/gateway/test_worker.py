"""Pushes leave in order, one failure stops no other, and what fails is tried again."""

import asyncio
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.channels.telegram_outlet import Undeliverable
from bot.messages import InboundMessage
from bot.relay import NO_SENDER, POISON_TRIES, REST_AFTER, Relay, Sender
from bot.spool import Spool
from bot.worker import Scheduler, replay
from tests.unit.gateway.messages import a_message
from ticketing.domain.errors import StorageUnavailable, TicketNotFound
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel


def a_delivery(
    number: int, *, peer: str = "", channel: Channel = Channel.TELEGRAM, attempts: int = 1
) -> Delivery:
    """A push to a resident; without ``peer`` each to another one."""
    return Delivery(
        id=number,
        kind="resident",
        channel=channel,
        peer=peer or f"peer{number}",
        text=f"{number}",
        buttons=(),
        ticket_number=None,
        attempts=attempts,
    )


@dataclass(slots=True)
class FakeOutbox:
    """Gives each delivery once."""

    waiting: list[Delivery] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)
    given_up: dict[int, str] = field(default_factory=dict)

    def due(self, limit: int, *, but: Collection[Channel] = ()) -> list[Delivery]:
        """The next few of the channels that work."""
        taken = [one for one in self.waiting if one.channel not in but][:limit]
        self.waiting = [one for one in self.waiting if one not in taken]
        return taken

    def sent(self, delivery_id: int) -> None:
        """Note it."""
        self.arrived.append(delivery_id)

    def failed(self, delivery_id: int, error: str) -> None:
        """Note it."""
        self.failures[delivery_id] = error

    def give_up(self, delivery_id: int, error: str) -> None:
        """Note it."""
        self.given_up[delivery_id] = error


@dataclass(slots=True)
class FakeSender:
    """Fails for some peers."""

    faults: dict[str, Exception] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        """Remember or raise."""
        if delivery.peer in self.faults:
            raise self.faults[delivery.peer]
        self.texts.append(delivery.text)


def relayed(outbox: FakeOutbox, sender: FakeSender | None) -> int:
    """One round of the relay."""
    senders: dict[Channel, Sender] = {} if sender is None else {Channel.TELEGRAM: sender}
    return Relay(outbox, senders).run()


def test_everything_due_is_sent_once() -> None:
    outbox, sender = FakeOutbox([a_delivery(number) for number in range(50)]), FakeSender()

    assert relayed(outbox, sender) == 50
    assert sorted(sender.texts, key=int) == [str(number) for number in range(50)]
    assert sorted(outbox.arrived) == list(range(50))


def test_one_who_cannot_be_reached_holds_up_nobody_else() -> None:
    outbox = FakeOutbox([a_delivery(1, peer="gone"), a_delivery(2)])

    arrived = relayed(outbox, FakeSender({"gone": TicketNotFound()}))

    assert (arrived, outbox.arrived, outbox.failures) == (1, [2], {1: "ticket_not_found"})


def test_a_fault_nobody_foresaw_is_noted_by_its_kind_without_its_words() -> None:
    outbox = FakeOutbox([a_delivery(1, peer="odd"), a_delivery(2)])

    relayed(outbox, FakeSender({"odd": RuntimeError("what the resident said")}))

    assert (outbox.arrived, outbox.failures) == ([2], {1: "RuntimeError"})


@dataclass(slots=True)
class SlowFor:
    """Takes its time for one person."""

    peer: str
    texts: list[str] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        """Sooner or later."""
        if delivery.peer == self.peer:
            time.sleep(0.5)
        self.texts.append(delivery.text)


def test_a_slow_answer_holds_up_nobody_else() -> None:
    outbox, sender = FakeOutbox([a_delivery(number) for number in range(30)]), SlowFor("peer0")

    assert Relay(outbox, {Channel.TELEGRAM: sender}).run() == 30
    assert sender.texts[-1] == "0"


def test_a_channel_that_fails_again_and_again_rests_and_the_others_go_on() -> None:
    down = [a_delivery(number, peer="gone") for number in range(3 * REST_AFTER)]
    up = [a_delivery(number, channel=Channel.WECHAT) for number in range(100, 150)]
    outbox, wechat = FakeOutbox([*down, *up]), FakeSender()
    telegram = FakeSender({"gone": ConnectionError()})

    arrived = Relay(outbox, {Channel.TELEGRAM: telegram, Channel.WECHAT: wechat}).run()

    assert arrived == len(up)
    assert REST_AFTER <= len(outbox.failures) < 2 * REST_AFTER
    assert len(outbox.waiting) == len(down) - len(outbox.failures)


def test_a_run_ends_in_time_and_leaves_the_rest_for_the_next() -> None:
    outbox = FakeOutbox([a_delivery(number) for number in range(1000)])

    Relay(outbox, {Channel.TELEGRAM: FakeSender()}).run(within_s=0)

    assert (outbox.arrived, len(outbox.waiting)) == ([], 1000)


def test_what_breaks_the_sender_itself_is_given_up_after_some_tries_and_a_closed_way_never() -> None:
    outbox = FakeOutbox(
        [a_delivery(1, peer="odd", attempts=POISON_TRIES), a_delivery(2, peer="gone", attempts=1000)]
    )

    relayed(outbox, FakeSender({"odd": RuntimeError(), "gone": TimeoutError()}))

    assert (outbox.given_up, outbox.failures) == ({1: "RuntimeError"}, {2: "TimeoutError"})


def test_who_can_never_be_reached_is_given_up() -> None:
    outbox = FakeOutbox([a_delivery(1, peer="gone")])

    relayed(outbox, FakeSender({"gone": Undeliverable()}))

    assert (outbox.given_up, outbox.failures) == ({1: Undeliverable.code}, {})


def test_a_channel_that_is_not_set_up_keeps_its_pushes_waiting() -> None:
    outbox = FakeOutbox([a_delivery(1, channel=Channel.WECHAT)])

    relayed(outbox, FakeSender())

    assert outbox.failures == {1: NO_SENDER}


def test_a_duty_that_fails_stops_no_other() -> None:
    done: list[str] = []

    def fails() -> None:
        raise RuntimeError

    def storage_is_away() -> None:
        raise StorageUnavailable

    Scheduler({"one": fails, "two": storage_is_away, "three": lambda: done.append("three")}).once()

    assert done == ["three"]


def test_the_scheduler_goes_round_until_it_is_told_to_stop() -> None:
    stop = threading.Event()
    rounds: list[int] = []

    def duty() -> None:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()

    Scheduler({"duty": duty}).run(stop, every_s=0.001)

    assert len(rounds) == 3


@dataclass(slots=True)
class FakeLateGateway:
    """Takes messages in as the test says."""

    outcomes: dict[str, bool | Exception]
    seen: list[str] = field(default_factory=list)

    async def take_in(self, message: InboundMessage) -> bool:
        """By its text."""
        self.seen.append(message.text)
        outcome = self.outcomes.get(message.text, True)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_only_what_was_taken_in_leaves_the_spool(spool: Spool) -> None:
    for text in ("taken", "under way", "odd", "taken too"):
        spool.keep(a_message(text))
    gateway = FakeLateGateway({"under way": False, "odd": RuntimeError()})

    taken = asyncio.run(replay(gateway, spool))

    assert taken == 2
    assert [waiting.message.text for waiting in spool.waiting()] == ["under way", "odd"]


def test_while_the_database_is_away_the_spool_stays_as_it_is(spool: Spool) -> None:
    for text in ("first", "second"):
        spool.keep(a_message(text))
    gateway = FakeLateGateway({"first": StorageUnavailable()})

    Scheduler({"spool": lambda: asyncio.run(replay(gateway, spool))}).once()

    assert gateway.seen == ["first"]
    assert spool.depth() == 2
