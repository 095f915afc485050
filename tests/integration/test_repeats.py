"""Repeats on the real database: proposed, joined, followed, parted again, and nothing lost by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from tests.factories import FakeClock, a_member, a_risk_arrival, an_arrival
from tests.integration.console_desk import told_police
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import MergeRefused, ReportMissing, TicketingError, TransitionRefused
from ticketing.domain.lifecycle import Status
from ticketing.domain.repeats import Ground
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import PhoneReport, TicketView
from ticketing.domain.vocabulary import Category, Risk

CITY = "city-hotline"
LAMP = "西津街道城东社区菜市场门口的路灯坏了，晚上老人摔跤"
AGAIN = "城东社区菜市场路灯不亮，西津街道，没法走"


def filed(runtime: Runtime, text: str = LAMP, *, peer: str = "peer") -> tuple[str, str]:
    """A request of a resident; number and conversation."""
    chat = runtime.intake.receive(an_arrival(text, peer=peer)).conversation_id
    given = runtime.reports.open_report(chat, category=Category.OTHER_DEPARTMENT, text=text)
    return given.number, chat


def a_supervisor(runtime: Runtime, name: str = "郑主管") -> Actor:
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=name)


def seen(runtime: Runtime, actor: Actor, number: str) -> TicketView:
    return runtime.tickets.get(actor, number).ticket


def proposed(runtime: Runtime, actor: Actor, number: str) -> list[str]:
    return [one.ticket.number for one in runtime.repeats.joined(actor, number).proposals]


def test_a_repeat_is_proposed_with_its_grounds_until_somebody_says_that_it_is_none(runtime: Runtime) -> None:
    boss = a_supervisor(runtime)
    first, _ = filed(runtime, peer="a")
    filed(runtime, "南山街道，老人想请人上门理发", peer="b")
    second, _ = filed(runtime, AGAIN, peer="c")

    found = runtime.repeats.joined(boss, second).proposals
    assert [one.ticket.number for one in found] == [first]
    assert {Ground.SAME_VILLAGE, Ground.SAME_CATEGORY, Ground.SAME_WORDS} <= set(found[0].likeness.grounds)
    runtime.repeats.say_two(boss, second, other=first)

    assert proposed(runtime, boss, second) == proposed(runtime, boss, first) == []


def test_only_whoever_may_merge_is_asked(runtime: Runtime) -> None:
    first, _ = filed(runtime, peer="a")
    second, _ = filed(runtime, AGAIN, peer="b")
    worker = a_member(runtime, unit=CITY)

    assert runtime.repeats.joined(worker, second).proposals == ()
    with pytest.raises(TicketingError):
        runtime.repeats.say_two(worker, second, other=first)


def test_the_earliest_deadline_and_the_graver_risk_hold_and_both_histories_stay(
    runtime: Runtime, clock: FakeClock
) -> None:
    boss = a_supervisor(runtime)
    early, _ = filed(runtime, peer="a")
    clock.advance(timedelta(days=2))
    late, _ = filed(runtime, AGAIN, peer="b")
    before = seen(runtime, boss, early)

    runtime.tickets.merge(boss, early, into=late, reason="同一盏灯")

    kept, joined = seen(runtime, boss, late), runtime.repeats.joined(boss, late)
    assert kept.resolve_by_at == before.resolve_by_at
    assert [part.number for part, _ in joined.parts] == [early]
    assert joined.parts[0][1][0].text == LAMP
    other = runtime.repeats.joined(boss, early).kept
    assert other is not None
    assert other.number == late


def standing(view: TicketView) -> tuple[object, ...]:
    """All that a merge must not change for good."""
    deadlines = (view.accept_by_at, view.first_contact_by_at, view.resolve_by_at)
    return view.status, view.unit, view.assignee_id, view.level, view.risk, deadlines


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)], ids=str)
def test_merges_undone_in_any_order_leave_every_ticket_as_it_was(
    runtime: Runtime, clock: FakeClock, order: tuple[int, ...]
) -> None:
    boss, worker = a_supervisor(runtime), a_member(runtime, unit=CITY)
    numbers = []
    for peer in "abcd":
        numbers.append(filed(runtime, peer=peer)[0])
        clock.advance(timedelta(days=1))
    kept, *parts = reversed(numbers)
    runtime.tickets.claim(worker, parts[0])
    runtime.tickets.start(worker, parts[0])
    before = {number: standing(seen(runtime, boss, number)) for number in numbers}
    for number in parts:
        runtime.tickets.merge(boss, number, into=kept, reason="同一件事")

    for index in order:
        runtime.tickets.unmerge(boss, parts[index], reason="看错了")

    assert {number: standing(seen(runtime, boss, number)) for number in numbers} == before
    assert runtime.repeats.joined(boss, kept).parts == ()


def test_what_is_written_while_merged_is_in_both_histories_after_parting(runtime: Runtime) -> None:
    boss = a_supervisor(runtime)
    first, chat = filed(runtime, peer="a")
    second, _ = filed(runtime, AGAIN, peer="b")
    runtime.tickets.merge(boss, first, into=second, reason="同一盏灯")
    runtime.tickets.note(boss, second, text="供电所说明天来")
    runtime.tickets.note(boss, first, text="写在并掉的单上")
    runtime.reports.add(chat, text="今天又有人摔了", number=first)

    runtime.tickets.unmerge(boss, first, reason="不是同一盏")

    texts = [event.text for event in runtime.tickets.get(boss, first).events]
    assert {"供电所说明天来", "写在并掉的单上", "今天又有人摔了"} <= set(texts)
    assert "供电所说明天来" in [event.text for event in runtime.tickets.get(boss, second).events]
    assert proposed(runtime, boss, first) == []


def test_an_owner_who_has_left_meanwhile_leaves_it_to_the_queue(runtime: Runtime) -> None:
    boss, worker = a_supervisor(runtime), a_member(runtime, unit=CITY)
    first, _ = filed(runtime, peer="a")
    second, _ = filed(runtime, AGAIN, peer="b")
    runtime.tickets.claim(worker, first)
    runtime.tickets.merge(boss, first, into=second, reason="同一盏灯")
    runtime.staff.disable(a_member(runtime, role=Role.ADMIN, unit=CITY), worker.id)

    parted = runtime.tickets.unmerge(boss, first, reason="不是同一盏")

    assert (parted.status, parted.assignee_id) == (Status.DISPATCHED, None)


def test_a_merged_reporter_follows_adds_hears_the_result_and_rates_under_his_own_number(
    runtime: Runtime,
) -> None:
    boss, worker = a_supervisor(runtime), a_member(runtime, unit=CITY)
    first, chat = filed(runtime, peer="a")
    second, other_chat = filed(runtime, AGAIN, peer="b")
    runtime.tickets.claim(worker, second)
    runtime.tickets.merge(boss, first, into=second, reason="同一盏灯")

    assert runtime.reports.progress(chat).status is Status.CLAIMED
    assert runtime.reports.progress(chat).number == first
    assert runtime.reports.progress(chat).fields["detail"] == LAMP
    assert runtime.reports.add(chat, text="昨晚又摔了一个").number == first
    assert runtime.reports.withdraw(chat).retracted
    runtime.tickets.resolve(worker, second, result="路灯已经修好，今晚就亮")

    for own, one in ((first, chat), (second, other_chat)):
        said = [line.text for line in runtime.chats.for_resident(one)]
        assert any("今晚就亮" in text and own in text for text in said)
    assert runtime.reports.rate(chat, score=5).number == first
    assert runtime.reports.progress(other_chat).rating is None


def test_a_childs_case_is_merged_by_hand_only_with_proof_and_into_a_childs_case_only(
    runtime: Runtime,
) -> None:
    boss = a_supervisor(runtime)
    numbers = []
    for peer in ("a", "b"):
        receipt = runtime.intake.receive(a_risk_arrival("邻居天天打孩子，在西津街道", peer=peer))
        assert receipt.ticket is not None
        numbers.append(receipt.ticket.number)
    lamp, _ = filed(runtime, peer="c")
    found = runtime.repeats.joined(boss, numbers[1]).proposals
    assert [(one.ticket.number, one.by_hand_only) for one in found] == [(numbers[0], True)]

    with pytest.raises(ReportMissing):
        runtime.tickets.merge(boss, numbers[1], into=numbers[0], reason="同一个孩子")
    told_police(runtime, boss, numbers[1])
    with pytest.raises(MergeRefused):
        runtime.tickets.merge(boss, numbers[1], into=lamp, reason="同一件事")
    merged = runtime.tickets.merge(boss, numbers[1], into=numbers[0], reason="同一个孩子")

    assert merged.status is Status.MERGED
    with pytest.raises(ReportMissing):
        runtime.tickets.refuse(boss, numbers[0], path="请找派出所")


def test_a_graver_part_makes_the_kept_ticket_as_urgent(runtime: Runtime) -> None:
    boss = a_supervisor(runtime)
    receipt = runtime.intake.receive(a_risk_arrival("邻居天天打孩子，在西津街道", peer="a"))
    quiet = runtime.intake.receive(an_arrival("邻居家孩子的事", peer="b")).conversation_id
    kept = runtime.reports.open_report(quiet, category=Category.CHILD_PROTECTION, text="邻居家孩子的事")
    assert receipt.ticket is not None
    told_police(runtime, boss, receipt.ticket.number)

    runtime.tickets.merge(boss, receipt.ticket.number, into=kept.number, reason="同一个孩子")

    assert seen(runtime, boss, kept.number).risk is Risk.URGENT


def test_only_what_is_merged_is_parted_and_a_closed_case_takes_in_nothing(runtime: Runtime) -> None:
    boss, worker = a_supervisor(runtime), a_member(runtime, unit=CITY)
    first, _ = filed(runtime, peer="a")
    second, _ = filed(runtime, AGAIN, peer="b")
    runtime.tickets.claim(worker, second)
    runtime.tickets.resolve(worker, second, result="路灯已经修好")

    with pytest.raises(MergeRefused):
        runtime.tickets.unmerge(boss, first, reason="看错了")
    with pytest.raises(TransitionRefused):
        runtime.tickets.merge(boss, first, into=second, reason="同一盏灯")


def test_merging_parting_adding_and_noting_at_once_never_wait_in_a_circle(runtime: Runtime) -> None:
    boss = a_supervisor(runtime)
    first, chat = filed(runtime, peer="a")
    second, other = filed(runtime, AGAIN, peer="b")

    def attempt(index: int) -> str:
        acts = (
            lambda: runtime.tickets.merge(boss, first, into=second, reason="同一盏灯"),
            lambda: runtime.tickets.merge(boss, second, into=first, reason="同一盏灯"),
            lambda: runtime.tickets.unmerge(boss, first, reason="看错了"),
            lambda: runtime.tickets.unmerge(boss, second, reason="看错了"),
            lambda: runtime.reports.add(chat, text=f"补充{index}", number=first),
            lambda: runtime.reports.add(other, text=f"补充{index}", number=second),
        )
        try:
            acts[index % len(acts)]()
        except (MergeRefused, TransitionRefused):
            return "refused"
        return "done"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(48)))

    views = [seen(runtime, boss, number) for number in (first, second)]
    added = [
        event.text
        for number in (first, second)
        for event in runtime.tickets.get(boss, number).events
        if event.kind == "added"
    ]
    assert set(outcomes) <= {"done", "refused"}
    assert sum(view.status is Status.MERGED for view in views) <= 1
    assert sorted(added) == sorted(f"补充{index}" for index in range(48) if index % 6 in {4, 5})


def statements_of(runtime: Runtime, boss: Actor, number: str, *, into: str) -> int:
    """How many statements it takes to merge, and to open the page of what was merged into."""
    seen_so_far: list[str] = []

    def note(*told: object) -> None:
        seen_so_far.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        runtime.tickets.merge(boss, number, into=into, reason="同一处停电")
        runtime.repeats.joined(boss, into)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen_so_far)


def test_a_storms_tenth_repeat_is_merged_and_read_with_no_more_statements_than_its_third(
    runtime: Runtime,
) -> None:
    boss = a_supervisor(runtime)
    first, *repeats = [filed(runtime, peer=f"p{place}")[0] for place in range(11)]

    taken = [statements_of(runtime, boss, number, into=first) for number in repeats]

    assert taken[2] == taken[-1]
    assert len(runtime.repeats.joined(boss, first).parts) == len(repeats)


def test_a_ticket_about_somebody_in_danger_is_merged_by_hand_only(runtime: Runtime) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    report = PhoneReport(
        Category.ELDER_HARM, Risk.URGENT, "儿子打骂老母亲，在菜市场旁", place="西津街道城东社区"
    )
    first, second = (runtime.tickets.file(operator, report).number for _ in range(2))

    found = runtime.repeats.joined(operator, second).proposals

    assert [(one.ticket.number, one.by_hand_only) for one in found] == [(first, True)]
