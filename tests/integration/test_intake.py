"""What a resident sends is kept once, and whoever is at risk has a ticket in the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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


def test_what_the_whole_sentence_means_makes_the_words_ticket_another_one(runtime: Runtime) -> None:
    words = a_finding(Category.SELF_HARM, Risk.URGENT)
    receipt = runtime.intake.receive(an_arrival(text="TA HE DIES WITH ME", finding=words))

    runtime.intake.raise_risk(receipt.message_id, finding=a_finding(Category.ELDER_HARM, Risk.EMERGENCY))

    ticket = runtime.reports.current(receipt.conversation_id)
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    assert receipt.ticket is not None
    assert ticket is not None
    assert ticket.number == receipt.ticket.number
    assert (ticket.category, ticket.risk) == (Category.ELDER_HARM, Risk.EMERGENCY)
    assert runtime.tickets.queue(supervisor, scope="all").total == 1


def test_a_childs_ticket_stays_one_whatever_else_is_seen_in_it(runtime: Runtime) -> None:
    receipt = runtime.intake.receive(a_risk_arrival())

    runtime.intake.raise_risk(
        receipt.message_id, finding=a_finding(Category.DOMESTIC_VIOLENCE, Risk.EMERGENCY)
    )

    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    queue = runtime.tickets.queue(supervisor, scope="all")
    assert [(row.category, row.risk) for row in queue.items] == [(Category.CHILD_PROTECTION, Risk.EMERGENCY)]


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


def test_a_childs_own_danger_goes_to_those_who_work_for_minors_and_up_from_there(
    runtime: Runtime, clock: FakeClock
) -> None:
    finding = replace(a_finding(Category.SELF_HARM, Risk.EMERGENCY, "不想活"), minor=True)
    receipt = runtime.intake.receive(an_arrival("我上五年级，不想活了", finding=finding))
    filed = runtime.reports.current(receipt.conversation_id)
    clock.advance(timedelta(hours=1, minutes=1))
    runtime.deadlines.sweep()
    handed_up = runtime.reports.current(receipt.conversation_id)

    assert filed is not None
    assert handed_up is not None
    assert (filed.unit, handed_up.unit) == ("city-minors", "city-hotline")


def test_a_grown_persons_danger_goes_to_the_hotline(runtime: Runtime) -> None:
    finding = a_finding(Category.SELF_HARM, Risk.EMERGENCY, "不想活")
    receipt = runtime.intake.receive(an_arrival("不想活了", finding=finding))

    ticket = runtime.reports.current(receipt.conversation_id)
    assert ticket is not None
    assert ticket.unit == "city-hotline"


def test_at_night_only_what_endangers_people_goes_one_level_up(runtime: Runtime, clock: FakeClock) -> None:
    urgent = runtime.intake.receive(a_risk_arrival(peer="urgent")).conversation_id
    asked = runtime.intake.receive(an_arrival("想申请上门理发，在西津街道", peer="calm")).conversation_id
    runtime.reports.open_report(asked, category=Category.SERVICE_REQUEST, text="想申请上门理发，在西津街道")

    def levels() -> list[int]:
        runtime.deadlines.sweep()
        found = [runtime.reports.current(one) for one in (urgent, asked)]
        return [ticket.level for ticket in found if ticket is not None]

    # Monday noon; the calm one's working day ends on Tuesday at midnight.
    clock.advance(timedelta(hours=10))
    assert levels() == [1, 0]
    clock.advance(timedelta(hours=28))  # two in the night of Wednesday
    assert levels() == [2, 0]
    clock.advance(timedelta(hours=6, minutes=31))
    assert levels()[1] == 1
