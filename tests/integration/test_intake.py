"""What a resident sends is kept once, and whoever is at risk has a ticket in the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from tests.factories import FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role
from ticketing.domain.ticket import StoredReply
from ticketing.domain.vocabulary import Category, Risk


def test_a_message_at_risk_has_its_ticket_at_once(runtime: Runtime) -> None:
    receipt = runtime.intake.receive(a_risk_arrival())

    ticket = runtime.reports.current(receipt.conversation_id)
    assert receipt.ticket is not None
    assert receipt.ticket.new
    assert ticket is not None
    assert (ticket.category, ticket.risk) == (Category.CHILD_PROTECTION, Risk.URGENT)
    assert (ticket.town, ticket.village, ticket.unit) == ("xijin", "xijin-jinbei", "village-xijin-jinbei")


def test_the_same_message_delivered_many_times_at_once_is_one_message_and_one_ticket(
    runtime: Runtime,
) -> None:
    arrival = a_risk_arrival(external_id="same")

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(runtime.intake.receive, [arrival] * 8))

    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    lines = runtime.chats.for_resident(receipts[0].conversation_id)
    assert sum(not receipt.duplicate for receipt in receipts) == 1
    assert len(lines) == 1
    assert runtime.tickets.queue(supervisor, scope="all").total == 1


def test_two_first_messages_of_one_person_at_once_open_one_case(runtime: Runtime) -> None:
    arrivals = [a_risk_arrival("孩子被打了"), a_risk_arrival("孩子又被打了")]

    with ThreadPoolExecutor(2) as pool:
        receipts = list(pool.map(runtime.intake.receive, arrivals))

    assert len({receipt.conversation_id for receipt in receipts}) == 1
    assert len({receipt.ticket.number for receipt in receipts if receipt.ticket}) == 1
    assert sorted(bool(receipt.ticket and receipt.ticket.new) for receipt in receipts) == [False, True]


def test_a_redelivery_gets_the_same_replies_again(runtime: Runtime) -> None:
    arrival = a_risk_arrival(external_id="again")
    receipt = runtime.intake.receive(arrival)
    replies = (StoredReply("先打 110"), StoredReply("孩子现在安全吗", ("安全", "不安全")))
    runtime.intake.record_replies(receipt.message_id, replies)

    again = runtime.intake.receive(arrival)

    assert again.duplicate
    assert again.replies == replies


def test_an_answer_that_was_cut_off_is_given_on_the_next_delivery_with_the_same_code(
    runtime: Runtime, clock: FakeClock
) -> None:
    arrival = a_risk_arrival(external_id="cut")
    first = runtime.intake.receive(arrival)
    clock.advance(timedelta(minutes=1))

    second = runtime.intake.receive(arrival)

    assert not second.duplicate
    assert second.ticket == first.ticket


def test_a_graver_message_sharpens_the_ticket_and_a_milder_one_does_not(runtime: Runtime) -> None:
    receipt = runtime.intake.receive(a_risk_arrival())
    runtime.intake.receive(an_arrival("他现在拿刀", finding=a_finding(risk=Risk.EMERGENCY)))
    runtime.intake.receive(an_arrival("打孩子", finding=a_finding(risk=Risk.URGENT)))

    ticket = runtime.reports.current(receipt.conversation_id)

    assert ticket is not None
    assert ticket.risk is Risk.EMERGENCY


def test_a_report_is_taken_although_the_working_calendar_ends(runtime: Runtime, clock: FakeClock) -> None:
    clock.at = datetime(2099, 12, 30, 4, 0, tzinfo=UTC)

    receipt = runtime.intake.receive(a_risk_arrival())

    ticket = runtime.reports.current(receipt.conversation_id)
    assert ticket is not None
    assert ticket.resolve_by_at is not None
    assert ticket.resolve_by_at.date() == date(2100, 1, 9)
    assert "工作日历" in ticket.deadline_basis


def test_recording_replies_twice_keeps_them_once(runtime: Runtime) -> None:
    receipt = runtime.intake.receive(an_arrival("你好"))
    runtime.intake.record_replies(receipt.message_id, (StoredReply("您好"),))
    runtime.intake.record_replies(receipt.message_id, (StoredReply("您好"),))

    assert [line.text for line in runtime.chats.for_resident(receipt.conversation_id)] == ["你好", "您好"]


def test_an_unanswered_message_waits_for_a_person_on_the_operators_list(runtime: Runtime) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    receipt = runtime.intake.receive(an_arrival("有人吗"))
    runtime.intake.wait_for_person(receipt.message_id, reason="bot_unavailable")

    waiting = runtime.chats.waiting(operator)

    assert [(one.id, one.last_text, one.waiting) for one in waiting] == [
        (receipt.conversation_id, "有人吗", True)
    ]


def test_the_bot_is_silent_while_a_person_has_the_conversation(runtime: Runtime) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    receipt = runtime.intake.receive(an_arrival("有人吗"))
    runtime.chats.take(operator, receipt.conversation_id)
    assert runtime.intake.receive(an_arrival("在吗")).staff_has_it

    runtime.chats.release(operator, receipt.conversation_id)

    assert not runtime.intake.receive(an_arrival("在吗")).staff_has_it
