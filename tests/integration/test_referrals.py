"""Referrals on a real database: who sees, who answers, who wins, what reaches the bodies, in which order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, permutations
from threading import Barrier

import pytest

from bot.relay import Relay
from tests.factories import FakeClock, a_member, an_arrival
from tests.integration.own_house import own_house
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import (
    BadInput,
    ConsentMissing,
    NotPermitted,
    ReferralLive,
    ReferralSettled,
    TicketingError,
    UnitNotFound,
)
from ticketing.domain.lifecycle import Status
from ticketing.domain.referrals import (
    Answer,
    Carried,
    Disclosure,
    NewReferral,
    ReferralMove,
    ReferralState,
    ReferralView,
)
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind, TaskView
from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Category, Channel

CITY, MINORS, AFFAIRS = "city-hotline", "city-minors", "city-civil-affairs"
AGREED = Disclosure(consented_by="本人电话里同意")
ACCEPT, REJECT = Answer(ReferralMove.ACCEPT), Answer(ReferralMove.REJECT, "不归我们")
_serial = count()
FINISH = Answer(ReferralMove.FINISH, "已安置")


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with its owner, and people of the units that may be asked."""

    runtime: Runtime
    number: str
    owner: Actor
    minors: Actor
    affairs: Actor
    supervisor: Actor

    def refer(self, target: str, disclosure: Disclosure = AGREED) -> ReferralView:
        """The owner asks somebody."""
        self.runtime.tickets.refer(self.owner, self.number, NewReferral(target, "请接手", disclosure))
        return self.of(target)

    def of(self, target: str) -> ReferralView:
        """The newest referral to somebody."""
        return next(one for one in self.all() if one.target == target)

    def all(self) -> tuple[ReferralView, ...]:
        """All referrals, newest first."""
        return self.runtime.tickets.get(self.owner, self.number).referrals

    def sees(self, actor: Actor) -> bool:
        """Whether the ticket is shown to somebody."""
        try:
            self.runtime.tickets.get(actor, self.number)
        except NotPermitted:
            return False
        return True

    def answer(self, actor: Actor, referral: ReferralView, answer: Answer) -> ReferralView:
        """Somebody answers."""
        return self.runtime.tickets.answer(actor, self.number, referral.id, answer)

    def reminders(self) -> list[TaskView]:
        """Open tasks that remind the owner of this ticket's bodies."""
        kind = TaskKind.REFERRAL_OVERDUE
        open_ = self.runtime.tasks.open(self.owner)
        return [one for one in open_ if (one.kind, one.ticket_number) == (kind, self.number)]

    def overdue(self) -> int:
        """How many of this ticket's referrals the owner's list shows as late."""
        late = self.runtime.tickets.referral_list(self.owner, scope="overdue")
        return sum(one.ticket_number == self.number for one in late)

    def status(self) -> Status:
        """Where the ticket stands."""
        return self.runtime.tickets.get(self.owner, self.number).ticket.status


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """One for all cases here; it only goes forward."""
    return FakeClock()


