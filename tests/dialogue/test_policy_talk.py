"""Conversations about policy: follow-ups, two questions at once, and what is not understood."""

from tests.dialogue.conftest import Resident
from ticketing.bootstrap import Runtime
from ticketing.domain.vocabulary import Channel


async def test_a_greeting_is_answered_with_what_can_be_asked(resident: Resident) -> None:
    heard = await resident.says("你好")

    assert "12345" in heard.all
    assert "转人工" in heard.buttons


async def test_two_questions_in_one_message_get_two_answers(resident: Resident) -> None:
    heard = await resident.says("低保怎么申请，还有高龄津贴一个月多少钱？")

    assert len(heard.texts) == 2
    assert "低保" in heard.texts[0]
    assert "高龄" in heard.texts[1]


async def test_a_follow_up_keeps_the_topic_and_a_new_topic_replaces_it(resident: Resident) -> None:
    await resident.says("临时救助是什么")

    about_first = await resident.says("那要带什么材料")
    await resident.says("结婚登记怎么办")
    about_second = await resident.says("要带什么材料")

    assert "救助" in about_first.all
    assert "婚" in about_second.all


async def test_a_follow_up_before_any_topic_is_asked_back(resident: Resident) -> None:
    heard = await resident.says("那要带什么材料")

    assert "哪件事" in heard.all
    assert heard.buttons


async def test_what_is_not_understood_is_asked_back_once_then_a_person_is_offered(resident: Resident) -> None:
    first = await resident.says("嘟嘟嘟哒哒哒")
    second = await resident.says("咚咚锵")
    third = await resident.says("要")

    assert "没太听明白" in first.all
    assert first.buttons
    assert second.buttons == ("转人工",)
    assert resident.ticket.number in third.all
    assert resident.ticket.category == "human"


async def test_what_the_model_is_unsure_of_is_found_by_words(resident: Resident, runtime: Runtime) -> None:
    heard = await resident.says("吾老子尊老金嘞")

    line = runtime.chats.lines_of(Channel.WEB, resident.peer, 0)[-1]
    assert "依据" in heard.all
    assert "转人工" in heard.buttons or line.topic == "elderly_allowance"


async def test_a_choice_offered_is_understood_when_tapped(resident: Resident) -> None:
    first = await resident.says("嘟嘟嘟哒哒哒")

    chosen = await resident.says(first.buttons[0])

    assert "没太听明白" not in chosen.all


async def test_another_departments_matter_is_shown_the_way_and_passed_on_if_wanted(
    resident: Resident,
) -> None:
    shown = await resident.says("我家门口路灯坏了好几天没人修")
    passed_on = await resident.says("要")

    assert "12345" in shown.all
    assert shown.buttons == ("要", "不用")
    assert resident.ticket.category == "other_department"
    assert resident.ticket.number in passed_on.all


async def test_another_departments_matter_is_left_when_not_wanted(resident: Resident) -> None:
    await resident.says("我家门口路灯坏了好几天没人修")
    heard = await resident.says("不用")

    assert "先不办" in heard.all


async def test_thanks_and_goodbye_are_answered(resident: Resident) -> None:
    thanked = await resident.says("谢谢")
    left = await resident.says("再见")

    assert "不客气" in thanked.all
    assert "再见" in left.all


async def test_a_typed_command_is_only_text(resident: Resident) -> None:
    heard = await resident.says("/restart")

    assert heard.texts
