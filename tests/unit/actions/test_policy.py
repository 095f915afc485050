"""Every question gets its answer; what is unclear is asked back once, then a person is offered."""

from actions.policy import AnswerPolicy, Clarify
from tests.unit.actions.fakes import FakeSearch, FakeServices, a_message, a_question, run
from ticketing.domain.answer_marks import AnswerMark
from ticketing.domain.ticket import StoredReply
from ticketing.services.retrieving import Lookup


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

    said = run(Clarify, FakeServices(), a_message(intent="unclear", intent_ranking=ranking))

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


def test_what_is_not_understood_is_answered_where_the_words_leave_hardly_a_doubt() -> None:
    mark = AnswerMark("dibao", "amount", "abc", {"monthly_standard": 7})
    answer = StoredReply("【猜】低保标准……", ("一", "二", "三"), mark)
    found = FakeSearch(Lookup("", answer, ("tekun",), "dibao"))

    said = run(Clarify, FakeServices(search=found), a_message("吃饭钱", intent="nlu_fallback"))

    assert said.names == ["【猜】低保标准……"]
    assert said.buttons == ["一", "二", "我想问特困供养", "转人工"]
    assert said.slots["topic"] == "dibao"
    assert said.slots["clarified"] is False
    assert said.responses[0]["custom"] == {"mark": mark.as_json()}


def test_what_comes_near_is_offered_with_what_the_model_thinks_and_a_person() -> None:
    found = FakeSearch(Lookup("offer", None, ("dibao", "tekun")))
    ranking = [{"name": "complaint", "confidence": 0.2}]
    message = a_message("吃饭钱", intent="nlu_fallback", intent_ranking=ranking)

    said = run(Clarify, FakeServices(search=found), message)

    assert said.names == ["offer"]
    assert said.buttons == ["我想问低保", "我想问特困供养", "我要投诉", "转人工"]
    assert said.slots == {"clarified": True}
    assert said.responses[0]["custom"] == {"mark": {"gap": "offered"}}


def test_where_nothing_comes_near_that_is_said() -> None:
    said = run(Clarify, FakeServices(), a_message("嘟嘟嘟", intent="nlu_fallback"))

    assert said.names == ["nothing"]
    assert said.buttons == ["我想问低保", "我想问临时救助", "转人工"]
    assert said.responses[0]["custom"] == {"mark": {"gap": "nothing"}}


def test_a_message_that_says_nothing_yet_is_no_question_left_open() -> None:
    said = run(Clarify, FakeServices(), a_message("那个", intent="unclear"))

    assert said.names == ["utter_clarify"]
    assert said.responses[0]["custom"] == {}
