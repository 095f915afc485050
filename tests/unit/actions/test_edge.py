"""Whatever breaks, the resident gets an honest answer with an incident number; logs hold no word of his."""

import asyncio
import logging

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.edge import HotlineAction
from actions.reply import Reply
from actions.services import Services
from actions.slots import Turn
from tests.unit.actions.fakes import FakeServices


def a_broken_action() -> HotlineAction:
    """An action that fails with what the resident wrote; local, so that no action server finds it."""

    class Broken(HotlineAction):
        def name(self) -> str:
            return "action_broken"

        def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
            raise RuntimeError(turn.text)

    return Broken(FakeServices)


def test_a_broken_action_says_so_and_logs_no_words_of_the_resident(caplog: pytest.LogCaptureFixture) -> None:
    dispatcher = CollectingDispatcher()
    message = {"text": "我叫张三", "intent": {}}
    tracker = Tracker("c-1", {}, message, [], False, None, {}, None)

    with caplog.at_level(logging.ERROR):
        events = asyncio.run(a_broken_action().run(dispatcher, tracker, {}))

    (said,) = dispatcher.messages
    assert events == []
    assert said["response"] == "utter_fault"
    assert said["incident"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "张三" not in caplog.text
