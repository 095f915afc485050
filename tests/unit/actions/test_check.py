"""The guided check: asks on, waits, leaves, and forgets."""

import json

from actions.check import AskCheckQuestion, CheckDone, ValidateCheckForm
from actions.policy import AnswerPolicy, Clarify
from tests.unit.actions.fakes import FakeServices, Said, a_message, a_question, run

GOING_ON = {
    "requested_slot": "check_answer",
    "check_topic": "dibao",
    "check_answers": json.dumps({"0": "yes"}),
}


def heard(text: str = "", intent: str = "", *, confidence: float = 0.9, **more: object) -> Said:
    return run(
        ValidateCheckForm, FakeServices(), a_message(text, intent, confidence=confidence, **more), **GOING_ON
    )


def test_the_button_starts_the_check_even_where_it_was_not_recognised() -> None:
    for action in (AnswerPolicy, Clarify):
        said = run(action, FakeServices(), a_message("start", "nlu_fallback"))

        assert said.names == ["opening"]
        assert said.followup == "check_form"
        assert said.slots["check_topic"] == "dibao"


def test_the_question_has_its_options_and_two_ways_out() -> None:
    said = run(AskCheckQuestion, FakeServices(), a_message(), **GOING_ON)

    assert said.names == ["question 2"]
    assert said.buttons == ["yes", "no", "跳过", "不查了"]


def test_an_answer_is_kept_and_the_last_one_ends_the_asking() -> None:
    said = heard("no", "deny")

    assert json.loads(said.slots["check_answers"]) == {"0": "yes", "1": "no"}
    assert said.slots["requested_slot"] is None


def test_a_skip_leaves_the_question_open() -> None:
    assert json.loads(heard("跳过", "skip").slots["check_answers"])["1"] == "-"


def test_a_question_of_policy_is_answered_and_the_check_goes_on() -> None:
    said = heard("临时救助要什么材料", "temporary_aid", questions=[a_question("temporary_aid", "materials")])

    assert said.names == ["temporary_aid/materials"]
    assert said.slots["requested_slot"] == "check_answer"
    assert "check_answers" not in said.slots


def test_words_that_fit_nothing_are_asked_again() -> None:
    said = heard("嘟嘟", "nlu_fallback")

    assert said.names == ["again"]
    assert said.slots["requested_slot"] == "check_answer"


def test_whoever_stops_is_let_go_and_nothing_stays() -> None:
    left = heard("不查了", "stop_form")
    done = run(CheckDone, FakeServices(), a_message("不查了", "stop_form"), **{**GOING_ON, **left.slots})

    assert left.slots["requested_slot"] is None
    assert done.names == ["utter_check_stopped"]
    assert {name: done.slots[name] for name in ("check_topic", "check_answers", "check_answer")} == {
        "check_topic": None,
        "check_answers": None,
        "check_answer": None,
    }


def test_a_person_at_risk_ends_the_check_and_the_report_begins() -> None:
    served = FakeServices()
    message = a_message("/self_harm", "self_harm")
    left = run(ValidateCheckForm, served, message, **GOING_ON)
    done = run(CheckDone, served, message, **{**GOING_ON, **left.slots})

    assert left.slots["requested_slot"] is None
    assert done.followup == "report_form"
    assert done.slots["check_answers"] is None
    assert [view.category for view in served.reports.tickets.values()] == ["self_harm"]


def test_a_faint_sign_of_danger_is_enough_and_a_faint_complaint_is_not() -> None:
    assert heard("他打我", "domestic_violence", confidence=0.3).slots["requested_slot"] is None
    assert heard("你们真烦", "complaint", confidence=0.3).slots["requested_slot"] == "check_answer"


def test_a_wish_for_a_person_leaves_the_check_for_the_ticket() -> None:
    served = FakeServices()
    message = a_message("转人工", "human")
    left = run(ValidateCheckForm, served, message, **GOING_ON)
    run(CheckDone, served, message, **{**GOING_ON, **left.slots})

    assert left.slots["requested_slot"] is None
    assert [view.category for view in served.reports.tickets.values()] == ["human"]


def test_the_verdict_is_said_with_what_may_help_instead_and_all_answers_are_dropped() -> None:
    answers = json.dumps({"0": "yes", "1": "no"})
    said = run(CheckDone, FakeServices(), a_message("no", "deny"), check_topic="dibao", check_answers=answers)

    assert said.names == ["dibao: yes no"]
    assert said.buttons == ["我想问特困供养", "转人工"]
    assert said.slots["check_answers"] is None
    assert said.slots["topic"] == "dibao"
