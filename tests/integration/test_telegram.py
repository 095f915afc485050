"""Residents on Telegram, against a local Bot API server and a real database."""

import asyncio
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.channels.telegram import opened
from bot.channels.telegram_text import split_text
from bot.messages import Button, OutboundMessage
from tests.factories import a_member
from tests.fakes.bot_api import TOKEN, BotApi, Failure, Json, running_bot_api
from tests.integration.telegram_house import House, SmallGateway, all_tickets, lines_of
from ticketing.bootstrap import Runtime, build
from ticketing.domain.answer_marks import AnswerMark
from ticketing.domain.arrival import Kind
from ticketing.domain.errors import ConfigurationFault, StorageUnavailable
from ticketing.domain.feedback import Reason
from ticketing.domain.staff import Role
from ticketing.settings import Settings

# The library announces a change of its own types each time Telegram asks to slow down.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

RESIDENT = 700
PHOTO = [{"file_id": "p1", "file_unique_id": "u1", "width": 9, "height": 9}]
FILE = {"file_id": "f1", "file_unique_id": "u2"}


@pytest.fixture
def api() -> Iterator[BotApi]:
    """A Bot API server of this test."""
    with running_bot_api() as api:
        yield api


@pytest.fixture
def house(runtime: Runtime, api: BotApi) -> House:
    """A house with its channel, not yet polling."""
    return House(runtime, api, SmallGateway(runtime))


async def test_a_text_gets_its_reply_with_keys_that_send_their_own_text(house: House) -> None:
    async with house.polling():
        house.api.text(RESIDENT, "低保怎么办")
        await house.settled()

    reply = house.api.last_to(RESIDENT)
    assert reply.text == "收到：text：低保怎么办"
    assert reply.buttons == ["好的"]
    assert house.gateway.inbound[0].peer == str(RESIDENT)


async def test_an_answer_leads_to_its_page_where_that_can_be_reached(settings: Settings, api: BotApi) -> None:
    runtime = build(replace(settings, public_url="https://12345.example.gov.cn"))
    house = House(runtime, api, SmallGateway(runtime))
    house.gateway.replies = [OutboundMessage("低保是……", (), AnswerMark("dibao"))]
    async with house.polling():
        house.api.text(RESIDENT, "低保")
        await house.settled()
    runtime.close()

    text = house.api.last_to(RESIDENT).text
    assert text == "低保是……\n\n办事指南（能打印）：https://12345.example.gov.cn/guide/dibao"


async def test_an_answer_is_voted_on_by_its_keys_and_the_bot_never_hears_of_it(house: House) -> None:
    house.gateway.replies = [OutboundMessage("低保是……", (Button("要什么材料"),), AnswerMark("dibao"))]
    async with house.polling():
        house.api.text(RESIDENT, "低保")
        await house.settled()
        asked = house.api.last_to(RESIDENT)
        house.api.text(RESIDENT, "👎 没用")
        await house.settled()
        why = house.api.last_to(RESIDENT)
        house.api.text(RESIDENT, "👎 看不懂")
        await house.settled()

    editor = await asyncio.to_thread(a_member, house.runtime, role=Role.SUPERVISOR, unit="city-civil-affairs")
    (count,) = await asyncio.to_thread(house.runtime.editing.feedback.counts, editor)
    assert asked.buttons == ["要什么材料", "👍 有用", "👎 没用"]
    assert "👎 看不懂" in why.buttons
    assert (count.topic, count.up, count.down, count.reasons) == ("dibao", 0, 1, {Reason.HARD: 1})
    assert [message.text for message in house.gateway.inbound] == ["低保"]


async def test_words_of_a_vote_without_an_answer_go_to_the_bot(house: House) -> None:
    async with house.polling():
        house.api.text(RESIDENT, "👍 有用")
        await house.settled()

    assert [message.text for message in house.gateway.inbound] == ["👍 有用"]


async def test_without_buttons_the_last_keys_are_taken_away(house: House) -> None:
    house.gateway.replies = [OutboundMessage("知道了")]
    async with house.polling():
        house.api.text(RESIDENT, "好")
        await house.settled()

    assert house.api.last_to(RESIDENT).markup == {"remove_keyboard": True}


