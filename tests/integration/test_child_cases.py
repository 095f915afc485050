"""Children's cases on the real database: no way round the duty to report, and nobody signs for himself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from tests.factories import FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from tests.integration.console_desk import told_police
from ticketing.bootstrap import Runtime
from ticketing.domain.casework import PoliceReport
from ticketing.domain.errors import (
    BadInput,
    NotPermitted,
    ReportMissing,
    SecondPersonNeeded,
    TaskNotFound,
    TransitionRefused,
)
from ticketing.domain.lifecycle import TRANSITIONS, WORKING, Move, Status
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import MissedCall, TaskKind
from ticketing.domain.vocabulary import Category, Risk

CITY = "city-hotline"
ENDS = ("resolved", "closed", "merged", "returned", "refused", "withdrawn")


def reported(runtime: Runtime, *, peer: str = "peer") -> tuple[str, str]:
    """A child in Xijin; number and conversation."""
    receipt = runtime.intake.receive(a_risk_arrival("邻居天天打孩子，在西津街道", peer=peer))
    assert receipt.ticket is not None
    return receipt.ticket.number, receipt.conversation_id


def a_supervisor(runtime: Runtime, name: str = "郑主管") -> Actor:
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=name)


def a_police_report(clock: FakeClock) -> PoliceReport:
    return PoliceReport(clock.now() - timedelta(minutes=5), "西津派出所 李警官", "回执2026-118", "injuries")


def claimed(runtime: Runtime, number: str) -> Actor:
    """The worker who claimed it."""
    worker = a_member(runtime)
    runtime.tickets.claim(worker, number)
    return worker


def resolved(runtime: Runtime, number: str) -> Actor:
    """The worker who claimed it and told a result; the report to the police is on record."""
    worker = claimed(runtime, number)
    told_police(runtime, worker, number)
    runtime.tickets.resolve(worker, number, result="孩子已由外婆照料")
    return worker


def ways_out(runtime: Runtime, boss: Actor, number: str) -> dict[Move, Callable[[], object]]:
    """Every use case of staff that ends the work on a ticket or sends it away."""
    desk = runtime.tickets
    other, _ = reported(runtime, peer="other")
    return {
        Move.RESOLVE: lambda: desk.resolve(boss, number, result="孩子已由外婆照料"),
        Move.CLOSE: lambda: desk.close(boss, number),
        Move.MERGE: lambda: desk.merge(boss, number, into=other, reason="同一件事"),
        Move.RETURN: lambda: desk.return_(boss, number, reason="不在本辖区", next_unit="town-nanshan"),
        Move.REFUSE: lambda: desk.refuse(boss, number, path="请找派出所"),
    }


def put_into(database_url: str, number: str, status: Status, staff_id: int) -> None:
    """Set a ticket's status behind the services' back; only ways that the guard lets pass."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(
            text("update tickets set status = :s, assignee_id = :a where number = :n"),
            {"s": status.value, "a": staff_id if status in WORKING else None, "n": number},
        )
    engine.dispose()


@pytest.mark.parametrize("status", [s for s in Status if s.value not in ENDS])
def test_from_no_status_does_any_use_case_end_a_childs_ticket_without_a_report(
    runtime: Runtime, database_url: str, status: Status
) -> None:
    number, conversation = reported(runtime)
    boss = a_supervisor(runtime)
    outs = ways_out(runtime, boss, number)
    put_into(database_url, number, status, boss.id)

    for move, out in outs.items():
        refused = ReportMissing if status in TRANSITIONS[move][0] else TransitionRefused
        is_anothers = move is Move.RESOLVE and status not in WORKING
        with pytest.raises(NotPermitted if is_anothers else refused):
            out()
    assert runtime.reports.withdraw(conversation).status is status
    assert runtime.tickets.get(boss, number).ticket.status is status


@pytest.mark.parametrize("end", ENDS)
def test_not_even_plain_sql_ends_a_childs_ticket_without_a_report(
    runtime: Runtime, database_url: str, end: str
) -> None:
    number, _ = reported(runtime)
    engine = create_engine(database_url)

    with pytest.raises(IntegrityError, match="no police report"), engine.begin() as connection:
        connection.execute(text("update tickets set status = :s where number = :n"), {"s": end, "n": number})
    with pytest.raises(IntegrityError, match="no police report"), engine.begin() as connection:
        connection.execute(text("update tickets set category = 'complaint' where number = :n"), {"n": number})
    engine.dispose()


