"""One question at a time, every answer kept, every way out open."""

import pytest

from actions.report_form import ReportDone, ValidateReportForm
from tests.unit.actions.fakes import FakeServices, Said, a_message, a_question, run
from ticketing.domain.places import Place
from ticketing.domain.vocabulary import Category

TICKET = "NG20261123-0001"


def test_the_form_begins_with_the_first_question_of_the_category() -> None:
    said = run(ValidateReportForm, FakeServices(), a_message(), category="child_protection")

    assert said.slots == {"requested_slot": "safe_now"}


def test_a_child_is_asked_fewer_questions() -> None:
    said = answer("在家里", requested="place", register="child", safe_now="安全")

    assert said.slots["requested_slot"] == "contact"


def test_an_answer_is_kept_at_once_and_the_next_question_follows() -> None:
    served = with_report()

    said = answer("在家里", requested="place", served=served, safe_now="安全")

    assert served.reports.filled == [(TICKET, "place", "在家里")]
    assert said.slots == {"place": "在家里", "requested_slot": "who"}


@pytest.mark.parametrize(
    ("text", "intent"),
    [("跳过", "skip"), ("不知道", "skip"), ("不想说", "skip"), ("不用", "deny"), ("好的", "affirm")],
)
def test_declining_goes_on_and_keeps_nothing(text: str, intent: str) -> None:
    served = with_report()

    said = answer(text, intent, requested="who", served=served)

    assert said.slots["who"] == "-"
    assert served.reports.filled == []


def test_a_bare_no_tells_whether_the_child_is_safe() -> None:
    served = with_report()

    answer("没有", "deny", requested="safe_now", served=served)

    assert served.reports.filled == [(TICKET, "safe_now", "没有")]


def test_words_that_only_sound_like_declining_are_an_answer() -> None:
    said = answer("我不知道他叫什么，好像姓王，十岁左右", "skip", requested="who")

    assert said.slots["who"] == "我不知道他叫什么，好像姓王，十岁左右"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("先这样", "stop_form"), ("再见", "goodbye"), ("别问了", "unclear"), ("算了", "deny")],
)
def test_the_form_can_be_ended_at_any_question(text: str, intent: str) -> None:
    said = answer(text, intent, requested="who")

    assert said.slots["requested_slot"] is None


def test_a_policy_question_is_answered_and_the_same_question_comes_again() -> None:
    said = answer("低保要什么材料", "dibao", requested="who", questions=[a_question("dibao", "materials")])

    assert said.names == ["dibao/materials"]
    assert said.slots == {"who": None, "topic": "dibao", "requested_slot": "who"}


def test_the_mere_name_of_a_subsidy_is_part_of_an_answer() -> None:
    said = answer("他家吃低保的", "dibao", requested="who", questions=[a_question("dibao")])

    assert said.slots["who"] == "他家吃低保的"


def test_a_report_told_inside_the_form_is_content() -> None:
    said = answer("他爸爸昨天又打他", "child_protection", requested="what")

    assert said.slots["what"] == "他爸爸昨天又打他"


def test_a_doubtful_message_is_content() -> None:
    said = answer("再见", "goodbye", requested="what", confidence=0.4)

    assert said.slots["what"] == "再见"


def test_an_ambiguous_place_is_asked_back_once_with_the_places_as_buttons() -> None:
    served = with_report()
    candidates = (Place("a", "a-x", name="甲镇东村"), Place("b", "b-x", name="乙镇东村"))
    served.reports.place = Place(candidates=candidates)

    asked = answer("东村", requested="place", served=served)
    chosen = answer("甲镇东村", requested="place_choice", served=served, place="东村", safe_now="-")

    assert asked.buttons == ["甲镇东村", "乙镇东村", "跳过"]
    assert asked.slots["requested_slot"] == "place_choice"
    assert served.reports.filled[-1] == (TICKET, "place", "甲镇东村")
    assert chosen.slots["requested_slot"] == "who"


