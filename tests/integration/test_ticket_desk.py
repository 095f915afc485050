"""The queue: who may, who wins, what the resident hears."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.factories import FakeClock, a_member, a_risk_arrival, an_arrival
from ticketing.bootstrap import Runtime
from ticketing.domain.casework import PoliceReport
from ticketing.domain.errors import (
    AlreadyClaimed,
    BadInput,
    NotPermitted,
    StaleTicket,
    TicketNotFound,
    TransitionRefused,
)
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Actor, Role
from ticketing.domain.vocabulary import Category


def reported(runtime: Runtime, text: str = "邻居天天打孩子，在西津街道") -> tuple[str, str]:
    """A child-protection report in Xijin; its number and conversation."""
    receipt = runtime.intake.receive(a_risk_arrival(text))
    assert receipt.ticket is not None
    return receipt.ticket.number, receipt.conversation_id


def told_police(runtime: Runtime, worker: Actor, number: str) -> None:
    """A child's ticket does not end, and is not sent away, without it."""
    report = PoliceReport(runtime.clock.now(), "西津派出所", "回执2026-118")
    runtime.child_cases.report_police(worker, number, report)


def claim_or_lose(runtime: Runtime, actor: Actor, number: str) -> str:
    """Name of whoever has the ticket afterwards, marked when it was this person's own success."""
    try:
        return f"won:{runtime.tickets.claim(actor, number).assignee_name}"
    except AlreadyClaimed as lost:
        return str(lost.params["name"])


def test_of_fifty_workers_at_once_one_wins_and_the_others_learn_who(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    workers = [a_member(runtime, name=f"工作人员{i}") for i in range(50)]

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(lambda actor: claim_or_lose(runtime, actor, number), workers))

    won = [outcome for outcome in outcomes if outcome.startswith("won:")]
    assert len(won) == 1
    assert {outcome for outcome in outcomes if outcome not in won} == {won[0].removeprefix("won:")}