async def test_one_update_delivered_three_times_at_once_is_kept_and_answered_once(house: House) -> None:
    update = house.api.update(message=house.api.message(RESIDENT, text="邻居打孩子"))
    async with house.polling():
        for _ in range(3):
            house.api.deliver(update)
        await house.settled()
        house.api.deliver(update)
        await house.settled()

    assert house.api.texts_to(RESIDENT) == ["收到：text：邻居打孩子"]
    assert [line.direction for line in lines_of(house.runtime, RESIDENT)] == ["in", "out"]
    assert len(all_tickets(house.runtime)) == 1


async def test_after_a_restart_a_redelivery_is_kept_once_and_answered_the_same(house: House) -> None:
    update = house.api.update(message=house.api.message(RESIDENT, text="邻居打孩子"))
    for _ in range(2):
        async with house.polling():
            house.api.deliver(update)
            await house.settled()

    assert len(set(house.api.texts_to(RESIDENT))) == 1
    assert [line.direction for line in lines_of(house.runtime, RESIDENT)] == ["in", "out"]
    assert len(all_tickets(house.runtime)) == 1


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        pytest.param(
            {"photo": PHOTO, "caption": "孩子身上的伤"}, Kind.PHOTO, "孩子身上的伤", id="photo-with-caption"
        ),
        pytest.param({"photo": PHOTO}, Kind.PHOTO, "", id="photo"),
        pytest.param({"voice": FILE | {"duration": 3}}, Kind.VOICE, "", id="voice"),
        pytest.param({"audio": FILE | {"duration": 3}}, Kind.VOICE, "", id="audio"),
        pytest.param({"location": {"latitude": 30.6, "longitude": 118.9}}, Kind.LOCATION, "", id="location"),
        pytest.param({"contact": {"phone_number": "1", "first_name": "A"}}, Kind.CONTACT, "", id="contact"),
        pytest.param(
            {
                "sticker": FILE
                | {
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                    "type": "regular",
                    "emoji": "😭",
                }
            },
            Kind.STICKER,
            "",
            id="sticker",
        ),
        pytest.param({"document": FILE, "caption": "病历"}, Kind.OTHER, "病历", id="document"),
        pytest.param({"video": FILE | {"width": 1, "height": 1, "duration": 1}}, Kind.OTHER, "", id="video"),
        pytest.param({}, Kind.OTHER, "", id="empty"),
        pytest.param({"text": "   "}, Kind.TEXT, "   ", id="blank"),
    ],
)
async def test_every_kind_of_message_is_kept_and_answered(
    house: House, content: Json, kind: Kind, text: str
) -> None:
    async with house.polling():
        house.api.deliver(house.api.update(message=house.api.message(RESIDENT, **content)))
        await house.settled()

    kept = house.gateway.inbound[0]
    assert (kept.kind, kept.text) == (kind, text)
    assert len(house.api.texts_to(RESIDENT)) == 1
    assert lines_of(house.runtime, RESIDENT)[0].kind == kind.value


async def test_an_edit_is_kept_beside_what_was_said_first(house: House) -> None:
    said = house.api.message(RESIDENT, text="没事了")
    async with house.polling():
        house.api.deliver(house.api.update(message=said))
        edited = said | {"text": "他又打孩子了", "edit_date": said["date"] + 60}
        house.api.deliver(house.api.update(edited_message=edited))
        await house.settled()

    kept = [line for line in lines_of(house.runtime, RESIDENT) if line.direction == "in"]
    assert [(line.kind, line.text) for line in kept] == [("text", "没事了"), ("edit", "他又打孩子了")]
    assert len(all_tickets(house.runtime)) == 1


async def test_messages_of_one_person_are_answered_in_their_order(house: House) -> None:
    async with house.polling():
        for number in range(8):
            house.api.text(RESIDENT, f"第{number}句")
        await house.settled()

    assert house.api.texts_to(RESIDENT) == [f"收到：text：第{number}句" for number in range(8)]


async def test_a_long_reply_arrives_whole_in_several_messages(house: House) -> None:
    long = "请带身份证😀。\n" * 900
    house.gateway.replies = [OutboundMessage(long, (Button("好的"),))]
    async with house.polling():
        house.api.text(RESIDENT, "要带什么")
        await house.settled()

    parts = house.api.sent
    assert "".join(part.text for part in parts) == long
    assert [part.buttons for part in parts] == [[]] * (len(split_text(long)) - 1) + [["好的"]]


