"""What comes between a question and its answer: worries, refusals, sounds, repeats, a wish for a person."""

import pytest

from tests.dialogue.conftest import Resident

BEATEN_CHILD = "邻居天天打孩子，孩子身上都是伤"


async def test_from_a_policy_to_a_report_and_back(resident: Resident) -> None:
    await resident.says("低保怎么申请", "我被老公打了，脸都肿了")
    answered = await resident.says("低保一个月多少钱")
    went_on = await resident.says("安全")

    assert "低保" in answered.texts[0]
    assert "安全吗" in answered.texts[-1]
    assert "在哪里" in went_on.all


async def test_a_check_given_up_for_a_report_can_be_begun_again(resident: Resident) -> None:
    reported = await resident.says("看看我符不符合低保", "比标准低", "我儿子天天打我，我都八十了")
    begun = await resident.says("别问了", "看看我符不符合低保")

    assert "110" in reported.texts[0]
    assert resident.ticket.fields["relation"] == "本人"
    assert "第1问" in begun.all


@pytest.mark.parametrize("refusal", ["算了", "不想说了", "别问了"])
async def test_whoever_will_say_no_more_is_left_in_peace_and_the_ticket_stays(
    resident: Resident, refusal: str
) -> None:
    heard = await resident.says(BEATEN_CHILD, "不安全", refusal)
    after = await resident.says("低保是什么")

    assert "不问了" in heard.all
    assert "110" in heard.all
    assert "place" not in resident.ticket.fields
    assert "在哪里" not in after.all


async def test_neither_name_nor_place_nor_number_need_be_told(resident: Resident) -> None:
    heard = await resident.says(
        BEATEN_CHILD, "安全", "地址我不想说", "不想说是谁", "跳过", "跳过", "电话不给你"
    )

    assert "都记下来了" in heard.all
    assert set(resident.ticket.fields) == {"detail", "safe_now", "relation"}
    assert resident.ticket.anonymous


async def test_no_telephone_told_out_of_turn_is_not_taken_for_a_place(resident: Resident) -> None:
    heard = await resident.says("我儿子不给我饭吃", "安全", "我没有电话")

    assert "在哪里" in heard.texts[-1]
    assert "place" not in resident.ticket.fields


async def test_sounds_and_signs_are_asked_over_once_and_kept_nowhere(resident: Resident) -> None:
    again = await resident.says(BEATEN_CHILD, "安全", "😭😭")
    went_on = await resident.says("？")

    assert "慢慢说" in again.texts[0]
    assert "在哪里" in again.texts[-1]
    assert "孩子是谁" in went_on.texts[-1]
    assert "place" not in resident.ticket.fields


async def test_the_same_report_three_times_is_one_ticket_and_no_answer(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD, BEATEN_CHILD, BEATEN_CHILD)

    assert "已经记下" in heard.texts[0]
    assert "安全吗" in heard.texts[-1]
    assert "safe_now" not in resident.ticket.fields


async def test_thanks_in_the_middle_do_not_end_the_questions(resident: Resident) -> None:
    thanked = await resident.says(BEATEN_CHILD, "安全", "谢谢")
    answered = await resident.says("西津街道")

    assert "不客气" in thanked.texts[0]
    assert "在哪里" in thanked.texts[-1]
    assert "孩子是谁" in answered.all
    assert resident.ticket.town == "xijin"


async def test_a_person_is_called_at_once_and_the_questions_stay_open(resident: Resident) -> None:
    called = await resident.says(BEATEN_CHILD, "安全", "我要跟人说话")
    again = await resident.says("转人工")
    answered = await resident.says("西津街道")

    assert "工作人员" in called.texts[0]
    assert "在哪里" in called.texts[-1]
    assert "已经请了" in again.texts[0]
    assert "孩子是谁" in answered.all
    assert resident.ticket.town == "xijin"


async def test_a_worry_is_answered_and_is_no_answer(resident: Resident) -> None:
    secret = await resident.says(BEATEN_CHILD, "安全", "会告诉他是我举报的吗")
    process = await resident.says("你们会怎么处理")

    assert "保密" in secret.texts[0]
    assert "工作人员" in process.texts[0]
    assert "在哪里" in process.texts[-1]
    assert "place" not in resident.ticket.fields


async def test_denial_keeps_the_ticket_marked_however_often(resident: Resident) -> None:
    heard = await resident.says("我不想活了", "我刚才乱说的", "我刚才乱说的")

    assert resident.ticket.retracted
    assert resident.ticket.risk == "emergency"
    assert "不会怪您" in heard.all


async def test_to_somebody_in_danger_a_mere_sound_is_not_met_with_a_menu(resident: Resident) -> None:
    heard = await resident.says("活着没意思", "算了不说了", "嗯")

    assert "我在" in heard.all


async def test_three_questions_get_three_answers_and_a_detail_goes_to_the_last(resident: Resident) -> None:
    three = await resident.says("低保多少钱？高龄津贴怎么申请？结婚登记要带什么？")
    detail = await resident.says("多少钱")

    assert len(three.texts) == 3
    assert "不收任何费用" in detail.all


async def test_who_and_what_and_where_follow_the_topic_before(resident: Resident) -> None:
    await resident.says("高龄津贴怎么申请")
    mother = await resident.says("那我妈呢")
    where = await resident.says("在哪办")
    other = await resident.says("低保呢")
    how_long = await resident.says("它要多久")

    assert "高龄津贴" in mother.all
    assert "村（居）委会" in where.all
    assert "低保" in other.all
    assert "天数" in how_long.all


async def test_a_long_breathless_message_is_understood_as_a_whole(resident: Resident) -> None:
    heard = await resident.says(
        "同志啊我跟你讲我家那个隔壁的老头子都九十岁了他儿子媳妇不给他饭吃天天骂他还打他我看着可怜的很哪"
        "我也不敢讲我怕他儿子找我麻烦你们能不能派个人来看看不要讲是我说的"
    )

    assert "120" in heard.texts[0]
    assert resident.ticket.category == "elder_harm"
    assert resident.ticket.fields["relation"] == "邻居家的老人"


async def test_dialect_is_understood(resident: Resident) -> None:
    heard = await resident.says("俺娘八十咧搞么事才有钱领啊")

    assert "高龄津贴" in heard.all


async def test_whoever_must_not_be_called_is_not_asked_for_a_number(resident: Resident) -> None:
    heard = await resident.says("我老公打我", "不安全", "别打电话给我，他会看到")
    done = await resident.says("西津街道", "跳过")

    assert "先看到这句话" in heard.texts[0]
    assert "在哪里" in heard.texts[-1]
    assert "都记下来了" in done.all
    assert resident.ticket.category == "domestic_violence"
    assert resident.ticket.anonymous


async def test_a_question_about_the_help_is_passed_on_and_not_met_with_a_menu(resident: Resident) -> None:
    waited = await resident.says("我没饭吃了", "别问了", "要等多久")

    assert "工作人员" in waited.all
    assert "哪件事" not in waited.all
