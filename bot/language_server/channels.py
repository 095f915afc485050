"""The way the gateway talks to the bot: Rasa's REST channel, and how the bot stands after its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import SlotSet
from sanic import Blueprint, response
from switching import add_switch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker
    from sanic.request import Request
    from sanic.response import HTTPResponse

#: Slot of bot/dialogue: what was talked about last.
TOPIC = "topic"
#: Slots that say that an answer is awaited: to a question back, to an offer, to what is to be put right.
PENDING = ("clarified", "offer", "correcting")


class GatewayChannel(InputChannel):  # type: ignore[misc]  # rasa is untyped
    """One request is one turn; an error inside it is an error of the request, never an empty answer."""

    @classmethod
    def name(cls) -> str:
        """Part of the address."""
        return "hotline"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Give the address of turns, ``/webhooks/hotline/webhook``, and that of the model beside it."""
        channel = Blueprint("hotline_channel")
        add_switch(channel)

        @channel.route("/webhook", methods=["POST"])  # type: ignore[untyped-decorator]  # sanic is untyped
        async def receive(request: Request) -> HTTPResponse:
            said, agent = request.json, request.app.ctx.agent
            await _tell(agent, said["sender"], said.get("topic"))
            collected = CollectingOutputChannel()
            message = UserMessage(said["message"], collected, said["sender"], input_channel=self.name())
            await on_new_message(message)
            tracker = await agent.tracker_store.retrieve(said["sender"])
            return response.json({"replies": collected.messages, **standing(tracker)})

        return channel


def standing(tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """Whether the bot waits for nothing, and what was talked about last."""
    if tracker is None:
        return {"settled": False, "topic": None}
    waits = tracker.active_loop_name is not None or any(tracker.get_slot(name) for name in PENDING)
    return {"settled": not waits, "topic": tracker.get_slot(TOPIC)}


async def _tell(agent: Agent, sender: str, topic: str | None) -> None:
    """Let the bot know what the gateway answered without it."""
    if topic is None:
        return
    async with agent.lock_store.lock(sender):
        tracker = await agent.processor.fetch_tracker_and_update_session(sender)
        if tracker.get_slot(TOPIC) != topic:
            tracker.update(SlotSet(TOPIC, topic))
            await agent.processor.save_tracker(tracker)
