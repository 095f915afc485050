"""Bulk input is refused by line, verdicts keep their order, and an unlucky server is asked again."""

import asyncio
import json
import random
from collections.abc import Mapping

import pytest

from bot.gateway_ports import Reader
from bot.jsonl import BadLine, Message, Problem, Script, line_of, messages, scripts
from bot.predicting import Several, predictions, row_of
from bot.rasa_client import RasaFault, RasaUnavailable
from tests.fakes.language import CALM
from ticketing.domain.triage import Assessment
from ticketing.domain.vocabulary import Channel, Risk

BAD_MESSAGES = [
    pytest.param(b"{oops", Problem.NOT_JSON, id="not-json"),
    pytest.param(b'{"id": 1, "text": "\xff"}', Problem.NOT_JSON, id="not-utf-8"),
    pytest.param(b"[1]", Problem.NOT_OBJECT, id="not-an-object"),
    pytest.param(b'{"text": "x"}', Problem.ID, id="no-id"),
    pytest.param(b'{"id": true, "text": "x"}', Problem.ID, id="id-is-a-flag"),
    pytest.param(b'{"id": 1}', Problem.TEXT, id="no-text"),
    pytest.param(b'{"id": 1, "text": null}', Problem.TEXT, id="text-is-null"),
]


@pytest.mark.parametrize(("line", "problem"), BAD_MESSAGES)
def test_a_bad_line_is_named_by_its_number(line: bytes, problem: Problem) -> None:
    with pytest.raises(BadLine) as caught:
        messages([b'{"id": 1, "text": "good"}\n', b"\n", line])

    assert (caught.value.line, caught.value.problem) == (3, problem)


BAD_SCRIPTS = [
    pytest.param(b'{"id": 1}', Problem.TURNS, id="no-turns"),
    pytest.param(b'{"id": 1, "turns": "x"}', Problem.TURNS, id="turns-is-text"),
    pytest.param(b'{"id": 1, "turns": ["x", 2]}', Problem.TURNS, id="turn-is-a-number"),
    pytest.param(b'{"id": 1, "channel": "fax", "turns": []}', Problem.CHANNEL, id="unknown-channel"),
    pytest.param(b'{"id": 1, "channel": [], "turns": []}', Problem.CHANNEL, id="channel-is-a-list"),
]


@pytest.mark.parametrize(("line", "problem"), BAD_SCRIPTS)
def test_a_bad_conversation_is_named_by_its_number(line: bytes, problem: Problem) -> None:
    with pytest.raises(BadLine) as caught:
        scripts([line])

    assert (caught.value.line, caught.value.problem) == (1, problem)


def test_lines_are_read_as_people_send_them() -> None:
    lines = [
        b'\xef\xbb\xbf{"id": "a", "text": "\xe4\xbd\xa0\xe5\xa5\xbd", "more": 1}\r\n',
        b"  \r\n",
        b'{"id": 2, "text": ""}',
    ]

    assert messages(lines) == (Message("a", "你好"), Message(2, ""))
    assert scripts([b'{"id": 1, "turns": ["x"]}']) == (Script(1, Channel.WEB, ("x",)),)


def test_output_can_always_be_written() -> None:
    assert line_of({"text": "你好\ud800"}) == '{"text": "你好\\ud800"}\n'.encode()


class Slow:
    """Answers in an order of its own; every third call fails the first time."""

    def __init__(self, *, is_flaky: bool = False) -> None:
        self.tries: dict[str, int] = {}
        self.at_once = 0
        self.most_at_once = 0
        self._is_flaky = is_flaky
        self._random = random.Random(1)  # noqa: S311 - a test of order

    async def parse(self, text: str) -> Mapping[str, object]:
        """Sleep a little."""
        self.tries[text] = self.tries.get(text, 0) + 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self._random.random() / 200)
        self.at_once -= 1
        if self._is_flaky and self.tries[text] < 3:
            raise RasaUnavailable(RasaFault.TIMEOUT)
        return CALM


async def predicted(asked: list[Message], language: Reader) -> list[tuple[str | int, Assessment]]:
    """All verdicts."""
    return [pair async for pair in predictions(asked, language)]


def test_verdicts_keep_the_order_of_the_messages_a_few_at_a_time() -> None:
    asked, language = [Message(number, f"第{number}句") for number in range(100)], Slow()

    verdicts = asyncio.run(predicted(asked, language))

    assert [message_id for message_id, _ in verdicts] == list(range(100))
    assert 1 < language.most_at_once <= 8


def test_a_server_that_fails_now_and_then_is_asked_again() -> None:
    verdicts = asyncio.run(predicted([Message(1, "你好")], Slow(is_flaky=True)))

    assert verdicts[0][1].talk == "greet"


def test_two_servers_share_the_messages_evenly() -> None:
    first, second = Slow(), Slow()

    asyncio.run(
        predicted([Message(number, f"第{number}句") for number in range(100)], Several([first, second]))
    )

    assert len(first.tries) + len(second.tries) == 100
    assert 25 < len(first.tries) < 75


def test_what_says_nothing_by_itself_is_unclear() -> None:
    row = row_of(1, Assessment(Risk.NONE, None, None, None, None, 0.91234, ()))

    assert row["talk"] == "unclear"
    assert json.loads(line_of(row))["confidence"] == 0.9123


def test_an_empty_message_is_unclear_and_nobody_is_asked() -> None:
    language = Slow()

    ((_, verdict),) = asyncio.run(predicted([Message(1, " / ")], language))

    assert (verdict.talk, language.tries) == ("unclear", {})