@pytest.fixture(scope="module")
def house(
    postgres: str, valkey_url: str, clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    """One house for all cases here: each has a ticket of its own."""
    home = tmp_path_factory.mktemp("referrals")
    with own_house("test_referrals", (postgres, valkey_url), home, clock) as runtime:
        yield runtime


@pytest.fixture(scope="module")
def people(house: Runtime) -> tuple[Actor, Actor, Actor, Actor]:
    """Worker of the hotline, two units that may be asked, a supervisor."""
    return (
        a_member(house, unit=CITY),
        a_member(house, unit=MINORS, name="未保中心小陈"),
        a_member(house, unit=AFFAIRS, name="民政局小周"),
        a_member(house, role=Role.SUPERVISOR, unit=CITY, name="郑主管"),
    )


@pytest.fixture
def case(house: Runtime, people: tuple[Actor, Actor, Actor, Actor]) -> Case:
    """Claimed by a worker of the hotline."""
    text = "西津街道有老人要人上门照护"
    chat = house.intake.receive(an_arrival(text, peer=f"resident-{next(_serial)}")).conversation_id
    given = house.reports.open_report(chat, category=Category.COMPLAINT, text=text)
    house.tickets.claim(people[0], given.number)
    return Case(house, given.number, *people)


def test_several_are_asked_at_once_and_the_work_resumes_when_all_have_ended(case: Case) -> None:
    before = case.runtime.tickets.get(case.owner, case.number).ticket

    minors, affairs = case.refer(MINORS), case.refer(AFFAIRS)
    meanwhile = case.runtime.tickets.get(case.owner, case.number).ticket
    case.answer(case.minors, minors, REJECT)
    still = case.status()
    case.answer(case.affairs, affairs, ACCEPT)
    case.answer(case.affairs, affairs, FINISH)

    assert (meanwhile.status, meanwhile.assignee_id) == (Status.REFERRED, case.owner.id)
    assert meanwhile.resolve_by_at == before.resolve_by_at  # the resident's clock never waits for a body
    assert (still, case.status()) == (Status.REFERRED, Status.IN_PROGRESS)
    assert {one.target: one.state for one in case.all()} == {
        MINORS: ReferralState.REJECTED,
        AFFAIRS: ReferralState.DONE,
    }
    assert case.of(AFFAIRS).outcome == "已安置"


def test_nobody_is_told_without_consent_or_ground_nor_asked_twice(case: Case) -> None:
    with pytest.raises(ConsentMissing):
        case.refer("psychological", Disclosure())
    with pytest.raises(UnitNotFound):
        case.refer("nobody")
    case.refer("police", Disclosure(ground="danger_to_life"))
    with pytest.raises(ReferralSettled) as asked_twice:
        case.refer("police")

    assert [one.ground for one in case.all()] == ["danger_to_life"]
    assert asked_twice.value.params["name"] == case.owner.name


def test_the_unit_asked_sees_the_ticket_only_while_a_referral_to_it_lives(case: Case) -> None:
    seen = [case.sees(case.minors)]
    for end in (
        lambda one: case.answer(case.minors, one, REJECT),
        lambda one: (case.answer(case.minors, one, ACCEPT), case.answer(case.minors, one, FINISH)),
        lambda one: case.runtime.tickets.revoke(case.owner, case.number, one.id, reason="不用了"),
    ):
        referral = case.refer(MINORS)
        seen.append(case.sees(case.minors))
        end(referral)
        seen.append(case.sees(case.minors))

    assert seen == [False, True, False, True, False, True, False]


def test_another_units_referral_neither_shows_nor_opens_the_ticket_again(case: Case) -> None:
    minors = case.refer(MINORS)
    case.refer("psychological", Disclosure(ground="danger_to_life"))
    case.refer(AFFAIRS)
    shown = case.runtime.tickets.get(case.minors, case.number)

    case.answer(case.minors, minors, REJECT)

    assert (case.sees(case.minors), case.sees(case.affairs)) == (False, True)
    assert {one.target for one in shown.referrals} == {MINORS}  # consent was for each body by itself
    assert {one.data.get("target", MINORS) for one in shown.events} == {MINORS}


def test_only_the_addressee_answers_and_done_comes_only_after_accepting(case: Case) -> None:
    minors = case.refer(MINORS)
    told = Answer(ReferralMove.ACCEPT, told_by="陈主任", told_at=case.runtime.clock.now())

    for actor in (case.owner, case.affairs, case.supervisor):
        with pytest.raises(NotPermitted):
            case.answer(actor, minors, told)
    with pytest.raises(ReferralSettled):
        case.answer(case.minors, minors, FINISH)
    with pytest.raises(BadInput):
        case.answer(case.minors, minors, Answer(ReferralMove.REJECT, " "))
    accepted = case.answer(case.minors, minors, ACCEPT)
    with pytest.raises(ReferralSettled) as late:
        case.answer(case.minors, minors, REJECT)

    assert accepted.state is ReferralState.ACCEPTED
    assert late.value.params["name"] == "未保中心小陈"


def test_what_a_body_without_accounts_said_is_written_down_with_who_and_when(case: Case) -> None:
    legal = case.refer("legal")
    now = case.runtime.clock.now()

    for told_by, told_at in (("", now), ("李律师", None), ("李律师", now + timedelta(hours=1))):
        with pytest.raises(BadInput):
            case.answer(case.owner, legal, Answer(ReferralMove.ACCEPT, "周三见面", told_by, told_at))
    with pytest.raises(NotPermitted):
        case.answer(case.minors, legal, Answer(ReferralMove.ACCEPT, "周三见面", "李律师", now))
    case.answer(case.owner, legal, Answer(ReferralMove.ACCEPT, "周三见面", "李律师", now))

    kept = case.of("legal")
    assert (kept.state, kept.told_by, kept.told_at) == (ReferralState.ACCEPTED, "李律师", now)


@pytest.mark.parametrize("round_", range(4))
def test_accept_reject_and_revoke_at_once_have_one_outcome_and_the_losers_are_told(
    case: Case, round_: int
) -> None:
    referral = case.refer(MINORS)
    acts: list[tuple[str, Callable[[], object]]] = [
        ("accepted", lambda: case.answer(case.minors, referral, ACCEPT)),
        ("rejected", lambda: case.answer(case.minors, referral, REJECT)),
        (
            "revoked",
            lambda: case.runtime.tickets.revoke(case.owner, case.number, referral.id, reason="不用了"),
        ),
    ]
    order = list(permutations(acts))[round_]
    barrier = Barrier(3)

    def together(act: tuple[str, Callable[[], object]]) -> tuple[str, TicketingError | None]:
        barrier.wait()
        try:
            act[1]()
        except TicketingError as fault:
            return act[0], fault
        return act[0], None

    with ThreadPoolExecutor(3) as pool:
        outcomes = dict(pool.map(together, order))

    won = {name for name, fault in outcomes.items() if fault is None}
    # A referral that was accepted first may still be taken back: then both happened, one after the other.
    assert won in ({"accepted"}, {"rejected"}, {"revoked"}, {"accepted", "revoked"})
    losers = [fault for fault in outcomes.values() if fault is not None]
    assert {fault.code for fault in losers} <= {"referral_settled"}
    assert all(fault.params["name"] for fault in losers)
    final = case.of(MINORS).state
    assert final == ("revoked" if "revoked" in won else won.pop())
    assert case.sees(case.minors) is (final is ReferralState.ACCEPTED)
    assert (case.status() is Status.REFERRED) is (final is ReferralState.ACCEPTED)


def test_with_the_receivers_accounts_closed_the_referrer_still_takes_it_back(case: Case) -> None:
    receiver = a_member(case.runtime, unit="town-meilin")
    referral = case.refer("town-meilin")
    case.runtime.staff.disable(a_member(case.runtime, role=Role.ADMIN, unit=CITY), receiver.id)

    with pytest.raises(NotPermitted):
        case.answer(receiver, referral, ACCEPT)
    offered = case.runtime.tickets.referrals(case.owner, case.number)[0]
    case.runtime.tickets.revoke(case.owner, case.number, referral.id, reason="没人接")

    assert offered.is_hearsay  # nobody of the unit can log in: what it says is written down by ours
    assert case.of("town-meilin").state is ReferralState.REVOKED
    assert case.status() is Status.IN_PROGRESS


def test_a_supervisor_takes_back_and_a_stranger_does_not(case: Case) -> None:
    referral = case.refer(MINORS)

    for actor in (case.minors, case.affairs):
        with pytest.raises(NotPermitted):
            case.runtime.tickets.revoke(actor, case.number, referral.id, reason="不办")
    case.runtime.tickets.revoke(case.supervisor, case.number, referral.id, reason="改由别处办")

    assert case.of(MINORS).ended_by == case.supervisor.name


@dataclass(slots=True)
class Line:
    """A sender that fails for some chats."""

    down: set[str] = field(default_factory=set)
    carried: list[tuple[str, str]] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        """Carry or fail."""
        if delivery.peer in self.down:
            raise ConnectionError
        self.carried.append((delivery.peer, delivery.text))


def bound(runtime: Runtime, actor: Actor, chat: str) -> None:
    """The person is reached in this chat."""
    runtime.staff.bind_telegram(runtime.staff.bind_code(actor), chat)


def test_of_two_bodies_only_the_failed_one_is_tried_again_and_never_shown_as_sent_to_both(
    case: Case, clock: FakeClock
) -> None:
    bound(case.runtime, case.minors, "1")
    bound(case.runtime, case.affairs, "2")
    case.refer(MINORS)
    case.refer(AFFAIRS)
    line = Line({"1", "2"})
    relay = Relay(case.runtime.outbox, {Channel.TELEGRAM: line})
    shown = []
    for down in ({"1", "2"}, {"1", "2"}, {"2"}, set[str]()):
        line.down = down
        relay.run()
        shown.append((case.of(MINORS).carried, case.of(AFFAIRS).carried))
        clock.advance(timedelta(minutes=10))

    assert shown == [
        (Carried(1, 0, 1), Carried(1, 0, 1)),
        (Carried(1, 0, 2), Carried(1, 0, 2)),
        (Carried(1, 1, 0), Carried(1, 0, 3)),
        (Carried(1, 1, 0), Carried(1, 1, 0)),
    ]
    assert [(a.is_sent, b.is_sent) for a, b in shown][2:] == [(True, False), (True, True)]
    assert [peer for peer, _ in line.carried if peer in {"1", "2"}] == ["1", "2"]


def test_news_reach_a_body_in_their_order_also_with_two_relays_at_once(case: Case, clock: FakeClock) -> None:
    bound(case.runtime, case.minors, "3")
    referral = case.refer(MINORS)
    case.runtime.tickets.tell(case.owner, case.number, referral.id, text="老人转到医院了")
    case.runtime.tickets.revoke(case.owner, case.number, referral.id, reason="不用了")
    now = clock.now()

    storage = case.runtime.office.storage
    with storage.transaction() as slow, storage.transaction() as fast:
        first = [one for one in slow.outbox.lease(20, now) if one.peer == "3"]
        overtaking = [one for one in fast.outbox.lease(20, now) if one.peer == "3"]
    case.runtime.outbox.sent(first[0].id)
    line = Line()
    Relay(case.runtime.outbox, {Channel.TELEGRAM: line}).run()

    assert (len(first), overtaking) == (1, [])
    texts = [first[0].text, *(text for peer, text in line.carried if peer == "3")]
    assert [text.split("】")[0].lstrip("【") for text in texts] == ["转介·普通", "转介·普通", "转介已撤回"]
    assert "新情况" in texts[1]


def test_whoever_asked_in_vain_is_told_once_and_no_longer_after_an_answer(
    case: Case, clock: FakeClock
) -> None:
    bound(case.runtime, case.owner, "9")
    referral = case.refer(MINORS)
    clock.advance(timedelta(hours=25))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: case.runtime.referral_watch.sweep(), range(3)))
    tasks, overdue = case.reminders(), case.overdue()
    events = case.runtime.tickets.get(case.owner, case.number).events
    accepted = case.answer(case.minors, referral, ACCEPT)

    assert [event.kind for event in events].count("referral_overdue") == 1
    assert (len(tasks), overdue) == (1, 1)
    assert tasks[0].assignee_id == case.owner.id
    assert accepted.due_at > clock.now()
    assert (case.reminders(), case.overdue()) == ([], 0)


