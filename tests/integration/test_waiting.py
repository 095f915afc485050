"""Who waits for a person is told of, a second time a level higher if nobody looks, and each time once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest

from tests.factories import NOON, FakeClock, a_finding, a_member, an_arrival
from tests.integration.console_desk import CITY, desk_of
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind

_peers = count()


@dataclass(frozen=True, slots=True)
class House:
    """The house, an operator and a supervisor with Telegram, and a time that begins anew for each case."""

    runtime: Runtime
    clock: FakeClock
    operator: Actor
    boss: Actor

    def waits(self, text: str = "在吗", *, at_risk: bool = False) -> str:
        """A resident whom the bot could not help; the conversation."""
        finding = a_finding() if at_risk else None
        receipt = self.runtime.intake.receive(an_arrival(text, peer=f"w{next(_peers)}", finding=finding))
        self.runtime.intake.wait_for_person(receipt.message_id, reason="bot_away")
        return receipt.conversation_id

    def told(self, **later: int) -> list[str]:
        """Who is told by a sweep so much later, in order: o for the operator, b for the supervisor."""
        self.clock.advance(timedelta(**later))
        self.runtime.waiting_watch.sweep()
        names = {"700": "o", "701": "b"}
        due = [one for one in self.runtime.outbox.due(limit=100) if one.kind == "waiting"]
        for one in due:
            self.runtime.outbox.sent(one.id)
        return [names[one.peer] for one in due]

    def tasks(self) -> int:
        """How many residents somebody has to look after in the console's list."""
        return sum(one.kind is TaskKind.WAITING_CHAT for one in self.runtime.tasks.open(self.boss))


@pytest.fixture
def house(runtime: Runtime, clock: FakeClock) -> House:
    """At noon of a working day in Beijing, 14:35: offices are open."""
    clock.at = NOON + timedelta(hours=2, minutes=35)
    people = [
        a_member(runtime, role=role, unit=CITY, name=name)
        for role, name in ((Role.OPERATOR, "陈接线"), (Role.SUPERVISOR, "郑主管"))
    ]
    for person, chat in zip(people, ("700", "701"), strict=True):
        runtime.staff.bind_telegram(runtime.staff.bind_code(person), chat)
    return House(runtime, clock, *people)


def test_the_operators_are_told_and_if_nobody_opens_it_the_supervisors_each_once(house: House) -> None:
    chat = house.waits()

    assert house.told(minutes=1) == []
    assert house.told(minutes=1) == ["o"]
    assert house.told(minutes=7) == []
    assert house.told(minutes=1) == ["b"]
    assert house.tasks() == 1
    assert house.told(days=3) == []

    house.runtime.chats.take(house.operator, chat)
    assert house.tasks() == 0


def test_who_opened_it_has_longer_and_then_the_supervisors_are_told_all_the_same(house: House) -> None:
    chat = house.waits()
    assert house.told(minutes=2) == ["o"]
    desk_of(house.runtime, house.operator).get(f"/console/chats/{chat}")

    assert house.told(minutes=20) == []
    assert house.told(minutes=8) == ["b"]


def test_a_list_that_shows_it_is_no_look_at_it(house: House) -> None:
    house.waits()
    assert house.told(minutes=2) == ["o"]
    desk_of(house.runtime, house.operator).get("/console/chats")

    assert house.told(minutes=8) == ["b"]


def test_who_is_answered_in_time_is_told_of_to_nobody(house: House) -> None:
    chat = house.waits()
    house.runtime.chats.take(house.operator, chat)
    house.runtime.chats.send(house.operator, chat, "您好，请讲")

    assert house.told(hours=1) == []


def test_at_night_only_who_may_be_in_danger_is_told_of(house: House) -> None:
    house.clock.at = NOON + timedelta(hours=12)
    house.waits()
    assert house.told(minutes=15) == []
    house.waits("他又在打孩子", at_risk=True)
    assert house.told(minutes=2) == ["o"]
    assert house.told(minutes=3) == ["b"]

    # Half past eight in the morning: the others, both levels, since nobody has looked all night.
    assert house.told(hours=8, minutes=9) == []
    assert house.told(minutes=1) == ["o", "b"]


def test_two_sweeps_at_once_tell_once(house: House) -> None:
    for _ in range(5):
        house.waits()
    house.clock.advance(timedelta(minutes=11))

    with ThreadPoolExecutor(4) as threads:
        counted = sum(threads.map(lambda _: house.runtime.waiting_watch.sweep(), range(4)))

    assert counted == 10
    assert sorted(house.told()) == ["b", "o"]
    assert house.tasks() == 5


def test_who_writes_to_an_absent_operator_does_not_wait_unseen(house: House) -> None:
    chat = house.waits()
    house.runtime.chats.take(house.operator, chat)
    house.runtime.chats.send(house.operator, chat, "您好，请讲")
    peer = f"w{next(_peers) - 1}"
    house.runtime.intake.receive(an_arrival("他打我", peer=peer))

    assert house.told(minutes=2) == ["o"]
    assert house.told(minutes=8) == ["b"]
    assert house.tasks() == 1

    house.runtime.chats.send(house.operator, chat, "您现在安全吗")
    assert house.tasks() == 0


def test_a_word_of_thanks_that_the_operator_has_seen_wakes_nobody(house: House) -> None:
    chat = house.waits()
    house.runtime.chats.take(house.operator, chat)
    house.runtime.chats.send(house.operator, chat, "办好了")
    house.runtime.intake.receive(an_arrival("谢谢", peer=f"w{next(_peers) - 1}"))
    desk_of(house.runtime, house.operator).get(f"/console/chats/{chat}/lines?after=0")

    assert house.told(hours=1) == []


def test_taken_and_then_left_without_a_word_the_supervisors_are_told(house: House) -> None:
    chat = house.waits()
    desk_of(house.runtime, house.operator).get(f"/console/chats/{chat}")
    house.runtime.chats.take(house.operator, chat)

    assert house.told(minutes=29) == []
    assert house.told(minutes=1) == ["b"]


def test_where_no_operator_can_be_reached_the_supervisors_are_told_at_once(house: House) -> None:
    house.runtime.staff.unbind_telegram("700")
    house.waits()

    assert house.told(minutes=2) == ["b"]
