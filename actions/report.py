"""Taking a report: a ticket first, questions later."""

from rasa_sdk.events import EventType, FollowupAction

from actions.choices import choices, form_plan, window_for
from actions.edge import HotlineAction
from actions.form_asides import note
from actions.policy import answer_all
from actions.reply import Reply
from actions.services import Services
from actions.slots import (
    ASKED_ASPECT,
    ASKED_TOPIC,
    OFFER,
    OFFER_TEXT,
    PHONE,
    REPORT_FIELDS,
    REPORT_FORM,
    SKIPPED,
    TOPIC,
    Turn,
    keep,
    new_report,
    understood,
)
from actions.wording import tell
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.ticket import Field, TicketGiven
from ticketing.domain.triage import Question
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category

#: The weakest yes people were seen to write is taken for one at 0.47.
AFFIRMED_FROM = 0.4


class OpenReport(HotlineAction):
    """Opens the ticket, says its number and goes on to the form."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_open_report"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Take the newest message as the report."""
        category = turn.reported or Category.HUMAN
        return begin_report(turn, reply, served, category=category, text=turn.text)


class OtherDepartment(HotlineAction):
    """Names the right window and offers to pass the matter on."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_other_department"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Say where to turn; nothing is opened yet."""
        reply.say(
            "utter_other_department",
            buttons=[choices().accept, choices().decline],
            window=window_for(turn.text),
        )
        return [*understood(), *keep(**{OFFER: Category.OTHER_DEPARTMENT.value, OFFER_TEXT: turn.text})]


class AcceptOffer(HotlineAction):
    """A yes: does what was offered."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_accept_offer"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Open the offered ticket, or ask what the yes was for."""
        offer = turn.slot(OFFER)
        if offer is None:
            self._no_offer(turn, reply, served)
            return []
        if not _is_yes(turn):
            reply.say("utter_offer_person", buttons=[choices().person])
            return keep(**{OFFER: Category.HUMAN.value})
        text = turn.slot(OFFER_TEXT) or turn.text
        return begin_report(turn, reply, served, category=Category(offer), text=text)

    def _no_offer(self, turn: Turn, reply: Reply, served: Services) -> None:
        """To somebody in danger a mere yes says that he is still there."""
        view = served.reports.current(turn.conversation_id)
        if view is not None and view.status in OPEN and view.category in AT_RISK_CATEGORIES:
            is_self = view.category is Category.SELF_HARM
            tell(turn, reply, served, "still_with_you" if is_self else "still_here")
        else:
            reply.say("utter_what_next")


def _is_yes(turn: Turn) -> bool:
    """A letter by itself, and what only looks most like a yes, opens no ticket: the offer is made again."""
    is_letter = len(turn.text.strip()) == 1 and turn.text.isascii()
    return turn.confidence >= AFFIRMED_FROM and not is_letter


class DeclineOffer(HotlineAction):
    """A no: lets it be."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline_offer"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Say that it is fine."""
        reply.say("utter_declined")
        return understood()


def begin_report(
    turn: Turn, reply: Reply, served: Services, *, category: Category, text: str
) -> list[EventType]:
    """Open a ticket, or tell the open one of this kind more; then the form, unless it was asked before."""
    given = served.reports.open_report(turn.conversation_id, category=category, text=text)
    if not given.new and not turn.by_gateway:
        served.reports.add(turn.conversation_id, text=text, number=given.number, code=None)
        reply.say("utter_report_added", number=given.number)
        return understood()
    _announce(turn, reply, category, given)
    asked = _asked_beside(turn)
    answer_all(asked, reply, served, titled=True)
    note(turn, served, given.number)
    known = _known_fields(turn, served, given, text)
    return [
        *understood(),
        *new_report(category, given.number),
        *keep(**dict.fromkeys(known, SKIPPED)),
        *(event for question in asked for event in keep(**{TOPIC: question.topic})),
        FollowupAction(REPORT_FORM),
    ]


def _announce(turn: Turn, reply: Reply, category: Category, given: TicketGiven) -> None:
    if turn.by_gateway:
        reply.say("utter_report_begin")
        return
    kind = "at_risk" if category in AT_RISK_CATEGORIES else category.value
    reply.say(f"utter_opened_{kind}", number=given.number, code=given.code)


def _asked_beside(turn: Turn) -> tuple[Question, ...]:
    """The policy question that the gateway found in a message about danger."""
    topic = turn.entity(ASKED_TOPIC) if turn.by_gateway else None
    return () if topic is None else (Question(topic, turn.entity(ASKED_ASPECT)),)


def _known_fields(turn: Turn, served: Services, given: TicketGiven, text: str) -> set[str]:
    """Questions that the report itself has answered."""
    known: set[str] = set()
    if not turn.by_gateway and len(text) >= form_plan().told_from_characters:
        known.add(Field.WHAT.value)
    phone = turn.entity(PHONE)
    if phone is not None:
        served.reports.fill(given.number, field=Field.CONTACT.value, value=phone)
        known.add(Field.CONTACT.value)
    view = served.reports.current(turn.conversation_id)
    if view is not None and view.number == given.number:
        known |= set(view.fields) | ({Field.PLACE.value} if view.village else set())
    # A ticket has more fields than the form has questions.
    return known & frozenset(REPORT_FIELDS)
