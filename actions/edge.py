"""Where actions meet Rasa: types in, one thread per turn, and no error ever leaves as HTTP 500.

Rasa's action server answers an uncaught error with the whole conversation in the body.
"""

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.corrections import put_right
from actions.reply import Reply
from actions.services import Services, ServicesSource, services
from actions.slots import CORRECTING, Turn, keep, turn_of, understood
from ticketing.domain.errors import PolicyNotFound, TicketingError, TicketNotFound, TransitionRefused

logger = logging.getLogger(__name__)
#: Expected faults that the resident can do something about; every other gets an incident number.
_RESPONSES = {
    PolicyNotFound.code: "utter_policy_missing",
    TicketNotFound.code: "utter_ticket_not_found",
    TransitionRefused.code: "utter_ticket_not_possible",
}


class HotlineAction(Action, ABC):
    """One thing the bot does in a turn: read slots, call a service, say, return events."""

    #: Whether a message that puts something right is taken as that before the action has its turn.
    hears_corrections: ClassVar[bool] = True

    def __init__(self, source: ServicesSource = services) -> None:
        """Take services from ``source`` when first needed."""
        self._source = source

    @abstractmethod
    def name(self) -> str:
        """Name in the domain."""

    @abstractmethod
    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Do it; synchronous as the services are."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Act in a thread, so that a slow database holds up nobody else's turn."""
        return await asyncio.to_thread(self._guarded, turn_of(tracker), Reply(dispatcher))

    def _guarded(self, turn: Turn, reply: Reply) -> list[EventType]:
        try:
            served = self._source()
            amended = put_right(turn, reply, served) if self.hears_corrections else None
            return self._own_turn(turn, reply, served) if amended is None else [*amended, *understood()]
        except TicketingError as fault:
            return self._explain(fault, reply)
        except Exception as fault:  # noqa: BLE001  # edge: whatever broke, the resident gets an answer
            return self._apologise(fault, reply)

    def _own_turn(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """What the action does; nothing is waited for any more that the resident did not answer."""
        events = self.act(turn, reply, served)
        is_left = self.hears_corrections and turn.slot(CORRECTING) is not None
        return [*events, *keep(**{CORRECTING: None})] if is_left else events

    def _explain(self, fault: TicketingError, reply: Reply) -> list[EventType]:
        response = _RESPONSES.get(fault.code)
        if response is None:
            return self._apologise(fault, reply)
        reply.say(response)
        return []

    def _apologise(self, fault: Exception, reply: Reply) -> list[EventType]:
        incident = secrets.token_hex(4)
        # Neither message nor traceback of the fault: both may hold what the resident wrote.
        logger.error("incident %s in %s: %s", incident, self.name(), _origin(fault))
        reply.say("utter_fault", incident=incident)
        return []


def _origin(fault: BaseException) -> str:
    """Type of a fault and the line it came from."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(fault).__name__}{place}"
