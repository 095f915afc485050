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
from ticketing.domain.talk_words import Aside, TalkWords
from ticketing.domain.ticket import Field
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category

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
    #: Something said before was wrong.
    CORRECTED = auto()
    #: A worry or wish beside the question.
    WORRIED = auto()
    #: A sound or a sign.
    NOISE = auto()
    #: A question that no policy answers.
    ASKED = auto()
    #: There is no telephone, though something else was asked.
    NO_CONTACT = auto()
    #: Not to be called or visited.
    QUIET = auto()
    THANKED = auto()
    #: No more questions, please.
    REFUSED = auto()
    RETRACTED = auto()
    #: A grade for a ticket that was finished while the form was open.
    RATED = auto()
    PERSON = auto()
    #: The gateway found another person at risk.
    NEW_REPORT = auto()


_ASIDE_KINDS = {
    Aside.STOP: Kind.REFUSED,
    Aside.SKIP: Kind.SKIPPED,
    Aside.THANKS: Kind.THANKED,
    Aside.NOISE: Kind.NOISE,
    Aside.NO_CONTACT: Kind.NO_CONTACT,
    Aside.QUIET: Kind.QUIET,
}
_SHORT_KINDS = {SKIP: Kind.SKIPPED, GREET: Kind.GREETING}
_ACT_KINDS = {
    STOP_FORM: Kind.STOPPED,
    THANKS: Kind.THANKED,
    GOODBYE: Kind.STOPPED,
    PROGRESS: Kind.PROGRESS,
    WITHDRAW: Kind.WITHDRAWN,
    RETRACT: Kind.RETRACTED,
    Category.HUMAN.value: Kind.PERSON,
}


def kind_of(turn: Turn, field: str, plan: FormPlan, words: TalkWords) -> Kind:
    """Kind of the newest message as an answer to ``field``; in doubt it is an answer.

    Plain words come first: what they mean needs no guess.
    """
    if turn.by_gateway:
        return Kind.NEW_REPORT
    if turn.entity(NUMBER) is not None:
        return _ACT_KINDS.get(turn.intent, Kind.PROGRESS)
    plain = None if _takes_back(turn) else _said_plainly(turn, field, words)
    if plain is not None:
        return plain
    return _said_surely(turn, field, plan, words) if turn.confidence >= _SURE else _answer(turn, plan, words)


def _said_plainly(turn: Turn, field: str, words: TalkWords) -> Kind | None:
    """What the words themselves tell; None: the model has to be asked."""
    if words.correction(turn.text) is not None:
        return Kind.CORRECTED
    if turn.entity(PHONE) is not None:
        return Kind.TOLD
    aside = words.aside(turn.text, Field(field) if field in set(Field) else None)
    return None if aside is None else _ASIDE_KINDS.get(aside, Kind.WORRIED)


def _answer(turn: Turn, plan: FormPlan, words: TalkWords) -> Kind:
    """An answer, unless it is short and ends as a question does."""
    is_question = words.asks(turn.text) and len(turn.text.strip()) <= plan.act_up_to_characters
    return Kind.ASKED if is_question and turn.reported not in AT_RISK_CATEGORIES else Kind.TOLD


def _takes_back(turn: Turn) -> bool:
    """Whether it is the whole report that is said to be wrong."""
    return turn.intent in {RETRACT, WITHDRAW} and turn.confidence >= _SURE


def _said_surely(turn: Turn, field: str, plan: FormPlan, words: TalkWords) -> Kind:
    length = len(turn.text.strip())
    if length <= plan.skip_up_to_characters and turn.intent == RATE and turn.entity(SCORE) is not None:
        return Kind.RATED
    if length <= plan.skip_up_to_characters and turn.intent in _SHORT_KINDS:
        return _SHORT_KINDS[turn.intent]
    if length <= plan.skip_up_to_characters and _is_yes_or_no(turn):
        return Kind.TOLD if field == Field.SAFE_NOW else Kind.SKIPPED
    if length <= plan.act_up_to_characters and turn.intent in _ACT_KINDS:
        return _ACT_KINDS[turn.intent]
    return Kind.QUESTION if _asks(turn, words) else _answer(turn, plan, words)


def phone_out_of_turn(turn: Turn, field: str) -> str | None:
    """Phone number told although something else was asked."""
    return turn.entity(PHONE) if field != Field.CONTACT else None


def is_little_more_than(turn: Turn, part: str, plan: FormPlan) -> bool:
    """Whether the message says nothing worth keeping besides ``part``."""
    return len(turn.text.strip()) - len(part) <= plan.skip_up_to_characters


def _is_yes_or_no(turn: Turn) -> bool:
    """A bare yes tells nothing about where or who, and a no declines."""
    return turn.intent in {AFFIRM, DENY}


def _asks(turn: Turn, words: TalkWords) -> bool:
    """Only a question of detail interrupts, or one that ends as a question does.

    The mere name of a subsidy may well be part of an answer.
    """
    questions = asked_in(turn)
    is_question = words.asks(turn.text) or all(question.aspect is not None for question in questions)
    return bool(questions) and is_question
