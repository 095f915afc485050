"""Conversations that report something: ticket first, one question at a time, every way out open."""

from collections.abc import Callable

from tests.dialogue.conftest import Resident

BEATEN_CHILD = "邻居天天打孩子，孩子身上都是伤"


async def test_a_child_at_risk_numbers_and_ticket_come_first_then_the_form(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD)

    assert "110" in heard.texts[0]
    assert resident.ticket.number in heard.texts[0]
    assert "安全" in heard.texts[-1]
    assert "跳过" in heard.buttons


async def test_every_answer_is_in_the_ticket_and_the_place_is_recognised(resident: Resident) -> None:
    heard = await resident.says(
        BEATEN_CHILD, "不安全", "西津街道", "隔壁老王家的儿子，八岁", "拿皮带抽", "有半年了", "13812345678"
    )

    fields = resident.ticket.fields
    assert fields["safe_now"] == "不安全"
    assert fields["who"] == "隔壁老王家的儿子，八岁"
    assert fields["what"] == "拿皮带抽"
    assert fields["since"] == "有半年了"
    assert fields["contact"] == "13812345678"
    assert resident.ticket.town == "xijin"
    assert resident.ticket.number in heard.all


async def test_everything_can_be_skipped(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD, "跳过", "不知道", "不想说", "跳过", "跳过", "不想说")

    assert "都记下来了" in heard.all
    assert resident.ticket.number in heard.all
    assert resident.ticket.anonymous


async def test_the_form_can_be_left_at_any_time(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD, "安全", "先这样吧")

    assert "都记下来了" in heard.all


async def test_a_policy_question_inside_the_form_is_answered_and_the_form_goes_on(resident: Resident) -> None:
    asked = await resident.says(BEATEN_CHILD, "安全", "低保要什么材料")
    went_on = await resident.says("在西津街道")

    assert "低保" in asked.texts[0]
    assert "在哪里" in asked.texts[-1]
    assert "孩子是谁" in went_on.all


async def test_a_child_is_asked_little_and_kindly(resident: Resident) -> None:
    first = await resident.says("我爸天天打我，我今年十岁")
    last = await resident.says("不安全", "跳过", "跳过")

    assert "你现在安全吗" in first.all
    assert "不是你的错" in last.all


async def test_a_policy_question_beside_a_report_is_answered_too(resident: Resident) -> None:
    heard = await resident.says("邻居天天打孩子，身上都是伤。还有，低保怎么申请？")

    assert resident.ticket.category == "child_protection"
    assert "110" in heard.texts[0]


async def test_a_complaint_becomes_a_ticket_with_number_and_code(resident: Resident) -> None:
    heard = await resident.says("我要投诉", "民政窗口的人爱理不理，还骂人", "跳过", "跳过")

    assert resident.ticket.category == "complaint"
    assert resident.ticket.fields["what"] == "民政窗口的人爱理不理，还骂人"
    assert resident.ticket.number in heard.all


async def test_a_place_of_which_there_are_several_is_asked_back(resident: Resident) -> None:
    await resident.says("我要投诉", "村干部乱来")
    ambiguous = next(
        (
            village.short
            for town in resident.runtime.gazetteer.towns()
            for village in resident.runtime.gazetteer.villages(town.slug)
            if resident.runtime.gazetteer.find(village.short, asked=True).is_ambiguous
        ),
        None,
    )
    assert ambiguous is not None

    asked = await resident.says(ambiguous)
    await resident.says(asked.buttons[0])

    assert "不止一个" in asked.all
    assert resident.ticket.town is not None


async def test_asking_for_a_person_opens_a_ticket_for_one(resident: Resident) -> None:
    heard = await resident.says("转人工")

    assert resident.ticket.category == "human"
    assert "工作人员" in heard.all


async def test_taking_it_back_inside_the_form_keeps_the_ticket_and_ends_the_form(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD, "我刚才乱说的")
    after = await resident.says("你好")

    assert resident.ticket.retracted
    assert "不会怪您" in heard.all
    assert "安全吗" not in after.all


async def test_the_same_report_told_again_is_added_to_the_ticket(resident: Resident) -> None:
    await resident.says(BEATEN_CHILD, "先这样吧")
    number = resident.ticket.number

    heard = await resident.says(BEATEN_CHILD)

    assert resident.ticket.number == number
    assert number in heard.all
    assert "安全吗" not in heard.all


async def test_progress_can_be_asked_inside_the_form(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD, "工单进度")

    assert resident.ticket.number in heard.all
    assert "安全" in heard.texts[-1]


async def test_two_residents_do_not_mix(a_resident: Callable[[], Resident]) -> None:
    one, other = a_resident(), a_resident()
    await one.says("低保是什么")

    heard = await other.says("那要带什么材料")

    assert "哪件事" in heard.all
