"""A resident can ask, add, take back and rate, and is told kindly when that cannot be."""

from dataclasses import replace

from actions.tickets import (
    KeepAddition,
    Retract,
    TicketAdd,
    TicketProgress,
    TicketRate,
    TicketWithdraw,
)
from tests.unit.actions.fakes import FakeServices, a_message, run
from ticketing.domain.lifecycle import Status
from ticketing.domain.vocabulary import Category

TICKET = "NG20261123-0001"


def test_progress_says_status_and_unit() -> None:
    said = run(TicketProgress, with_ticket(), a_message("进度", "ticket_progress"))

    assert said.names == ["utter_progress_unit"]
    assert said.responses[0]["status"] == "status.new"


def test_progress_of_a_settled_ticket_says_the_result() -> None:
    served = with_ticket()
    served.reports.tickets[TICKET] = replace(served.reports.tickets[TICKET], result="已上门")

    said = run(TicketProgress, served, a_message("进度", "ticket_progress"))

    assert said.responses[0]["result"] == "已上门"


def test_a_ticket_nobody_knows_is_answered_kindly() -> None:
    number = {"entity": "ticket_number", "value": "NG20261123-9999"}

    said = run(TicketProgress, with_ticket(), a_message("进度", "ticket_progress", entities=[number]))

    assert said.names == ["utter_ticket_not_found"]


def test_an_addition_is_kept() -> None:
    served = with_ticket()

    said = run(TicketAdd, served, a_message("补充一下，他们昨天晚上又来过一次", "ticket_add"))

    assert served.reports.added == ["补充一下，他们昨天晚上又来过一次"]
    assert said.names == ["utter_report_added"]


def test_a_bare_wish_to_add_is_asked_for_the_words() -> None:
    said = run(TicketAdd, with_ticket(), a_message("我要补充", "ticket_add"))

    assert said.followup == "addition_form"


def test_the_words_asked_for_are_kept_and_a_refusal_is_not() -> None:
    served = with_ticket()

    run(KeepAddition, served, a_message("他家门牌是12号", "unclear"))
    run(KeepAddition, served, a_message("不补充了", "stop_form"))

    assert served.reports.added == ["他家门牌是12号"]


def test_somebody_at_risk_found_in_the_addition_begins_a_report() -> None:
    said = run(KeepAddition, with_ticket(), a_message("/self_harm{}", "self_harm"))

    assert said.followup == "report_form"


def test_an_ordinary_ticket_is_withdrawn() -> None:
    served = with_ticket()

    said = run(TicketWithdraw, served, a_message("撤回", "ticket_withdraw"))

    assert said.names == ["utter_withdrawn"]
    assert served.reports.tickets[TICKET].status is Status.WITHDRAWN


def test_a_ticket_of_somebody_at_risk_stays_and_that_is_said() -> None:
    said = run(TicketWithdraw, with_ticket(Category.ELDER_HARM), a_message("撤回", "ticket_withdraw"))

    assert said.names == ["utter_retracted"]


def test_saying_it_was_not_true_keeps_the_ticket_marked() -> None:
    served = with_ticket()

    run(Retract, served, a_message("我乱说的", "retract"))

    assert served.reports.tickets[TICKET].retracted


def test_nothing_to_take_back_is_no_fault() -> None:
    said = run(Retract, FakeServices(), a_message("我乱说的", "retract"))

    assert said.names == ["utter_nothing_to_retract"]


def test_a_wish_to_rate_without_a_score_is_shown_the_scores() -> None:
    served = with_ticket()
    served.reports.finish(TICKET)

    said = run(TicketRate, served, a_message("我要评价", "ticket_rate"))

    assert said.buttons[0] == "5分非常满意"


def test_what_is_not_finished_is_not_asked_to_be_rated() -> None:
    said = run(TicketRate, with_ticket(), a_message("我要评价", "ticket_rate"))

    assert said.names == ["utter_ticket_not_possible"]


def test_a_score_is_kept() -> None:
    served = with_ticket()
    served.reports.tickets[TICKET] = replace(served.reports.tickets[TICKET], status=Status.RESOLVED)
    score = {"entity": "score", "value": 4.0}

    said = run(TicketRate, served, a_message("4分", "ticket_rate", entities=[score]))

    assert said.names == ["utter_rated"]
    assert served.reports.tickets[TICKET].rating == 4


def test_after_the_grade_it_is_asked_whether_the_matter_is_settled() -> None:
    served = with_ticket()
    served.reports.asks_settled = True
    served.reports.tickets[TICKET] = replace(served.reports.tickets[TICKET], status=Status.RESOLVED)
    score = {"entity": "score", "value": 5.0}

    said = run(TicketRate, served, a_message("5分非常满意", "ticket_rate", entities=[score]))

    assert said.names == ["utter_rated", "事情解决了吗？"]
    assert said.buttons == ["解决了", "还没解决"]


def test_a_ticket_still_worked_on_cannot_be_rated_yet() -> None:
    score = {"entity": "score", "value": 4.0}

    said = run(TicketRate, with_ticket(), a_message("4分", "ticket_rate", entities=[score]))

    assert said.names == ["utter_ticket_not_possible"]


def with_ticket(category: Category = Category.COMPLAINT) -> FakeServices:
    """Services that hold one ticket."""
    served = FakeServices()
    served.reports.open_report("c-1", category=category, text="")
    return served
