"""Whoever says nothing for hours or days loses nothing, and is not asked as if no time had passed."""

import sqlite3
from pathlib import Path

from tests.dialogue.conftest import Resident

BEATEN_CHILD = "邻居天天打孩子，孩子身上都是伤"
HOURS_OF_A_DAY = 24


def let_pass(resident: Resident, home: Path, *, hours: int) -> None:
    """Make everything said so far ``hours`` older in the bot's memory."""
    conversation = resident.runtime.chats.conversation_of("web", resident.peer)  # type: ignore[arg-type]
    with sqlite3.connect(home / "rasa_tracker.db", timeout=10) as tracker:
        tracker.execute(
            "update events set timestamp = timestamp - :s,"
            " data = json_set(data, '$.timestamp', json_extract(data, '$.timestamp') - :s)"
            " where sender_id = :conversation",
            {"s": hours * 3600, "conversation": conversation},
        )


async def test_after_hours_a_new_topic_is_answered_and_the_question_is_still_there(
    resident: Resident, home: Path
) -> None:
    await resident.says(BEATEN_CHILD, "安全")
    let_pass(resident, home, hours=5)

    asked = await resident.says("低保要什么材料")
    answered = await resident.says("西津街道")

    assert "低保" in asked.texts[0]
    assert "在哪里" in asked.texts[-1]
    assert "孩子是谁" in answered.all
    assert resident.ticket.town == "xijin"


async def test_the_same_report_on_the_next_day_is_the_same_ticket(resident: Resident, home: Path) -> None:
    await resident.says(BEATEN_CHILD, "安全")
    number = resident.ticket.number
    let_pass(resident, home, hours=HOURS_OF_A_DAY)

    heard = await resident.says(BEATEN_CHILD)

    assert resident.ticket.number == number
    assert "已经记下" in heard.all


async def test_after_more_than_a_week_the_form_is_over_and_the_ticket_is_not(
    resident: Resident, home: Path
) -> None:
    await resident.says(BEATEN_CHILD, "安全")
    let_pass(resident, home, hours=8 * HOURS_OF_A_DAY)

    new_topic = await resident.says("低保要什么材料")
    late = await resident.says("西津街道")
    progress = await resident.says("工单进度")

    assert "在哪里" not in new_topic.all
    assert "西津街道" in late.all
    assert resident.ticket.town == "xijin"
    assert resident.ticket.number in progress.all