def test_a_recorded_report_opens_the_way_and_stays_in_the_history(runtime: Runtime, clock: FakeClock) -> None:
    number, _ = reported(runtime)
    worker, boss = claimed(runtime, number), a_supervisor(runtime)
    with pytest.raises(ReportMissing):
        runtime.tickets.resolve(worker, number, result="孩子已由外婆照料")

    runtime.child_cases.report_police(worker, number, a_police_report(clock))

    runtime.tickets.resolve(worker, number, result="孩子已由外婆照料")
    assert runtime.tickets.close(boss, number).status is Status.CLOSED
    file = runtime.child_cases.get(boss, number)
    assert [(one.receiver, one.receipt, one.situation) for one in file.reports] == [
        ("西津派出所 李警官", "回执2026-118", "injuries")
    ]


def test_a_report_of_the_future_or_without_a_receipt_is_none(runtime: Runtime, clock: FakeClock) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    tomorrow = PoliceReport(clock.now() + timedelta(days=1), "派出所", "1")
    empty = PoliceReport(clock.now(), "派出所", " ")

    for report in (tomorrow, empty):
        with pytest.raises(BadInput):
            runtime.child_cases.report_police(worker, number, report)
    assert not runtime.child_cases.get(worker, number).proof.is_given


def test_a_reason_counts_only_when_another_person_signed_it(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = claimed(runtime, number)
    asking, signing = a_supervisor(runtime, "甲"), a_supervisor(runtime, "乙")
    runtime.child_cases.ask_waiver(asking, number, reason="已核实：邻居装修的声音")
    waiver = runtime.child_cases.get(asking, number).waivers[0].id

    with pytest.raises(SecondPersonNeeded):
        runtime.child_cases.sign_waiver(asking, number, waiver_id=waiver, reason="同意")
    with pytest.raises(NotPermitted):
        runtime.child_cases.sign_waiver(worker, number, waiver_id=waiver, reason="同意")
    with pytest.raises(ReportMissing):
        runtime.tickets.resolve(worker, number, result="已核实，是装修的声音")
    runtime.child_cases.sign_waiver(signing, number, waiver_id=waiver, reason="电话核实过，同意")

    runtime.tickets.resolve(worker, number, result="已核实，是装修的声音")
    assert runtime.tickets.close(asking, number).status is Status.CLOSED


def test_a_signature_counts_once_a_ticket_opened_again_needs_a_new_one(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = claimed(runtime, number)
    asking, signing = a_supervisor(runtime, "甲"), a_supervisor(runtime, "乙")
    runtime.child_cases.ask_waiver(asking, number, reason="误报")
    waiver = runtime.child_cases.get(asking, number).waivers[0].id
    runtime.child_cases.sign_waiver(signing, number, waiver_id=waiver, reason="同意")
    runtime.tickets.resolve(worker, number, result="已核实，是装修的声音")
    runtime.tickets.close(asking, number)

    runtime.tickets.reopen(asking, number, reason="又听到哭声")
    again = claimed(runtime, number)

    with pytest.raises(ReportMissing):
        runtime.tickets.resolve(again, number, result="已核实，是装修的声音")


def test_a_content_residents_grade_closes_no_childs_ticket_without_a_report(
    runtime: Runtime, clock: FakeClock
) -> None:
    """It may turn out after the result was told that a child is concerned."""
    finding = a_finding(Category.SELF_HARM, Risk.EMERGENCY, "不想活了")
    receipt = runtime.intake.receive(an_arrival("我不想活了", finding=finding))
    assert receipt.ticket is not None
    number, boss = receipt.ticket.number, a_supervisor(runtime)
    runtime.tickets.claim(boss, number)
    runtime.tickets.resolve(boss, number, result="已请心理老师和他通过话，家人陪着")
    runtime.child_cases.mark_minor(boss, number)

    assert runtime.reports.rate(receipt.conversation_id, score=5).status is Status.CALLED_BACK
    runtime.child_cases.report_police(boss, number, a_police_report(clock))
    assert runtime.tickets.close(a_supervisor(runtime, "乙"), number).status is Status.CLOSED


def test_a_marked_minor_makes_it_a_childs_case_and_sets_the_duty(runtime: Runtime) -> None:
    finding = a_finding(Category.SELF_HARM, Risk.EMERGENCY, "不想活了")
    receipt = runtime.intake.receive(an_arrival("我不想活了，我上初二", finding=finding))
    assert receipt.ticket is not None
    boss, number = a_supervisor(runtime), receipt.ticket.number
    assert runtime.child_cases.get(boss, number).may_be_minors
    runtime.tickets.claim(boss, number)

    runtime.child_cases.mark_minor(boss, number)

    file = runtime.child_cases.get(boss, number)
    assert file.is_childs
    assert [task.kind for task in file.tasks] == [TaskKind.POLICE_REPORT]
    with pytest.raises(ReportMissing):
        runtime.tickets.refuse(boss, number, path="请打12356")


def test_whoever_claims_a_child_has_the_duty_until_a_report_is_recorded(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    runtime.tickets.claim(worker, number)
    clock.advance(timedelta(hours=2))

    duty = runtime.tasks.open(worker)[0]
    assert (duty.kind, duty.assignee_id, duty.overdue) == (TaskKind.POLICE_REPORT, worker.id, True)
    with pytest.raises(TaskNotFound):
        runtime.tasks.finish(worker, duty.id, outcome="知道了")
    runtime.child_cases.report_police(worker, number, a_police_report(clock))
    assert runtime.tasks.open(worker) == ()


def test_after_closing_somebody_looks_again_on_set_days(runtime: Runtime, clock: FakeClock) -> None:
    number, _ = reported(runtime)
    worker = resolved(runtime, number)
    runtime.tickets.close(a_supervisor(runtime), number)

    again = [one for one in runtime.tasks.open(worker) if one.kind is TaskKind.FOLLOW_UP]

    assert [(one.due_at - clock.now()).days for one in again] == [7, 30, 90]
    runtime.tasks.finish(worker, again[0].id, outcome="孩子在上学，情况好")
    assert [one.id for one in runtime.tasks.open(worker) if one.kind is TaskKind.FOLLOW_UP] == [
        one.id for one in again[1:]
    ]


def test_the_call_back_is_never_for_the_one_who_did_the_work(runtime: Runtime, clock: FakeClock) -> None:
    receipt = runtime.intake.receive(an_arrival("投诉窗口"))
    given = runtime.reports.open_report(receipt.conversation_id, category=Category.COMPLAINT, text="投诉窗口")
    boss, other = a_supervisor(runtime), a_supervisor(runtime, "乙")
    runtime.tickets.claim(boss, given.number)
    runtime.tickets.resolve(boss, given.number, result="已批评教育窗口人员并道歉")

    assert [one.kind for one in runtime.tasks.open(other)] == [TaskKind.CALL_BACK]
    assert runtime.tasks.open(boss) == ()
    with pytest.raises(SecondPersonNeeded):
        runtime.tickets.call_back(boss, given.number, outcome="满意")
    runtime.tickets.call_back(other, given.number, outcome="解决了，满意")
    assert runtime.tasks.open(other) == ()


def test_a_filled_in_form_is_kept_and_its_date_becomes_a_task(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    runtime.tickets.claim(worker, number)
    answers = {"visited_on": "2026-11-23", "safe": "doubt", "seen_child": "yes_", "home": "奶奶在家"}

    with pytest.raises(BadInput):
        runtime.child_cases.write_record(worker, number, form="home_visit", answers={**answers, "safe": "?"})
    runtime.child_cases.write_record(
        worker, number, form="home_visit", answers={**answers, "next_on": "2026-11-30"}
    )

    file = runtime.child_cases.get(worker, number)
    assert [(one.form, one.answers["home"]) for one in file.records] == [("home_visit", "奶奶在家")]
    assert [one.text for one in runtime.tasks.open(worker) if one.kind is TaskKind.PLANNED] == ["家访记录"]


def test_a_missed_call_becomes_a_task_once(runtime: Runtime, clock: FakeClock) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    call = MissedCall("05631234567", clock.now())

    runtime.tasks.missed_call(operator, call)
    runtime.tasks.missed_call(operator, call)

    task = runtime.tasks.open(operator)[0]
    assert (task.kind, task.contact, task.due_at - clock.now()) == (
        TaskKind.MISSED_CALL,
        "05631234567",
        timedelta(minutes=30),
    )
    clock.advance(timedelta(minutes=10))
    runtime.tasks.missed_call(operator, MissedCall("05631234567", clock.now(), "急"))
    joined = runtime.tasks.open(operator)
    assert [(one.id, one.due_at) for one in joined] == [(task.id, task.due_at)]
    assert "又打来一次" in joined[0].text
    runtime.tasks.finish(operator, task.id, outcome="已回电，问低保，已答复")
    runtime.tasks.missed_call(operator, MissedCall("05631234567", clock.now()))
    assert len(runtime.tasks.open(operator)) == 1
    assert runtime.tasks.open(operator)[0].id != task.id
