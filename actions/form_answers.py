"""What a message inside the report form is: an answer, a refusal, or something else said in between; pure."""

from enum import Enum, auto

from actions.choices import FormPlan
from actions.policy import asked_in
from actions.slots import (
    AFFIRM,
    DENY,
    GOODBYE,
    GREET,
    NUMBER,
    PHONE,
    PROGRESS,
    RATE,
    RETRACT,
    SCORE,
    SKIP,
    STOP_FORM,
    THANKS,
    WITHDRAW,
    Turn,
)
from ticketing.domain.ticket import Field
from ticketing.domain.vocabulary import Category

#: How sure the model must be before words inside the form are taken for anything but an answer.
_SURE = 0.6


class Kind(Enum):
    """What was said."""

    TOLD = auto()
    SKIPPED = auto()
    STOPPED = auto()
    #: A policy question in between.
    QUESTION = auto()
    GREETING = auto()
    PROGRESS = auto()
    WITHDRAWN = auto()
    RETRACTED = auto()
    #: A grade for a ticket that was finished while the form was open.
    RATED = auto()
    PERSON = auto()
    #: The gateway found another person at risk.
    NEW_REPORT = auto()


_SHORT_KINDS = {SKIP: Kind.SKIPPED, GREET: Kind.GREETING}
_ACT_KINDS = {
    STOP_FORM: Kind.STOPPED,
    THANKS: Kind.STOPPED,
    GOODBYE: Kind.STOPPED,
    PROGRESS: Kind.PROGRESS,
    WITHDRAW: Kind.WITHDRAWN,
    RETRACT: Kind.RETRACTED,
    Category.HUMAN.value: Kind.PERSON,
}


def kind_of(turn: Turn, field: str, plan: FormPlan) -> Kind:
    """Kind of the newest message as an answer to ``field``; in doubt it is an answer."""
    if turn.by_gateway:
        return Kind.NEW_REPORT
    if turn.entity(NUMBER) is not None:
        return _ACT_KINDS.get(turn.intent, Kind.PROGRESS)
    if turn.confidence < _SURE or turn.entity(PHONE) is not None:
        return Kind.TOLD
    return _said_surely(turn, field, plan)


def _said_surely(turn: Turn, field: str, plan: FormPlan) -> Kind:
    length = len(turn.text.strip())
    if length <= plan.skip_up_to_characters and turn.intent == RATE and turn.entity(SCORE) is not None:
        return Kind.RATED
    if length <= plan.skip_up_to_characters and turn.intent in _SHORT_KINDS:
        return _SHORT_KINDS[turn.intent]
    if length <= plan.skip_up_to_characters and _is_yes_or_no(turn):
        return Kind.TOLD if field == Field.SAFE_NOW else Kind.SKIPPED
    if length <= plan.act_up_to_characters and turn.intent in _ACT_KINDS:
        return _ACT_KINDS[turn.intent]
    return Kind.QUESTION if _asks(turn) else Kind.TOLD


def phone_out_of_turn(turn: Turn, field: str) -> str | None:
    """Phone number told although something else was asked."""
    return turn.entity(PHONE) if field != Field.CONTACT else None


def is_little_more_than(turn: Turn, part: str, plan: FormPlan) -> bool:
    """Whether the message says nothing worth keeping besides ``part``."""
    return len(turn.text.strip()) - len(part) <= plan.skip_up_to_characters


def _is_yes_or_no(turn: Turn) -> bool:
    """A bare yes tells nothing about where or who, and a no declines."""
    return turn.intent in {AFFIRM, DENY}


def _asks(turn: Turn) -> bool:
    """Only a question of detail interrupts: the mere name of a subsidy may well be part of an answer."""
    questions = asked_in(turn)
    return bool(questions) and all(question.aspect is not None for question in questions)