async def test_in_a_group_people_are_asked_to_write_privately_and_nothing_is_kept(house: House) -> None:
    async with house.polling():
        message = house.api.message(-100, chat_type="supergroup", text="邻居打孩子")
        house.api.deliver(house.api.update(message=message))
        await house.settled()

    assert house.api.texts_to(-100) == [house.runtime.texts.get("telegram.group")]
    assert house.gateway.inbound == []


@pytest.mark.parametrize(
    ("command", "key"), [("/start", "telegram.start"), ("/help@hotline_bot", "telegram.help")]
)
async def test_start_and_help_are_answered_kindly(house: House, command: str, key: str) -> None:
    async with house.polling():
        house.api.text(RESIDENT, command)
        await house.settled()

    assert house.api.texts_to(RESIDENT) == [house.runtime.texts.get(key)]


async def test_a_slash_that_is_no_command_of_ours_goes_to_the_bot(house: House) -> None:
    async with house.polling():
        house.api.text(RESIDENT, "/救命")
        await house.settled()

    assert house.gateway.inbound[0].text == "/救命"


async def test_telegrams_wish_to_slow_down_is_respected(house: House) -> None:
    house.api.fail_next("sendMessage", Failure(429, "Too Many Requests: retry after 1", retry_after_s=1))
    async with house.polling():
        house.api.text(RESIDENT, "你好")
        await house.settled()

    assert house.api.texts_to(RESIDENT) == ["收到：text：你好"]


async def test_a_failing_telegram_is_waited_out(house: House) -> None:
    house.api.fail_next("sendMessage", Failure(502, "Bad Gateway"), times=2)
    async with house.polling():
        house.api.text(RESIDENT, "你好")
        await house.settled()

    assert house.api.texts_to(RESIDENT) == ["收到：text：你好"]


async def test_failing_polls_lose_nothing(house: House) -> None:
    house.api.fail_next("getUpdates", Failure(500, "Internal Server Error"))
    house.api.text(RESIDENT, "你好")
    async with house.polling():
        await house.settled()

    assert house.api.texts_to(RESIDENT) == ["收到：text：你好"]


async def test_who_blocked_the_bot_stops_nobody_else(house: House) -> None:
    house.api.blocked_chats.add(str(RESIDENT))
    async with house.polling():
        house.api.text(RESIDENT, "你好")
        house.api.text(RESIDENT + 1, "你好")
        await house.settled()

    assert house.api.texts_to(RESIDENT + 1) == ["收到：text：你好"]
    assert len(lines_of(house.runtime, RESIDENT)) == 2


async def test_without_the_database_an_update_is_not_confirmed_and_taken_again(house: House) -> None:
    house.gateway.faults = [StorageUnavailable(), StorageUnavailable()]
    async with house.polling():
        house.api.text(RESIDENT, "邻居打孩子")
        await house.settled()

    later = house.runtime.texts.get("telegram.later")
    assert house.api.texts_to(RESIDENT) == [later, "收到：text：邻居打孩子"]
    assert len(all_tickets(house.runtime)) == 1


async def test_an_update_that_keeps_failing_is_given_up_with_an_incident_number(house: House) -> None:
    house.gateway.faults = [RuntimeError("seeded")] * 3
    async with house.polling():
        house.api.text(RESIDENT, "你好")
        await house.settled()
        house.api.text(RESIDENT, "还在吗")
        await house.settled()

    given_up, answered = house.api.texts_to(RESIDENT)
    assert re.search("编号 [0-9a-f]{8}", given_up)
    assert answered == "收到：text：还在吗"


async def test_a_wrong_token_is_said_at_once_and_not_shown(house: House) -> None:
    settings = replace(house.runtime.settings, telegram_token="1:wrong", telegram_api_base=house.api.url)

    with pytest.raises(ConfigurationFault) as caught:
        async with opened(settings, house.gateway, house.runtime):
            pass

    assert "1:wrong" not in "".join(traceback.format_exception(caught.value))


async def test_neither_token_nor_words_nor_person_get_into_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.api.fail_next("getMe", Failure(502, "Bad Gateway"))
    house.gateway.faults = [StorageUnavailable()]
    async with house.polling():
        house.api.text(RESIDENT, "邻居打孩子")
        await house.settled()

    said = caplog.text.replace(house.api.url, "")
    assert "will be taken again" in said
    assert not [secret for secret in (TOKEN, "邻居打孩子", f"'{RESIDENT}'", f" {RESIDENT}") if secret in said]
