"""Whatever the language server does wrong, the gateway sees one error that names the kind."""

import asyncio
import json
import socket
from collections.abc import Iterator

import pytest

from bot.messages import BotAnswer, Button, OutboundMessage
from bot.rasa_client import RasaClient, RasaFault, RasaUnavailable, plain
from tests.contract.faulty_server import Answer, FaultyServer, faulty_server
from ticketing.domain.ticket import UNKNOWN_STANDING, BotStanding

WEBHOOK = "/webhooks/hotline/webhook"
PARSE = "/model/parse"
FAST_S = 0.3
AMPLE_S = 60.0


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """A language server of the test's own making."""
    with faulty_server() as running:
        yield running


def answering(*replies: object, **standing: object) -> Answer:
    """A well-formed answer."""
    return Answer(json.dumps({"replies": replies, **standing}))


def said(url: str, text: str = "你好", topic: str | None = None, *, within_s: float = AMPLE_S) -> BotAnswer:
    """The answer to one message."""

    async def talk() -> BotAnswer:
        async with RasaClient(url, reply_timeout_s=within_s) as client:
            return await client.say("c-1", text, topic=topic)

    return asyncio.run(talk())


FAULTS = [
    pytest.param(Answer("oops", status=500), RasaFault.REFUSED, id="http-500"),
    pytest.param(Answer("{}", status=404), RasaFault.REFUSED, id="http-404"),
    pytest.param(Answer("{}", status=302), RasaFault.REFUSED, id="redirect"),
    pytest.param(Answer("<html>"), RasaFault.GARBAGE, id="not-json"),
    pytest.param(Answer('[{"text": "hi"}]'), RasaFault.GARBAGE, id="not-an-object"),
    pytest.param(Answer('{"replies": {"text": "hi"}}'), RasaFault.GARBAGE, id="not-a-list"),
    pytest.param(answering("hi"), RasaFault.GARBAGE, id="not-messages"),
    pytest.param(answering(), RasaFault.EMPTY, id="nothing-to-say"),
    pytest.param(answering({"recipient_id": "c-1"}), RasaFault.EMPTY, id="message-without-text"),
    pytest.param(Answer("[]", after_s=1.0), RasaFault.TIMEOUT, id="slow-to-begin"),
    pytest.param(Answer("[]" * 50, drip_s=0.05), RasaFault.TIMEOUT, id="drips"),
]


@pytest.mark.parametrize(("answer", "kind"), FAULTS)
def test_a_failed_answer_names_its_kind(server: FaultyServer, answer: Answer, kind: RasaFault) -> None:
    server.answers[WEBHOOK] = answer

    with pytest.raises(RasaUnavailable) as caught:
        said(server.url, within_s=FAST_S if kind is RasaFault.TIMEOUT else AMPLE_S)

    assert caught.value.kind is kind


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        with pytest.raises(RasaUnavailable) as caught:
            said(f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert caught.value.kind is RasaFault.UNREACHABLE


def test_replies_come_with_their_buttons_in_order(server: FaultyServer) -> None:
    first = {"recipient_id": "c-1", "text": "低保是……", "buttons": [{"title": "要什么材料", "payload": "x"}]}
    server.answers[WEBHOOK] = answering(first, {"image": "x"}, {"text": "还有别的吗"})

    answer = said(server.url)

    assert answer.replies == (
        OutboundMessage("低保是……", (Button("要什么材料"),)),
        OutboundMessage("还有别的吗"),
    )


def test_the_bot_is_told_who_speaks_and_what_was_talked_about(server: FaultyServer) -> None:
    server.answers[WEBHOOK] = answering({"text": "好"})

    said(server.url, topic="dibao")

    assert server.bodies(WEBHOOK) == [{"sender": "c-1", "message": "你好", "topic": "dibao"}]


STANDINGS = [
    pytest.param({"settled": True, "topic": "dibao"}, BotStanding(settled=True, topic="dibao"), id="at-rest"),
    pytest.param({"settled": True, "topic": None}, BotStanding(settled=True), id="nothing-talked-about"),
    pytest.param({"settled": False, "topic": "dibao"}, BotStanding(topic="dibao"), id="waits"),
    pytest.param({}, UNKNOWN_STANDING, id="not-told"),
    pytest.param({"settled": "yes", "topic": 1}, UNKNOWN_STANDING, id="odd"),
]


@pytest.mark.parametrize(("told", "standing"), STANDINGS)
def test_only_a_clear_word_means_that_the_bot_is_at_rest(
    server: FaultyServer, told: dict[str, object], standing: BotStanding
) -> None:
    server.answers[WEBHOOK] = answering({"text": "好"}, **told)

    assert said(server.url).standing == standing


def test_what_people_type_is_never_a_command(server: FaultyServer) -> None:
    server.answers[WEBHOOK] = answering({"text": "好"})

    said(server.url, " //restart")

    assert [body["message"] for body in server.bodies(WEBHOOK)] == ["restart"]


@pytest.mark.parametrize("text", ["/", " / / ", "\n/x", "／x", "低保/特困"])
def test_plain_text_never_begins_with_the_command_mark(text: str) -> None:
    assert not plain(text).startswith("/")
    assert plain(plain(text)) == plain(text)


def test_a_parse_without_an_intent_is_garbage(server: FaultyServer) -> None:
    server.answers[PARSE] = Answer('{"text": "你好"}')

    with pytest.raises(RasaUnavailable) as caught:
        asyncio.run(parsed(server.url))

    assert caught.value.kind is RasaFault.GARBAGE


async def parsed(url: str) -> object:
    """Parse of one text."""
    async with RasaClient(url) as client:
        return await client.parse("/你好")


def test_a_parse_is_given_as_the_server_says_it(server: FaultyServer) -> None:
    server.answers[PARSE] = Answer('{"intent": {"name": "greet", "confidence": 0.9}}')

    assert asyncio.run(parsed(server.url)) == {"intent": {"name": "greet", "confidence": 0.9}}
    assert server.bodies(PARSE) == [{"text": "你好"}]


def test_connections_are_kept_alive(server: FaultyServer) -> None:
    server.answers[WEBHOOK] = answering({"text": "好"})

    async def talk() -> None:
        async with RasaClient(server.url) as client:
            for _ in range(3):
                await client.say("c-1", "你好", topic=None)

    asyncio.run(talk())

    assert len(server.connections) == 1


@pytest.mark.parametrize(("status", "ready"), [(200, True), (409, False)])
def test_a_server_without_a_model_is_not_ready(server: FaultyServer, status: int, ready: bool) -> None:
    server.answers["/status"] = Answer("{}", status=status)

    async def asked() -> bool:
        async with RasaClient(server.url) as client:
            return await client.is_ready()

    assert asyncio.run(asked()) is ready
