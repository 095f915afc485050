"""Workers on Telegram: told, claiming by a tap, replying, closing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.gateway import Gateway
from bot.spool import Spool
from tests.factories import a_member
from tests.fakes.bot_api import BotApi, running_bot_api
from tests.fakes.language import FakeLanguage
from tests.integration.console_desk import told_police
from tests.integration.telegram_house import House, SmallGateway, all_tickets, ticket_number
from ticketing.bootstrap import Runtime
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Actor, Role

RESIDENT, WORKER, RIVAL = 700, 801, 802


@pytest.fixture
def api() -> Iterator[BotApi]:
    """A Bot API server of this test."""
    with running_bot_api() as api:
        yield api


@pytest.fixture
def house(runtime: Runtime, api: BotApi) -> House:
    """A house with its channel, not yet polling."""
    return House(runtime, api, SmallGateway(runtime))


def a_supervisor(runtime: Runtime) -> Actor:
    """Somebody who sees everything."""
    return a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")


async def test_a_code_binds_once_and_unbinding_ends_it(house: House) -> None:
    async with house.polling():
        actor = await asyncio.to_thread(a_member, house.runtime)
        code = await asyncio.to_thread(house.runtime.staff.bind_code, actor)
        for chat_id, text in [
            (WORKER, f"/bind {code}"),
            (RIVAL, f"/bind {code}"),
            (WORKER, "/unbind"),
            (WORKER, "/mine"),
        ]:
            house.api.text(chat_id, text)
            await house.settled()

    texts = house.runtime.texts
    assert house.api.texts_to(RIVAL) == [texts.get("errors.bind_code_refused")]
    assert house.api.texts_to(WORKER) == [
        texts.get("telegram.bound", name=actor.name),
        texts.get("telegram.unbound"),
        texts.get("telegram.not_bound"),
    ]


@pytest.mark.parametrize(
    "command", ["/queue", "/mine", "/claim NG20261123-0001", "/close NG20261123-0001 好了", "/unbind"]
)
async def test_strangers_cannot_use_the_workers_commands(house: House, command: str) -> None:
    async with house.polling():
        house.api.text(RESIDENT, "邻居打孩子，在西津街道")
        house.api.text(RESIDENT, command)
        await house.settled()

    assert house.api.last_to(RESIDENT).text == house.runtime.texts.get("telegram.not_bound")


async def test_a_report_goes_all_the_way_to_the_rating(house: House, tmp_path: Path) -> None:
    runtime, texts = house.runtime, house.runtime.texts
    gateway = Gateway(
        ledger=runtime.intake,
        reports=runtime.reports,
        language=FakeLanguage(),
        answers=runtime.answers,
        texts=texts,
        spool=Spool(tmp_path),
    )
    async with house.polling(gateway):
        await house.bound_worker(WORKER, unit="village-xijin-fenghuang")
        house.api.text(RESIDENT, "西津街道凤凰社区有人天天打孩子，孩子叫小明，身上都是伤")
        await house.settled()
        given = house.api.texts_to(RESIDENT)[0]
        await house.relay()
        notice = house.api.last_to(WORKER)
        number = ticket_number(notice.text)
        house.api.tap(WORKER, notice, f"claim:{number}")
        await house.settled()
        house.api.text(WORKER, f"/reply {number} 我们马上到")
        house.api.text(WORKER, f"/close {number} 孩子已安置到亲属家")
        await house.settled()
        unproved = house.api.last_to(WORKER).text
        told_police(runtime, a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline"), number)
        house.api.text(WORKER, f"/close {number} 孩子已安置到亲属家")
        await house.settled()
        await house.relay()
        resolved = house.api.last_to(RESIDENT)
        house.api.text(RESIDENT, resolved.buttons[0])
        await house.settled()

    assert "110" in given
    assert number in given
    assert unproved == texts.get("errors.report_missing")
    # The notice tells what and where, not who.
    assert "小明" not in notice.text
    assert "西津街道凤凰社区" in notice.text
    assert notice.buttons == [texts.get("telegram.claim_button"), texts.get("telegram.detail_button")]
    assert notice.is_protected
    assert all(len(data.encode()) <= 64 for data in notice.callback_data)
    assert house.api.taps[0].text == texts.get("telegram.claimed", number=number)
    assert house.api.edits[0].buttons == [texts.get("telegram.detail_button")]
    told = house.api.texts_to(RESIDENT)
    assert texts.get("notice.claimed", number=number) in told
    assert "我们马上到" in " ".join(told)
    assert "孩子已安置到亲属家" in resolved.text
    assert resolved.buttons[0] == texts.get("rating.5")
    assert [ticket.rating for ticket in all_tickets(runtime)] == [5]


async def test_of_two_workers_who_tap_one_gets_it_and_the_other_is_told_who(house: House) -> None:
    texts = house.runtime.texts
    async with house.polling():
        await house.bound_worker(WORKER, name="王主任")
        await house.bound_worker(RIVAL, name="李干事")
        house.api.text(RESIDENT, "西津街道有人打孩子")
        await house.settled()
        await house.relay()
        number = ticket_number(house.api.last_to(WORKER).text)
        for chat_id in (WORKER, RIVAL):
            house.api.tap(chat_id, house.api.last_to(chat_id), f"claim:{number}")
        await house.settled()

    words = sorted(tap.text for tap in house.api.taps)
    winner = await asyncio.to_thread(lambda: all_tickets(house.runtime)[0].assignee_name)
    assert words == sorted(
        [
            texts.get("telegram.claimed", number=number),
            texts.get("telegram.claimed_by_other", number=number, name=str(winner)),
        ]
    )
    assert [edit.buttons for edit in house.api.edits] == [[texts.get("telegram.detail_button")]] * 2


async def test_a_tap_delivered_twice_or_made_twice_claims_once(house: House) -> None:
    async with house.polling():
        await house.bound_worker(WORKER)
        house.api.text(RESIDENT, "西津街道有人打孩子")
        await house.settled()
        await house.relay()
        notice = house.api.last_to(WORKER)
        number = ticket_number(notice.text)
        house.api.deliver(house.api.tap(WORKER, notice, f"claim:{number}"))
        await house.settled()
        house.api.tap(WORKER, notice, f"claim:{number}")
        await house.settled()

    texts = house.runtime.texts
    assert [tap.text for tap in house.api.taps] == [
        texts.get("telegram.claimed", number=number),
        texts.get("telegram.claimed_before", number=number),
    ]


async def test_details_of_a_child_are_shown_to_the_one_who_has_the_ticket_only(house: House) -> None:
    async with house.polling():
        await house.bound_worker(WORKER)
        house.api.text(RESIDENT, "西津街道有人打孩子，孩子叫小明")
        await house.settled()
        await house.relay()
        notice = house.api.last_to(WORKER)
        number = ticket_number(notice.text)
        house.api.tap(WORKER, notice, f"detail:{number}")
        await house.settled()
        before = house.api.last_to(WORKER)
        house.api.tap(WORKER, notice, f"claim:{number}")
        house.api.tap(WORKER, notice, f"detail:{number}")
        await house.settled()

    after = house.api.last_to(WORKER)
    assert "小明" not in before.text
    assert "小明" in after.text
    assert before.is_protected
    assert after.is_protected


async def test_queue_and_mine_list_tickets_with_a_key_each(house: House) -> None:
    texts = house.runtime.texts
    async with house.polling():
        await house.bound_worker(WORKER)
        for chat_id in (RESIDENT, RESIDENT + 1):
            house.api.text(chat_id, "西津街道有人打孩子，孩子叫小明")
        await house.settled()
        house.api.text(WORKER, "/queue")
        await house.settled()
        queue = house.api.last_to(WORKER)
        number = ticket_number(queue.text)
        house.api.text(WORKER, f"/claim {number}")
        house.api.text(WORKER, "/mine")
        await house.settled()

    mine = house.api.last_to(WORKER)
    assert len(queue.callback_data) == 2
    assert mine.buttons == [texts.get("telegram.detail_number", number=number)]
    assert "小明" not in queue.text + mine.text


async def test_a_note_stays_in_the_house(house: House) -> None:
    async with house.polling():
        await house.bound_worker(WORKER)
        house.api.text(RESIDENT, "西津街道有人打孩子")
        await house.settled()
        house.api.text(WORKER, "/queue")
        await house.settled()
        number = ticket_number(house.api.last_to(WORKER).text)
        house.api.text(WORKER, f"/claim {number}")
        house.api.text(WORKER, f"/note {number}\n家里没人，明天再去")
        await house.settled()
        await house.relay()

    events = house.runtime.tickets.get(a_supervisor(house.runtime), number).events
    assert "家里没人，明天再去" in [event.text for event in events]
    assert "明天再去" not in " ".join(house.api.texts_to(RESIDENT))


@pytest.mark.parametrize(
    ("text", "key"),
    [("/claim", "number_usage"), ("/close NG20261123-0001", "text_usage"), ("/bind", "bind_usage")],
)
async def test_a_command_without_what_it_needs_shows_how_it_is_used(
    house: House, text: str, key: str
) -> None:
    async with house.polling():
        await house.bound_worker(WORKER)
        house.api.text(WORKER, text)
        await house.settled()

    command = text.split(maxsplit=1)[0].removeprefix("/")
    assert house.api.last_to(WORKER).text == house.runtime.texts.get(f"telegram.{key}", command=command)


async def test_a_ticket_of_another_town_is_refused(house: House) -> None:
    async with house.polling():
        await house.bound_worker(WORKER, unit="town-xiaxi")
        house.api.text(RESIDENT, "西津街道有人打孩子")
        await house.settled()
        number = all_tickets(house.runtime)[0].number
        house.api.text(WORKER, f"/claim {number}")
        await house.settled()

    assert all_tickets(house.runtime)[0].status is Status.DISPATCHED
