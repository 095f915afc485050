"""Every question gets its answer; what is unclear is asked back once, then a person is offered."""

from actions.policy import AnswerPolicy, Clarify
from tests.unit.actions.fakes import FakeServices, a_message, a_question, run


def test_two_questions_get_two_answers_and_the_last_topic_is_kept() -> None:
    message = a_message(
        intent="dibao", questions=[a_question("dibao", "procedure"), a_question("tekun", "amount")]
    )

    said = run(AnswerPolicy, FakeServices(), message)

    assert said.names == ["dibao/procedure", "tekun/amount"]
    assert said.slots["topic"] == "tekun"


def test_a_follow_up_asks_about_the_topic_from_before() -> None:
    message = a_message(intent="follow_up", aspect={"name": "materials", "confidence": 0.9})

    said = run(AnswerPolicy, FakeServices(), message, topic="dibao")

    assert said.names == ["dibao/materials"]


def test_a_new_topic_replaces_the_one_from_before() -> None:
    message = a_message(intent="tekun", questions=[a_question("tekun")])

    said = run(AnswerPolicy, FakeServices(), message, topic="dibao")

    assert said.slots["topic"] == "tekun"


def test_a_follow_up_before_any_topic_asks_which_matter() -> None:
    said = run(AnswerPolicy, FakeServices(), a_message(intent="follow_up"))

    assert said.names == ["utter_ask_topic"]
    assert said.buttons == ["我想问低保", "我想问临时救助", "转人工"]


def test_an_unclear_message_is_asked_back_with_the_likeliest_matters() -> None:
    ranking = [
        {"name": name} for name in ("nlu_fallback", "dibao", "affirm", "tekun", "complaint", "adoption")
    ]

    said = run(Clarify, FakeServices(), a_message(intent="nlu_fallback", intent_ranking=ranking))

    assert said.names == ["utter_clarify"]
    assert said.buttons == ["我想问低保", "我想问特困供养", "我要投诉"]
    assert said.slots == {"clarified": True}


def test_a_second_unclear_message_is_offered_a_person() -> None:
    said = run(Clarify, FakeServices(), a_message(intent="nlu_fallback"), clarified=True)

    assert said.names == ["utter_offer_person"]
    assert said.slots == {"offer": "human"}
    assert said.buttons == ["转人工"]


def test_an_understood_message_clears_the_doubt() -> None:
    message = a_message(intent="dibao", questions=[a_question("dibao")])

    said = run(AnswerPolicy, FakeServices(), message, clarified=True)

    assert said.slots["clarified"] is False