def test_a_ticket_is_not_resolved_nor_merged_over_the_head_of_a_body_that_was_asked(case: Case) -> None:
    referral = case.refer(MINORS)
    chat = case.runtime.intake.receive(
        an_arrival("又来说一遍", peer=f"other-{next(_serial)}")
    ).conversation_id
    other = case.runtime.reports.open_report(chat, category=Category.COMPLAINT, text="又说一遍").number

    with pytest.raises(ReferralLive):
        case.runtime.tickets.resolve(case.owner, case.number, result="已联系未保中心，等他们上门")
    with pytest.raises(ReferralLive):
        case.runtime.tickets.merge(case.supervisor, case.number, into=other, reason="同一件事")
    case.answer(case.minors, referral, ACCEPT)
    case.runtime.tickets.resolve(case.owner, case.number, result="市未保中心已上门，后续由他们照看")

    assert case.status() is Status.RESOLVED
    assert case.sees(case.minors)  # it still works on it


def test_a_report_taken_back_ends_its_referrals_and_waiting_no_longer_does_too(case: Case) -> None:
    case.refer(MINORS)
    case.refer("legal")
    case.runtime.tickets.resume(case.owner, case.number, reason="自己办")
    resumed = case.status()
    case.refer(MINORS)
    chat = case.runtime.tickets.get(case.owner, case.number).ticket.conversation_id
    case.runtime.reports.withdraw(chat or "")

    assert resumed is Status.IN_PROGRESS
    assert {one.state for one in case.all()} == {ReferralState.REVOKED}
    assert not case.sees(case.minors)


def test_the_lists_show_each_side_its_own(case: Case) -> None:
    case.refer(MINORS)

    listed = {
        (actor.unit, scope): sum(
            one.ticket_number == case.number for one in case.runtime.tickets.referral_list(actor, scope=scope)
        )
        for actor in (case.owner, case.minors, case.affairs)
        for scope in ("in", "out")
    }

    assert listed == {
        (case.owner.unit, "in"): 0,
        (case.owner.unit, "out"): 1,
        (MINORS, "in"): 1,
        (MINORS, "out"): 0,
        (AFFAIRS, "in"): 0,
        (AFFAIRS, "out"): 0,
    }
