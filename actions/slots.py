"""What the tracker knows, by name and type; the only place where a slot, entity or intent is spelt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from ticketing.domain.policy_talk import PolicyTalk
from ticketing.domain.triage import Question
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category

TOPIC = "topic"
CATEGORY = "category"
TICKET = "ticket_number"
REGISTER = "register"
#: Something offered that a yes or no answers, and the words it was offered for.
OFFER = "offer"
OFFER_TEXT = "offer_text"
#: A clarifying question was asked and nothing understood since.
CLARIFIED = "clarified"
#: How the form came to its end, where it was not by its last answer.
CLOSING = "closing"
REQUESTED = "requested_slot"
ADDITION = "addition"
#: A field whose right value was asked for.
CORRECTING = "correcting"
#: The question that was asked again, since what came was no answer.
ASKED_AGAIN = "asked_again"
#: The guided check: its topic, the answers so far, and the one awaited. Emptied when it ends.
CHECK_TOPIC = "check_topic"
CHECK_ANSWERS = "check_answers"
CHECK_ANSWER = "check_answer"

REPORT_FORM = "report_form"
ADDITION_FORM = "addition_form"
CHECK_FORM = "check_form"
#: Asks which of several places of one name is meant; belongs to the answer about the place.
PLACE_CHOICE = "place_choice"
REPORT_FIELDS = ("safe_now", "place", PLACE_CHOICE, "who", "what", "since", "contact")
#: In a report's slot: asked, and not to be asked again, though not told.
SKIPPED = "-"

#: Entities.
NUMBER = "ticket_number"
CODE = "ticket_code"
SCORE = "score"
PHONE = "phone"
AGE = "age"
#: Whom it is about, as seen from the speaker, and when it was, in the notation of ticketing.domain.moments.
RELATION = "relation"
TIME = "time"
ASKED_TOPIC = "asked_topic"
ASKED_ASPECT = "asked_aspect"

CHILD = "child"
AFFIRM = "affirm"
DENY = "deny"
SKIP = "skip"
STOP_FORM = "stop_form"
THANKS = "thanks"
GOODBYE = "goodbye"
GREET = "greet"
PROGRESS = "ticket_progress"
RATE = "ticket_rate"
WITHDRAW = "ticket_withdraw"
RETRACT = "retract"
UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Turn:
    """The resident's newest message and what was kept from before."""

    conversation_id: str
    text: str
    intent: str
    confidence: float
    aspect: str | None
    ranking: tuple[str, ...]
    questions: tuple[Question, ...]
    entities: Mapping[str, Any]
    slots: Mapping[str, Any]

    @property
    def by_gateway(self) -> bool:
        """The gateway speaks, not the resident: a report was already taken and answered with numbers."""
        return self.text.startswith("/")

    @property
    def reported(self) -> Category | None:
        """Category of the newest message, if it is a report."""
        return Category(self.intent) if self.intent in set(Category) else None

    @property
    def at_risk(self) -> bool:
        """Whether the report at hand is about somebody in danger."""
        return self.slots.get(CATEGORY) in AT_RISK_CATEGORIES

    @property
    def is_child(self) -> bool:
        """Whether a child is writing, as far as the words showed."""
        return CHILD in (self.entities.get(REGISTER), self.slots.get(REGISTER))

    def slot(self, name: str) -> str | None:
        """Text in a slot; None when empty."""
        value = self.slots.get(name)
        return None if value is None else str(value)

    def entity(self, name: str) -> str | None:
        """First entity of this name in the newest message."""
        value = self.entities.get(name)
        return None if value is None else str(value)


def turn_of(tracker: Tracker) -> Turn:
    """Read Rasa's tracker once, into types."""
    message: Mapping[str, Any] = tracker.latest_message
    intent = message.get("intent") or {}
    talk = PolicyTalk.of(message)
    return Turn(
        conversation_id=tracker.sender_id,
        text=message.get("text") or "",
        intent=talk.intent,
        confidence=float(intent.get("confidence") or 0.0),
        aspect=talk.aspect,
        ranking=tuple(guess["name"] for guess in message.get("intent_ranking") or ()),
        questions=talk.questions,
        entities=_first_values(message.get("entities") or ()),
        slots=dict(tracker.slots),
    )


def keep(**values: str | bool | None) -> list[EventType]:
    """Events that set slots."""
    return [SlotSet(name, value) for name, value in values.items()]


def understood() -> list[EventType]:
    """Events of every turn that was understood: nothing pending from before."""
    return [SlotSet(CLARIFIED, value=False), SlotSet(OFFER, None), SlotSet(OFFER_TEXT, None)]


def new_report(category: Category, number: str) -> list[EventType]:
    """Events that begin a report: its ticket, and no answer yet."""
    answers = [SlotSet(field, None) for field in REPORT_FIELDS]
    return [SlotSet(CATEGORY, category.value), SlotSet(TICKET, number), SlotSet(CLOSING, None), *answers]


def _first_values(entities: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for entity in entities:
        values.setdefault(entity["entity"], entity["value"])
    return values
