"""Residents put right what they said before, in the form and after it; the ticket has both."""

from collections.abc import Callable

from tests.dialogue.conftest import Resident
from tests.factories import a_member
from ticketing.domain.staff import Role

BEATEN_CHILD = "邻居天天打孩子，孩子身上都是伤"
RUDE_CLERK = "我要投诉民政窗口的人爱理不理，还骂人"


def history(resident: Resident) -> list[tuple[str, str]]:
    """What staff read of the ticket's history: kind and words."""
    reader = a_member(resident.runtime, role=Role.SUPERVISOR, unit="city-hotline")
    detail = resident.runtime.tickets.get(reader, resident.ticket.number)
    return [(event.kind, event.text) for event in detail.events]


async def test_a_wrong_place_is_put_right_inside_the_form_and_the_question_stays(resident: Resident) -> None:
    heard = await resident.says(BEATEN_CHILD, "安全", "河沥溪街道", "不对，是西津街道")

    assert "西津街道" in heard.texts[0]
    assert "孩子是谁" in heard.texts[-1]
    assert resident.ticket.town == "xijin"
    assert resident.ticket.fields["place"] == "西津街道"
    assert ("filled", "河沥溪街道") in history(resident)
    assert any(kind == "corrected" and "河沥溪" in text for kind, text in history(resident))


async def test_a_place_called_wrong_is_asked_for_again(resident: Resident) -> None:
    asked = await resident.says(BEATEN_CHILD, "安全", "河沥溪街道", "地址写错了")
    await resident.says("西津街道")

    assert "在哪里" in asked.texts[-1]
    assert resident.ticket.town == "xijin"


async def test_number_place_and_person_are_put_right_after_the_report(resident: Resident) -> None:
    await resident.says(RUDE_CLERK, "西津街道", "13812345678")
    number = await resident.says("说错了，电话是13987654321")
    asked = await resident.says("地址写错了")
    place = await resident.says("是港口镇")

    assert "13987654321" in number.all
    assert "正确" in asked.all
    assert "港口镇" in place.all
    assert resident.ticket.fields["contact"] == "13987654321"
    assert resident.ticket.town == "gangkou"
    assert any(kind == "corrected" and "13812345678" in text for kind, text in history(resident))


async def test_it_was_not_me_but_my_neighbour(resident: Resident) -> None:
    heard = await resident.says("我天天被老公打", "安全", "不是我，是我邻居")

    assert resident.ticket.fields["relation"] == "邻居"
    assert "在哪里" in heard.texts[-1]
    assert "place" not in resident.ticket.fields


async def test_whom_it_is_about_and_when_it_was_are_fields_of_the_ticket(resident: Resident) -> None:
    await resident.says("我儿子昨晚在学校被同学打得满脸是血")

    assert resident.ticket.fields["relation"] == "儿子"
    assert resident.ticket.fields["happened"].endswith("晚上")


async def test_a_number_and_a_place_that_come_after_the_form_are_answers(resident: Resident) -> None:
    await resident.says(BEATEN_CHILD, "安全", "别问了")
    await resident.says("西津街道")
    await resident.says("13812345678")

    assert resident.ticket.town == "xijin"
    assert resident.ticket.fields["contact"] == "13812345678"


async def test_a_question_about_a_wrong_certificate_puts_nothing_right(resident: Resident) -> None:
    heard = await resident.says(RUDE_CLERK, "西津街道", "跳过", "结婚证名字写错了怎么办")

    assert "依据" in heard.all
    assert "who" not in resident.ticket.fields


async def test_what_one_puts_right_is_not_put_right_for_another(
    a_resident: Callable[[], Resident],
) -> None:
    one, other = a_resident(), a_resident()
    await one.says(RUDE_CLERK, "西津街道", "13812345678")

    await other.says("说错了，电话是13987654321")

    assert one.ticket.fields["contact"] == "13812345678"


async def test_what_nobody_can_place_is_kept_as_it_was_said(resident: Resident) -> None:
    heard = await resident.says("我要投诉殡仪馆乱收费，收了我三千块", "西津街道", "跳过", "说错了，是两千块")

    assert resident.ticket.number in heard.all
    assert ("added", "说错了，是两千块") in history(resident)
