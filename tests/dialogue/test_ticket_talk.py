"""Conversations about a ticket: progress, addition, withdrawal, rating, and taking it back."""

from collections.abc import Callable

import pytest

from tests.dialogue.conftest import Resident
from tests.factories import a_member
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Role


@pytest.fixture
async def reporter(resident: Resident) -> Resident:
    """Somebody who has complained and answered all questions."""
    await resident.says("我要投诉民政窗口的人爱理不理，还骂人", "西津街道", "跳过")
    return resident


async def test_progress_is_told_in_plain_words(reporter: Resident) -> None:
    heard = await reporter.says("我的工单办到哪一步了")

    assert reporter.ticket.number in heard.all


async def test_progress_from_elsewhere_needs_number_and_code(
    reporter: Resident, a_resident: Callable[[], Resident]
) -> None:
    number = reporter.ticket.number
    stranger = a_resident()

    without = await stranger.says(number)
    wrong = await stranger.says(f"{number} 查询码 ZZZZ2222")

    assert "没有查到" in without.all
    assert "没有查到" in wrong.all


async def test_number_and_code_open_the_ticket_from_elsewhere(a_resident: Callable[[], Resident]) -> None:
    reporter, elsewhere = a_resident(), a_resident()
    told = await reporter.says("我要投诉民政窗口的人爱理不理，还骂人")
    number = reporter.ticket.number
    code = told.texts[0].partition("查询码 ")[2][:8]

    heard = await elsewhere.says(f"{number} 查询码 {code}")

    assert number in heard.all
    assert "没有查到" not in heard.all


@pytest.mark.parametrize("write", ["spaced", "bare", "read_out"])
async def test_a_number_is_known_however_it_is_written(reporter: Resident, write: str) -> None:
    number = reporter.ticket.number
    digits = number.removeprefix("NG").replace("-", "")
    written = {
        "spaced": f"ng {digits[:8]} {digits[8:]}",
        "bare": f"工单号{digits}",
        "read_out": "".join("零一二三四五六七八九"[int(digit)] for digit in digits),
    }

    heard = await reporter.says(written[write])

    assert number in heard.all


async def test_a_wrong_number_is_nobodys_ticket(reporter: Resident) -> None:
    heard = await reporter.says("NG20260101-9999")

    assert "没有查到" in heard.all
    assert reporter.ticket.number not in heard.all


async def test_progress_without_any_ticket_is_answered_kindly(resident: Resident) -> None:
    heard = await resident.says("我的工单办到哪一步了")

    assert "没有查到" in heard.all
    assert "转人工" in heard.buttons


async def test_an_addition_is_kept_with_the_ticket(reporter: Resident) -> None:
    asked = await reporter.says("我要补充")
    kept = await reporter.says("就是三号窗口那个穿红衣服的")

    assert "补充什么" in asked.all
    assert reporter.ticket.number in kept.all


async def test_an_addition_told_at_once_needs_no_second_message(reporter: Resident) -> None:
    kept = await reporter.says("补充一下，那个人戴眼镜")
    announced = await reporter.says("我要补充", "我要补充")

    assert reporter.ticket.number in kept.all
    assert "补充什么" in announced.all


async def test_what_is_not_finished_is_not_asked_to_be_rated(reporter: Resident) -> None:
    heard = await reporter.says("我要评价")

    assert "还没办结" in heard.all


async def test_an_ordinary_report_can_be_withdrawn(reporter: Resident) -> None:
    heard = await reporter.says("撤回工单")

    assert "已经撤回" in heard.all
    assert reporter.ticket.status is Status.WITHDRAWN


async def test_a_report_of_somebody_at_risk_stays_although_it_is_taken_back(resident: Resident) -> None:
    await resident.says("邻居天天打孩子，孩子身上都是伤", "先这样吧")

    await resident.says("我刚才乱说的")

    assert resident.ticket.retracted
    assert resident.ticket.status is not Status.WITHDRAWN


async def test_a_rating_before_the_end_is_put_off_kindly(reporter: Resident) -> None:
    heard = await reporter.says("我要评价", "5分非常满意")

    assert "还没办结" in heard.all


async def test_a_finished_ticket_is_rated_by_a_tap(reporter: Resident) -> None:
    runtime, number = reporter.runtime, reporter.ticket.number
    worker = a_member(runtime, role=Role.SUPERVISOR, unit=reporter.ticket.unit)
    runtime.tickets.claim(worker, number)
    runtime.tickets.start(worker, number)
    runtime.tickets.resolve(worker, number, result="已批评教育窗口人员并道歉")

    told = await reporter.says("工单进度")
    asked = await reporter.says("我要评价")
    thanked = await reporter.says(asked.buttons[0])

    assert "已批评教育" in told.all
    assert "谢谢" in thanked.all
    assert reporter.ticket.rating == 5
