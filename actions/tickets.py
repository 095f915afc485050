"""What a resident does with a ticket: ask how it stands, add, take back, rate."""

from rasa_sdk.events import EventType, FollowupAction

from actions.choices import choices
from actions.corrections import put_right
from actions.edge import HotlineAction
from actions.rating import ask_settled, rate
from actions.reply import Reply
from actions.report import begin_report
from actions.services import Services
from actions.slots import (
    ADDITION,
    ADDITION_FORM,
    CODE,
    DENY,
    NUMBER,
    SCORE,
    SKIP,
    STOP_FORM,
    Turn,
    keep,
    understood,
)
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.talk_words import Aside
from ticketing.domain.ticket import TicketView

#: An announcement with fewer characters behind it tells nothing yet.
_TOLD_CHARACTERS_MIN = 3
REFUSALS = frozenset({Aside.STOP, Aside.SKIP})


class TicketProgress(HotlineAction):
    """Says how a ticket stands: of this conversation, or by number and code."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ticket_progress"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Say status and unit, and the result where there is one."""
        view = served.reports.progress(
            turn.conversation_id, number=turn.entity(NUMBER), code=turn.entity(CODE)
        )
        status = served.texts.get(f"status.{view.status}")
        if view.result:
            reply.say("utter_progress_result", number=view.number, status=status, result=view.result)
        else:
            reply.say("utter_progress_unit", number=view.number, status=status, unit=view.unit_name)
        return understood()


class TicketAdd(HotlineAction):
    """Keeps what the resident adds; asks for it where the message only announces it."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ticket_add"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Add the message, or ask for the words."""
        if not _tells_something(turn, served):
            return [*understood(), *_ask_for_addition()]
        view = _add(turn, served)
        reply.say("utter_report_added", number=view.number)
        return understood()


class KeepAddition(HotlineAction):
    """Keeps the words asked for by the addition form."""

    hears_corrections = False

    def name(self) -> str:
        """Name in the domain."""
        return "action_keep_addition"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Add them, unless the resident thought better of it or the gateway found somebody at risk."""
        if turn.by_gateway and turn.reported is not None:
            return begin_report(turn, reply, served, category=turn.reported, text="")
        if turn.intent in {SKIP, STOP_FORM, DENY} or served.talk.aside(turn.text) in REFUSALS:
            reply.say("utter_declined")
            return understood()
        if not _tells_something(turn, served):
            return _ask_for_addition()
        amended = put_right(turn, reply, served)
        if amended is not None:
            return [*amended, *understood()]
        view = _add(turn, served)
        reply.say("utter_report_added", number=view.number)
        return understood()


class TicketWithdraw(HotlineAction):
    """Takes a report back."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ticket_withdraw"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Withdraw; a report of somebody at risk stays open, and that is said."""
        view = served.reports.withdraw(
            turn.conversation_id, number=turn.entity(NUMBER), code=turn.entity(CODE)
        )
        reply.say("utter_retracted" if view.retracted else "utter_withdrawn", number=view.number)
        return understood()


class TicketRate(HotlineAction):
    """Keeps a grade, or asks for one."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ticket_rate"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Rate with the score found in the words."""
        if turn.entity(NUMBER) is None and not _has_result(turn, served):
            reply.say("utter_ticket_not_possible")
            return understood()
        if turn.entity(SCORE) is None:
            reply.say("utter_ask_rating", buttons=choices().ratings)
            return understood()
        reply.say("utter_rated", number=rate(turn, served).number)
        ask_settled(turn, reply, served)
        return understood()


class Retract(HotlineAction):
    """Notes that the resident says it was not true; the ticket stays."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_retract"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Mark it, without a reproach."""
        view = served.reports.retract(turn.conversation_id)
        if view is None:
            reply.say("utter_nothing_to_retract")
        else:
            reply.say("utter_retracted", number=view.number)
        return understood()


def _tells_something(turn: Turn, served: Services) -> bool:
    """Whether a message has words besides those that announce an addition."""
    return len(served.talk.addition(turn.text)) >= _TOLD_CHARACTERS_MIN


def _ask_for_addition() -> list[EventType]:
    return [*keep(**{ADDITION: None}), FollowupAction(ADDITION_FORM)]


def _has_result(turn: Turn, served: Services) -> bool:
    """Whether there is something to grade; raises TicketNotFound where there is no ticket."""
    view = served.reports.progress(turn.conversation_id, number=None, code=None)
    return view.status not in OPEN


def _add(turn: Turn, served: Services) -> TicketView:
    return served.reports.add(
        turn.conversation_id, text=turn.text, number=turn.entity(NUMBER), code=turn.entity(CODE)
    )