def test_a_town_alone_tells_which_of_the_places_is_meant() -> None:
    served = with_report()

    answer("甲镇的", requested="place_choice", served=served, place="东村", safe_now="-")

    assert served.reports.filled[-1] == (TICKET, "place", "甲镇的 东村")


def test_a_telephone_number_is_always_an_answer() -> None:
    phone = [{"entity": "phone", "value": "13812345678"}]
    message = a_message(
        "13812345678", "hotline_info", entities=phone, questions=[a_question("dibao", "place")]
    )

    said = run(
        ValidateReportForm, with_report(), message, category="complaint", requested_slot="contact", place="-"
    )

    assert said.slots["contact"] == "13812345678"


def test_progress_is_told_and_the_same_question_comes_again() -> None:
    said = answer("到哪一步了", "ticket_progress", requested="who")

    assert said.names == ["utter_progress"]
    assert said.slots["requested_slot"] == "who"


def test_taking_it_back_ends_the_form_and_keeps_the_ticket() -> None:
    served = with_report()

    said = answer("我刚才乱说的", "retract", requested="who", served=served)

    assert said.names == ["utter_retracted"]
    assert served.reports.tickets[TICKET].retracted
    assert said.slots["requested_slot"] is None


def test_asking_for_a_person_calls_one_and_leaves_the_form_open() -> None:
    served = with_report()

    first = answer("转人工", "human", requested="who", served=served)
    second = answer("转人工", "human", requested="who", served=served)

    assert first.names == ["utter_opened_human", "talk.person_called"]
    assert second.names == ["talk.person_coming", "talk.person_called"]
    assert first.slots["requested_slot"] == "who"


def test_thanks_are_answered_once_and_end_the_form_the_second_time() -> None:
    first = answer("谢谢", "thanks", requested="who")
    second = answer("谢谢", "thanks", requested="who", asked_again="who")

    assert first.names == ["talk.thanked"]
    assert first.slots["requested_slot"] == "who"
    assert second.slots["requested_slot"] is None


@pytest.mark.parametrize("text", ["？", "😭😭", "。。。", "啊", "1"])
def test_a_sound_is_no_answer_and_is_asked_over_once(text: str) -> None:
    served = with_report()

    first = answer(text, requested="place", served=served, safe_now="安全")
    second = answer(text, requested="place", served=served, safe_now="安全", asked_again="place")

    assert first.slots["requested_slot"] == "place"
    assert second.slots["place"] == "-"
    assert served.reports.filled == []


def test_what_was_wrong_is_put_right_and_the_question_stays() -> None:
    served = with_report()
    served.reports.place = Place("xijin", name="西津街道")

    said = answer("不对，是西津街道", requested="who", served=served, safe_now="安全", place="河沥溪")

    assert served.reports.corrected == [(TICKET, "place", "西津街道")]
    assert said.slots["place"] == "西津街道"
    assert said.slots["requested_slot"] == "who"


def test_a_field_called_wrong_is_asked_for_again() -> None:
    said = answer("地址写错了", requested="who", safe_now="安全", place="河沥溪")

    assert said.names == ["talk.tell_again"]
    assert said.slots["place"] is None
    assert said.slots["requested_slot"] == "place"


def test_how_long_it_has_lasted_is_no_correction() -> None:
    said = answer("不是第一次，是经常", requested="since", what="打", who="-", place="-", safe_now="-")

    assert said.slots["since"] == "不是第一次，是经常"


def test_a_wish_for_secrecy_is_kept_and_is_no_telephone_number() -> None:
    served = with_report()

    said = answer("不要告诉我妈", requested="contact", served=served, register="child")

    assert served.reports.added == ["不要告诉我妈"]
    assert served.reports.filled == []
    assert said.names == ["talk.secret_child"]


def test_the_same_sentence_again_is_no_answer_to_the_next_question() -> None:
    said = answer(
        "隔壁老王家的儿子", requested="since", who="隔壁老王家的儿子", place="-", safe_now="-", what="-"
    )

    assert said.names == ["talk.repeated"]
    assert said.slots["requested_slot"] == "since"


