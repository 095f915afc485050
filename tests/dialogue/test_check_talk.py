"""The guided check on a whole house: to its end, left midway, interrupted, with a person at risk in it."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from tests.dialogue.conftest import Resident

START = "看看我符不符合低保"


async def test_an_ordinary_question_keeps_its_answer_and_offers_the_check(resident: Resident) -> None:
    heard = await resident.says("我家这样能不能领低保")

    assert "低保标准" in heard.all
    assert START in heard.buttons


async def test_a_check_leads_to_a_verdict_with_reasons_and_the_office_decides(resident: Resident) -> None:
    first = await resident.says(START)
    second = await resident.says("比标准低")
    verdict = await resident.says("应该符合")

    assert "第1问" in first.all
    assert first.buttons == ("比标准低", "不比标准低", "跳过", "不查了")
    assert "第2问" in second.all
    assert "看起来可能符合" in verdict.all
    assert "《社会救助法》第18条" in verdict.all
    assert "由办理的部门审核决定" in verdict.all


async def test_typed_yes_no_and_skip_are_understood(resident: Resident) -> None:
    await resident.says(START)
    await resident.says("不是")
    verdict = await resident.says("不知道")

    assert "还说不准" in verdict.all


async def test_a_check_begun_after_talk_is_not_taken_for_a_question(resident: Resident) -> None:
    await resident.says("低保是什么", "低保多少钱")
    heard = await resident.says(START)

    assert "第1问" in heard.all


async def test_whoever_leaves_midway_can_go_on_talking(resident: Resident) -> None:
    left = await resident.says(START, "不查了")
    after = await resident.says("临时救助是什么")

    assert "不查了" in left.all
    assert "第2问" not in after.all
    assert "救助" in after.all


async def test_a_question_in_between_is_answered_and_the_check_waits(resident: Resident) -> None:
    heard = await resident.says(START, "临时救助要什么材料")
    verdict = await resident.says("比标准低", "应该符合")

    assert "小额快救" in heard.all
    assert "第1问" in heard.all
    assert "看起来可能符合" in verdict.all


async def test_a_person_at_risk_in_the_middle_has_numbers_and_a_ticket_at_once(resident: Resident) -> None:
    heard = await resident.says(START, "比标准低", "我不想活了，想跳河")

    assert "120" in heard.texts[0]
    assert resident.ticket.category == "self_harm"
    assert "第2问" not in heard.all


async def test_a_wish_for_a_person_in_the_middle_becomes_a_ticket(resident: Resident) -> None:
    heard = await resident.says(START, "转人工")

    assert resident.ticket.category == "human"
    assert resident.ticket.number in heard.all


async def test_the_days_of_a_divorce_come_with_their_working(resident: Resident) -> None:
    heard = await resident.says(
        "看看我们能不能离婚登记", "双方都愿意离", "都谈妥了", "在内地办的", "两个人都能", "今天去申请"
    )

    assert "冷静期：" in heard.all
    assert "第1077条" in heard.all


async def test_of_the_answers_nothing_stays_but_the_lines_of_the_chat(resident: Resident, home: Path) -> None:
    await resident.says(START, "比标准低", "应该符合")
    conversation = resident.runtime.chats.conversation_of("web", resident.peer)  # type: ignore[arg-type]
    assert conversation is not None

    with sqlite3.connect(home / "rasa_tracker.db") as tracker:
        rows = tracker.execute(
            "select data from events"
            " where sender_id = ? and type_name = 'slot' and action_name like 'check_%'",
            (conversation,),
        ).fetchall()
    engine = sa.create_engine(
        resident.runtime.settings.database_url.replace("postgresql:", "postgresql+psycopg:")
    )
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        holding = {
            table
            for table in tables
            if connection.execute(
                sa.text(f'select count(*) from "{table}" t where t::text like :words'),  # noqa: S608 - own names
                {"words": "%比标准低%"},
            ).scalar()
        }
    engine.dispose()

    assert rows
    assert [row for (row,) in rows if "below" in row or "比标准低" in row] == []
    assert holding == {"messages"}
