"""Redelivery, odd messages and every part being down: nothing said is lost, nothing is answered twice."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.messages import InboundMessage
from bot.rasa_client import RasaFault
from bot.spool import Spool
from bot.worker import empty_spool
from tests.conftest import SECRET
from tests.factories import FakeClock, a_member
from tests.fakes.language import FakeLanguage
from tests.integration.house import a_gateway
from tests.unit.gateway.messages import a_message
from ticketing import embedded
from ticketing.bootstrap import Runtime, build
from ticketing.domain.arrival import Kind
from ticketing.domain.staff import Role
from ticketing.domain.ticket import ChatLine, Delivery, TicketView
from ticketing.domain.vocabulary import Channel, Risk
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

AT_RISK = "津北村有个孩子天天被他爸打，身上都是伤"


def lines_of(runtime: Runtime, peer: str = "peer") -> list[ChatLine]:
    """All lines of one resident."""
    conversation_id = runtime.chats.conversation_of(Channel.WEB, peer)
    return runtime.chats.for_resident(conversation_id) if conversation_id else []


def tickets_in(runtime: Runtime) -> tuple[TicketView, ...]:
    """Every ticket there is."""
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    return runtime.tickets.queue(supervisor, scope="all").items


def a_dead_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("times", [1, 2, 3, 8])
async def test_a_message_delivered_to_several_processes_at_once_is_one_message_ticket_and_answer(
    runtime: Runtime, times: int
) -> None:
    language = FakeLanguage(reply_after_s=0.05)
    gateways = [a_gateway(runtime, language) for _ in range(times)]
    message = a_message(AT_RISK, external_id="same")

    answers = await asyncio.gather(*(gateway.handle(message) for gateway in gateways))

    assert [line.direction for line in lines_of(runtime)] == ["in", "out", "out"]
    assert len(tickets_in(runtime)) == 1
    assert language.commands == ["child_protection"]
    assert len(set(answers)) == 1


async def test_a_redelivery_after_the_answer_gets_the_same_words(runtime: Runtime) -> None:
    message = a_message(AT_RISK, external_id="same")
    first = await a_gateway(runtime, FakeLanguage()).handle(message)

    again = await a_gateway(runtime, FakeLanguage()).handle(message)

    assert again == first
    assert len(lines_of(runtime)) == 3


async def test_two_first_messages_of_one_person_at_once_open_one_case(runtime: Runtime) -> None:
    gateways = [a_gateway(runtime, FakeLanguage()) for _ in range(2)]

    await asyncio.gather(*(gateway.handle(a_message(AT_RISK)) for gateway in gateways))

    assert len(tickets_in(runtime)) == 1
    assert len({line.id for line in lines_of(runtime) if line.direction == "in"}) == 2


@pytest.mark.parametrize("kind", list(Kind))
async def test_whatever_a_resident_sends_is_stored_and_acknowledged(runtime: Runtime, kind: Kind) -> None:
    message = a_message("", kind=kind, payload={"file_id": "f", "phone": "0563"})

    replies = await a_gateway(runtime, FakeLanguage()).handle(message)

    stored, answer = lines_of(runtime)
    assert (stored.direction, stored.kind) == ("in", kind)
    assert [answer.text] == [reply.text for reply in replies]


async def test_after_every_step_of_a_report_the_ticket_has_what_was_said(runtime: Runtime) -> None:
    gateway = a_gateway(runtime, FakeLanguage())

    await gateway.handle(a_message(AT_RISK))

    (ticket,) = tickets_in(runtime)
    assert (ticket.risk, ticket.village, ticket.fields["detail"]) == (Risk.URGENT, "xijin-jinbei", AT_RISK)


@pytest.mark.parametrize("fault", list(RasaFault))
async def test_without_the_language_server_there_is_a_ticket_and_a_person_is_waited_for(
    runtime: Runtime, fault: RasaFault
) -> None:
    replies = await a_gateway(runtime, FakeLanguage(fault=fault)).handle(a_message(AT_RISK))

    (ticket,) = tickets_in(runtime)
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    assert "110" in replies[0].text
    assert ticket.number in replies[0].text
    assert [one.last_text for one in runtime.chats.waiting(operator)] == [AT_RISK]


async def test_without_valkey_a_report_is_taken_and_the_notice_waits_in_the_outbox(
    settings: Settings, clock: FakeClock
) -> None:
    away = replace(settings, redis_url=f"redis://127.0.0.1:{a_dead_port()}/0")
    runtime = build(away, clock=clock)
    village_director = a_member(runtime, unit="village-xijin-jinbei")
    code = runtime.staff.bind_code(village_director)
    runtime.staff.bind_telegram(code, "4711")

    replies = await a_gateway(runtime, FakeLanguage()).handle(a_message(AT_RISK))

    assert "110" in replies[0].text
    assert [delivery.peer for delivery in runtime.outbox.due()] == ["4711"]
    runtime.close()


async def test_the_bot_is_silent_from_the_moment_a_person_takes_over(runtime: Runtime) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    language = FakeLanguage()
    gateway = a_gateway(runtime, language)
    await gateway.handle(a_message("你好"))
    conversation_id = runtime.chats.conversation_of(Channel.WEB, "peer")
    assert conversation_id is not None

    language.hold()
    thinking = asyncio.create_task(gateway.handle(a_message("低保怎么办")))
    await language.asked_for(2)
    runtime.chats.take(operator, conversation_id)
    language.may_reply.set()

    assert await thinking == ()
    assert await gateway.handle(a_message("有人吗")) == ()
    assert [line.text for line in lines_of(runtime) if line.direction == "out"] == ["好的"]


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[embedded.Postgres]:
    """A PostgreSQL server that the test may stop."""
    server = embedded.Postgres(tmp_path / "own", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_runtime(
    own_postgres: embedded.Postgres, valkey_url: str, tmp_path: Path, clock: FakeClock
) -> Iterator[Runtime]:
    """A house on it."""
    database_url = embedded.create_database(own_postgres.url, "own")
    upgrade(database_url)
    settings = Settings(home=tmp_path, database_url=database_url, redis_url=valkey_url, secret=SECRET)
    runtime = build(settings, clock=clock)
    yield runtime
    runtime.close()


async def test_a_report_while_the_database_is_down_is_delivered_when_it_is_back(
    own_runtime: Runtime, own_postgres: embedded.Postgres
) -> None:
    gateway = a_gateway(own_runtime, FakeLanguage())
    await gateway.handle(a_message("你好"))
    await asyncio.to_thread(own_postgres.stop)

    replies = await gateway.handle(a_message(AT_RISK, external_id="while-down"))

    assert "110" in replies[0].text
    assert "恢复后会自动登记" in replies[1].text
    assert await asyncio.to_thread(taken_in, own_runtime) == 0

    await asyncio.to_thread(own_postgres.start)

    assert await asyncio.to_thread(taken_in, own_runtime) == 1
    assert await asyncio.to_thread(taken_in, own_runtime) == 0
    (ticket,) = tickets_in(own_runtime)
    told = [line.text for line in lines_of(own_runtime) if line.direction == "out"]
    assert ticket.fields["detail"] == AT_RISK
    assert ticket.number in "\n".join(told[1:])


async def test_a_message_spooled_although_the_ledger_had_it_is_not_taken_twice(
    own_runtime: Runtime, clock: FakeClock
) -> None:
    message = a_message(AT_RISK, external_id="both")
    await a_gateway(own_runtime, FakeLanguage()).handle(message)
    Spool(own_runtime.settings.home).keep(message)
    clock.advance(timedelta(minutes=1))

    assert await asyncio.to_thread(taken_in, own_runtime) == 1

    assert len(tickets_in(own_runtime)) == 1
    assert [line.text for line in lines_of(own_runtime) if line.direction == "in"] == [AT_RISK]


async def test_a_late_answer_is_pushed_to_channels_that_do_not_read_the_ledger(runtime: Runtime) -> None:
    message = InboundMessage(Channel.TELEGRAM, "4711", "t-1", text=AT_RISK)
    Spool(runtime.settings.home).keep(message)

    assert await asyncio.to_thread(taken_in, runtime) == 1

    pushed = [delivery.text for delivery in all_pushed(runtime) if delivery.kind == "resident"]
    assert "系统有故障" in pushed[0]
    assert "110" in pushed[1]


def all_pushed(runtime: Runtime) -> list[Delivery]:
    """Everything the relay sends; what goes to one person it is given one after the other."""
    pushed: list[Delivery] = []
    while due := runtime.outbox.due():
        pushed += due
        for delivery in due:
            runtime.outbox.sent(delivery.id)
    return pushed


def taken_in(runtime: Runtime) -> int:
    """What the scheduler takes out of the spool."""
    return empty_spool(runtime, lambda house: a_gateway(house, FakeLanguage()))