def test_whom_it_is_about_and_when_it_was_are_noted() -> None:
    served = with_report()
    told: list[dict[str, object]] = [
        {"entity": "relation", "value": "儿子"},
        {"entity": "time", "value": "d-1@evening"},
    ]

    answer("我儿子，昨晚的事", requested="who", served=served, entities=told)

    assert served.reports.noted == [("儿子", "d-1@evening")]


def test_a_report_of_somebody_else_at_risk_begins_its_own_form() -> None:
    served = with_report()
    served.reports.open_report("c-1", category=Category.SELF_HARM, text="")

    said = answer("/self_harm{}", "self_harm", requested="who", served=served, safe_now="安全")

    assert said.slots["category"] == "self_harm"
    assert said.slots["ticket_number"] == "NG20261123-0002"
    assert said.slots["requested_slot"] == "safe_now"


def test_after_the_last_answer_the_form_ends() -> None:
    said = answer("13812345678", requested="contact", register="child", safe_now="-", place="-")

    assert said.slots["requested_slot"] is None


def test_at_the_end_the_number_is_said() -> None:
    said = run(ReportDone, FakeServices(), a_message(), category="complaint", ticket_number=TICKET)

    assert said.names == ["utter_report_done"]
    assert said.responses[0]["number"] == TICKET


def test_at_the_end_of_a_form_that_was_refused_nothing_more_is_said() -> None:
    said = run(ReportDone, FakeServices(), a_message(), category="complaint", closing="refused")

    assert said.names == []


def with_report() -> FakeServices:
    """Services that hold one report of a child at risk."""
    served = FakeServices()
    served.reports.open_report("c-1", category=Category.CHILD_PROTECTION, text="")
    return served


def test_a_telephone_number_told_out_of_turn_is_kept_as_one_and_the_question_comes_again() -> None:
    served = with_report()
    phone: list[dict[str, object]] = [{"entity": "phone", "value": "13812345678"}]

    said = answer(
        "13812345678", "other_department", requested="place", served=served, safe_now="-", entities=phone
    )

    assert served.reports.filled == [(TICKET, "contact", "13812345678")]
    assert said.slots == {"place": None, "contact": "13812345678", "requested_slot": "place"}


def test_a_place_told_out_of_turn_is_not_asked_for_again() -> None:
    served = with_report()
    served.reports.place_out_of_turn = Place("meilin", name="梅林镇")

    said = answer("梅林镇", "unclear", requested="safe_now", served=served)

    assert said.slots["place"] == "梅林镇"
    assert said.slots["requested_slot"] == "who"


def test_a_message_with_a_ticket_number_asks_how_it_stands_however_unsure_the_model_is() -> None:
    number: list[dict[str, object]] = [{"entity": "ticket_number", "value": TICKET}]

    said = answer(
        f"{TICKET} 到哪一步了", "unclear", requested="place", safe_now="-", confidence=0.2, entities=number
    )

    assert said.slots["requested_slot"] == "place"
    assert "place" not in said.slots or said.slots["place"] is None


def test_a_grade_given_while_the_form_is_open_rates_the_finished_ticket_and_ends_the_form() -> None:
    served = with_report()
    served.reports.finish(TICKET)
    grade: list[dict[str, object]] = [{"entity": "score", "value": 5}]

    said = answer("非常满意", "ticket_rate", requested="place", served=served, entities=grade)

    assert served.reports.tickets[TICKET].rating == 5
    assert said.names == ["utter_rated"]
    assert said.slots["requested_slot"] is None


def answer(
    text: str,
    intent: str = "unclear",
    *,
    requested: str,
    served: FakeServices | None = None,
    confidence: float = 0.9,
    questions: list[dict[str, object]] | None = None,
    entities: list[dict[str, object]] | None = None,
    **slots: object,
) -> Said:
    """Answer the ``requested`` question of a child protection report."""
    message = a_message(
        text, intent, confidence=confidence, questions=questions or [], entities=entities or []
    )
    known = {"category": "child_protection", "ticket_number": TICKET, "requested_slot": requested, **slots}
    return run(ValidateReportForm, served or with_report(), message, **known)