def test_a_claim_is_refused_to_another_town_and_to_a_disabled_account(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    stranger = a_member(runtime, unit="town-nanshan")
    gone = a_member(runtime)
    runtime.staff.disable(a_member(runtime, role=Role.ADMIN, unit="city-hotline"), gone.id)

    for actor in (stranger, gone):
        with pytest.raises(NotPermitted):
            runtime.tickets.claim(actor, number)


def test_a_worker_sees_the_queue_of_his_own_unit_only(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    ours, theirs = a_member(runtime), a_member(runtime, unit="town-nanshan")

    assert [one.number for one in runtime.tickets.queue(ours, scope="unit").items] == [number]
    assert runtime.tickets.queue(theirs, scope="all").total == 0
    with pytest.raises(NotPermitted):
        runtime.tickets.get(theirs, number)


def test_what_a_worker_does_reaches_the_resident_until_he_rates(runtime: Runtime) -> None:
    number, conversation = reported(runtime)
    worker = a_member(runtime)

    runtime.tickets.claim(worker, number)
    runtime.tickets.start(worker, number)
    runtime.tickets.reply(worker, number, text="我们已经上门")
    told_police(runtime, worker, number)
    runtime.tickets.resolve(worker, number, result="孩子已由亲属照料，派出所已出具告诫书")
    rated = runtime.reports.rate(conversation, score=5)

    said = [line.text for line in runtime.chats.for_resident(conversation)]
    assert any("我们已经上门" in text for text in said)
    assert any("孩子已由亲属照料" in text for text in said)
    assert rated.status is Status.CLOSED
    assert rated.rating == 5


def test_a_grade_goes_to_the_finished_ticket_although_another_is_open(runtime: Runtime) -> None:
    number, conversation = reported(runtime)
    worker = a_member(runtime)
    runtime.tickets.claim(worker, number)
    told_police(runtime, worker, number)
    runtime.tickets.resolve(worker, number, result="已请派出所上门看过孩子")
    runtime.reports.open_report(conversation, category=Category.HUMAN, text="转人工")

    assert runtime.reports.rate(conversation, score=4).number == number


def test_a_discontented_resident_sends_the_ticket_back_to_its_unit(runtime: Runtime) -> None:
    number, conversation = reported(runtime)
    worker = a_member(runtime)
    runtime.tickets.claim(worker, number)
    told_police(runtime, worker, number)
    runtime.tickets.resolve(worker, number, result="已请派出所上门看过孩子")

    assert runtime.reports.rate(conversation, score=1).status is Status.DISPATCHED


def test_a_ticket_still_worked_on_cannot_be_rated(runtime: Runtime) -> None:
    _, conversation = reported(runtime)

    with pytest.raises(TransitionRefused):
        runtime.reports.rate(conversation, score=5)


def test_an_edit_from_an_old_page_is_refused_and_a_note_without_version_is_kept(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    seen = runtime.tickets.claim(worker, number).version
    runtime.tickets.note(worker, number, text="电话没人接", version=seen)

    with pytest.raises(StaleTicket):
        runtime.tickets.resolve(worker, number, result="已请派出所上门看过孩子", version=seen)
    runtime.tickets.note(worker, number, text="下午再去")

    notes = [event.text for event in runtime.tickets.get(worker, number).events if event.kind == "note"]
    assert notes == ["电话没人接", "下午再去"]


def test_a_return_names_the_next_unit_and_lands_there_once_the_hotline_agrees(
    runtime: Runtime,
) -> None:
    number, _ = reported(runtime)
    worker, other = a_member(runtime), a_member(runtime, unit="town-nanshan")
    runtime.tickets.claim(worker, number)

    with pytest.raises(BadInput):
        runtime.tickets.return_(worker, number, reason=" ", next_unit="town-nanshan")
    told_police(runtime, worker, number)
    runtime.tickets.return_(worker, number, reason="不在本辖区", next_unit="town-nanshan")
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    before = runtime.tickets.queue(other, scope="unit").total
    runtime.tickets.uphold(operator, number, unit="town-nanshan", reason="是南山街道的事")

    kinds = [event.kind for event in runtime.tickets.get(other, number).events]
    assert before == 0
    assert [one.number for one in runtime.tickets.queue(other, scope="unit").items] == [number]
    assert kinds[-2:] == ["return", "objection_upheld"]


def test_what_nobody_claims_goes_up_one_level_at_a_time_and_never_leaves_the_queue(
    runtime: Runtime, clock: FakeClock
) -> None:
    receipt = runtime.intake.receive(a_risk_arrival("孩子被打，在津北村"))
    assert receipt.ticket is not None
    number = receipt.ticket.number
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")

    units = [runtime.tickets.get(supervisor, number).ticket.unit]
    for _ in range(5):
        clock.advance(timedelta(hours=1, minutes=1))
        runtime.deadlines.sweep()
        runtime.deadlines.sweep()
        units.append(runtime.tickets.get(supervisor, number).ticket.unit)

    assert units[:4] == ["village-xijin-jinbei", "town-xijin", "city-minors", "city-hotline"]
    assert set(units[4:]) == {"city-hotline"}
    assert runtime.tickets.queue(supervisor, scope="overdue").total == 1


def test_two_sweeps_at_once_escalate_once(runtime: Runtime, clock: FakeClock) -> None:
    number, _ = reported(runtime)
    clock.advance(timedelta(hours=2))

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: runtime.deadlines.sweep(), range(4)))

    assert [number for report in reports for number in report.escalated] == [number]


def test_a_place_told_later_moves_an_unclaimed_ticket_to_its_unit(runtime: Runtime) -> None:
    number, _ = reported(runtime, "邻居打孩子")
    worker = a_member(runtime, unit="town-nanshan")

    runtime.reports.fill(number, field="place", value="南山街道")

    assert [one.number for one in runtime.tickets.queue(worker, scope="unit").items] == [number]


def test_a_place_told_in_answer_to_another_question_counts(runtime: Runtime) -> None:
    number, _ = reported(runtime, "邻居打孩子")
    worker = a_member(runtime, unit="town-meilin")

    outcome = runtime.reports.fill(number, field="safe_now", value="梅林镇")

    assert outcome.place is not None
    assert [one.number for one in runtime.tickets.queue(worker, scope="unit").items] == [number]


def test_an_ambiguous_place_gives_candidates_and_moves_nothing(runtime: Runtime) -> None:
    number, conversation = reported(runtime, "邻居打孩子")

    outcome = runtime.reports.fill(number, field="place", value="杨山村")

    ticket = runtime.reports.current(conversation)
    assert outcome.place is not None
    assert {candidate.town for candidate in outcome.place.candidates} == {"nanshan", "xianxia"}
    assert ticket is not None
    assert ticket.town is None


def test_a_withdrawn_report_of_a_child_is_marked_and_worked_on(runtime: Runtime) -> None:
    _, conversation = reported(runtime)

    ticket = runtime.reports.withdraw(conversation)

    assert ticket.retracted
    assert ticket.status is Status.DISPATCHED


def test_what_is_taken_back_after_calling_for_a_person_is_the_report(runtime: Runtime) -> None:
    number, conversation = reported(runtime)
    runtime.reports.open_report(conversation, category=Category.HUMAN, text="转人工")

    taken_back = runtime.reports.retract(conversation)

    assert taken_back is not None
    assert (taken_back.number, taken_back.retracted) == (number, True)


def test_a_withdrawn_complaint_is_withdrawn(runtime: Runtime) -> None:
    receipt = runtime.intake.receive(an_arrival("投诉窗口"))
    runtime.reports.open_report(receipt.conversation_id, category=Category.COMPLAINT, text="投诉窗口")

    assert runtime.reports.withdraw(receipt.conversation_id).status is Status.WITHDRAWN


def test_another_chat_follows_a_ticket_only_with_its_code(runtime: Runtime) -> None:
    receipt = runtime.intake.receive(a_risk_arrival())
    other = runtime.intake.receive(an_arrival("查工单", peer="other")).conversation_id
    assert receipt.ticket is not None
    number, code = receipt.ticket.number, receipt.ticket.code

    with pytest.raises(TicketNotFound):
        runtime.reports.progress(other, number=number)
    with pytest.raises(TicketNotFound):
        runtime.reports.progress(other, number=number, code="AAAAAAAA")
    assert runtime.reports.progress(other, number=number, code=code.lower()).number == number


def test_opening_the_same_kind_of_report_twice_gives_one_ticket(runtime: Runtime) -> None:
    chat = runtime.intake.receive(an_arrival("投诉")).conversation_id

    first = runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉")
    second = runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉")

    assert (first.new, second.new) == (True, False)
    assert first.number == second.number


def test_opposite_merges_at_once_leave_one_ticket_open(runtime: Runtime) -> None:
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    numbers = []
    for peer in ("a", "b"):
        chat = runtime.intake.receive(an_arrival("投诉", peer=peer)).conversation_id
        given = runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉")
        numbers.append(given.number)

    def merge(pair: tuple[str, str]) -> bool:
        try:
            runtime.tickets.merge(supervisor, pair[0], into=pair[1], reason="同一件事")
        except TransitionRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        merged = list(pool.map(merge, [(numbers[0], numbers[1]), (numbers[1], numbers[0])]))

    statuses = sorted(runtime.tickets.get(supervisor, number).ticket.status for number in numbers)
    assert sorted(merged) == [False, True]
    assert statuses == [Status.DISPATCHED, Status.MERGED]
