"""A report is a ticket at once; what belongs elsewhere is offered, not pushed."""

from dataclasses import replace

import pytest

from actions.choices import form_plan, window_for
from actions.report import AcceptOffer, DeclineOffer, OpenReport, OtherDepartment
from tests.unit.actions.fakes import FakeServices, Said, a_message, run
from ticketing.domain.ticket import Field
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category


def test_a_report_says_number_and_code_and_starts_the_form() -> None:
    served = FakeServices()

    said = run(OpenReport, served, a_message("我要投诉办事员", "complaint"))

    assert said.names == ["utter_opened_complaint"]
    assert said.responses[0]["number"] == "NG20261123-0001"
    assert said.responses[0]["code"] == "ABCD2345"
    assert said.followup == "report_form"
    assert said.slots["ticket_number"] == "NG20261123-0001"


def test_a_report_taken_by_the_gateway_does_not_repeat_the_number() -> None:
    served = FakeServices()
    served.reports.open_report("c-1", category=Category.CHILD_PROTECTION, text="")

    said = from_gateway(served)

    assert said.names == ["utter_report_begin"]
    assert said.followup == "report_form"


def test_a_policy_question_beside_a_report_is_answered() -> None:
    asked = (
        {"entity": "asked_topic", "value": "minor_protection"},
        {"entity": "asked_aspect", "value": "procedure"},
    )

    said = from_gateway(FakeServices(), entities=list(asked))

    assert said.names == ["utter_report_begin", "minor_protection/procedure"]
    assert said.slots["topic"] == "minor_protection"


def test_a_second_report_of_the_same_kind_is_added_and_nothing_is_asked_again() -> None:
    served = FakeServices()
    run(OpenReport, served, a_message("我要投诉办事员", "complaint"))

    said = run(OpenReport, served, a_message("他今天又骂人", "complaint"))

    assert said.names == ["utter_report_added"]
    assert served.reports.added == ["他今天又骂人"]
    assert said.followup is None


def test_what_the_report_itself_tells_is_not_asked() -> None:
    served = FakeServices()
    text = "我要投诉民政窗口的人骂人，电话13812345678"
    phone = {"entity": "phone", "value": "13812345678"}

    said = run(OpenReport, served, a_message(text, "complaint", entities=[phone]))

    assert served.reports.filled == [("NG20261123-0001", "contact", "13812345678")]
    assert {name for name, value in said.slots.items() if value == "-"} == {"what", "contact"}


def test_what_a_ticket_has_beyond_the_forms_questions_is_no_slot() -> None:
    served = FakeServices()
    number = served.reports.open_report("c-1", category=Category.CHILD_PROTECTION, text="").number
    told = {Field.DETAIL.value: "邻居打孩子", Field.RELATION.value: "neighbour", Field.SINCE.value: "昨天"}
    served.reports.tickets[number] = replace(served.reports.tickets[number], fields=told)

    said = from_gateway(served)

    assert {name for name, value in said.slots.items() if value == "-"} == {"since"}


def test_another_departments_matter_is_shown_the_window_and_offered_to_be_passed_on() -> None:
    served = FakeServices()

    said = run(OtherDepartment, served, a_message("我的社保断缴了", "other_department"))

    assert said.responses[0]["window"] == "人力资源和社会保障（12333）"
    assert said.buttons == ["要", "不用"]
    assert served.reports.tickets == {}


def test_a_yes_passes_the_matter_on_in_the_words_it_was_told() -> None:
    served = FakeServices()

    said = run(
        AcceptOffer, served, a_message("要", "affirm"), offer="other_department", offer_text="路灯坏了"
    )

    assert said.names == ["utter_opened_other_department"]
    assert said.slots["offer"] is None


@pytest.mark.parametrize(("text", "confidence"), [("o", 0.76), ("一直", 0.25)])
def test_what_only_looks_like_a_yes_opens_nothing_and_is_asked_again(text: str, confidence: float) -> None:
    served = FakeServices()

    said = run(AcceptOffer, served, a_message(text, "affirm", confidence=confidence), offer="human")
    agreed = run(AcceptOffer, served, a_message("得", "affirm", confidence=0.47), offer="human")

    assert (said.names, said.slots["offer"]) == (["utter_offer_person"], "human")
    assert agreed.names == ["utter_opened_human"]
    assert len(served.reports.tickets) == 1


@pytest.mark.parametrize(
    ("action", "response"), [(AcceptOffer, "utter_what_next"), (DeclineOffer, "utter_declined")]
)
def test_yes_and_no_without_an_offer_open_nothing(
    action: type[AcceptOffer | DeclineOffer], response: str
) -> None:
    served = FakeServices()

    said = run(action, served, a_message("好", "affirm"))

    assert said.names == [response]
    assert served.reports.tickets == {}


def test_what_nobody_knows_a_window_for_goes_to_the_general_hotline() -> None:
    assert "12345" in window_for("井盖丢了")


def test_every_category_has_questions_and_children_are_asked_fewer() -> None:
    plan = form_plan()

    assert set(plan.adult) == {category.value for category in Category}
    for category in AT_RISK_CATEGORIES & set(plan.child):
        assert len(plan.child[category]) <= len(plan.adult[category])


def from_gateway(served: FakeServices, *, entities: list[dict[str, str]] | None = None) -> Said:
    """Open a report the way the gateway asks for it."""
    message = a_message("/child_protection{}", "child_protection", entities=entities or [])
    return run(OpenReport, served, message)
