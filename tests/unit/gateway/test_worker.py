"""Pushes leave in order, one failure stops no other, and what fails is tried again."""

import asyncio
import threading
from dataclasses import dataclass, field

from bot.channels.telegram_outlet import Undeliverable
from bot.messages import InboundMessage
from bot.spool import Spool
from bot.worker import HELD_BACK, NO_SENDER, Relay, Scheduler, Sender, replay
from tests.unit.gateway.messages import a_message
from ticketing.domain.errors import StorageUnavailable, TicketNotFound
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel


def a_delivery(number: int, *, peer: str = "peer", channel: Channel = Channel.TELEGRAM) -> Delivery:
    """A push to a resident."""
    return Delivery(
        id=number,
        kind="resident",
        channel=channel,
        peer=peer,
        text=f"{number}",
        buttons=(),
        ticket_number=None,
    )


@dataclass(slots=True)
class FakeOutbox:
    """Gives each delivery once."""

    waiting: list[Delivery] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)
    given_up: dict[int, str] = field(default_factory=dict)

    def due(self, limit: int) -> list[Delivery]:
        """The next few."""
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
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


def test_everything_due_is_sent_in_its_order() -> None:
    outbox, sender = FakeOutbox([a_delivery(number) for number in range(50)]), FakeSender()

    assert relayed(outbox, sender) == 50
    assert sender.texts == [str(number) for number in range(50)]


def test_one_who_cannot_be_reached_holds_up_nobody_else() -> None:
    outbox = FakeOutbox([a_delivery(1, peer="gone"), a_delivery(2)])

    arrived = relayed(outbox, FakeSender({"gone": TicketNotFound()}))

    assert (arrived, outbox.arrived, outbox.failures) == (1, [2], {1: "ticket_not_found"})


def test_a_fault_nobody_foresaw_is_noted_by_its_kind_without_its_words() -> None:
    outbox = FakeOutbox([a_delivery(1, peer="odd"), a_delivery(2)])

    relayed(outbox, FakeSender({"odd": RuntimeError("what the resident said")}))

    assert (outbox.arrived, outbox.failures) == ([2], {1: "RuntimeError"})


def test_after_a_failure_later_words_to_the_same_person_wait() -> None:
    outbox = FakeOutbox([a_delivery(1, peer="gone"), a_delivery(2, peer="gone")])

    relayed(outbox, FakeSender({"gone": TicketNotFound()}))

    assert outbox.failures == {1: "ticket_not_found", 2: HELD_BACK}


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
