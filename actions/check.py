"""The guided check: a few questions about one policy, and what the answers come to; nothing of it is kept."""

import json
from collections.abc import Mapping

from rasa_sdk.events import EventType

from actions.check_start import begun
from actions.choices import choices, form_plan
from actions.edge import HotlineAction
from actions.policy import answer_all, asked_in
from actions.reply import Reply
from actions.report import OpenReport, OtherDepartment
from actions.services import Services
from actions.slots import (
    AFFIRM,
    CHECK_ANSWER,
    CHECK_ANSWERS,
    CHECK_TOPIC,
    CLOSING,
    DENY,
    GOODBYE,
    PROGRESS,
    REQUESTED,
    RETRACT,
    SKIP,
    STOP_FORM,
    THANKS,
    TOPIC,
    WITHDRAW,
    Turn,
    keep,
    understood,
)
from actions.tickets import Retract, TicketProgress, TicketWithdraw
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category

#: How sure the model must be that words in the check are no answer to it.
_SURE = 0.6
#: How a check came to its end before its last answer.
_STOPPED, _LEFT = "check_stopped", "check_left"
_STOPS = frozenset({STOP_FORM, GOODBYE, THANKS})
_SHORT_ANSWERS = frozenset({AFFIRM, DENY})
#: What is done about words that belong elsewhere.
_ELSEWHERE: Mapping[str, type[HotlineAction]] = {
    PROGRESS: TicketProgress,
    WITHDRAW: TicketWithdraw,
    RETRACT: Retract,
    Category.OTHER_DEPARTMENT.value: OtherDepartment,
}


class ValidateCheckForm(HotlineAction):
    """Reads each message while a check is going on."""

    hears_corrections = False

    def name(self) -> str:
        """Name in the domain; Rasa calls it by the form's name."""
        return "validate_check_form"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Take the answer and say whether to ask on; at the start of the form only the latter."""
        if turn.slot(REQUESTED) is None:
            return keep(**{REQUESTED: CHECK_ANSWER})
        if _goes_elsewhere(turn):
            return _end(_LEFT)
        topic, answers = _state(turn)
        said = turn.intent if turn.intent in _SHORT_ANSWERS and _is_short(turn) else ""
        heard = served.checks.hear(topic, answers, turn.text, said=said)
        if heard is not None:
            return _go_on(topic, heard, served)
        if turn.intent == SKIP and _is_short(turn):
            return _go_on(topic, served.checks.skip(topic, answers), served)
        return self._no_answer(turn, reply, served)

    def _no_answer(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """What was said to none of the options: the end, another check, a question, or not understood."""
        if turn.intent in _STOPS and turn.confidence >= _SURE:
            return _end(_STOPPED)
        other = served.checks.started_by(turn.text)
        if other is not None:
            return [*begun(other), *_repeat()]
        questions = asked_in(turn)
        if questions and all(question.aspect is not None for question in questions):
            answer_all(questions, reply, served, titled=True)
        else:
            reply.text(served.checks.again(*_state(turn)))
        return _repeat()


class AskCheckQuestion(HotlineAction):
    """Asks the present question."""

    hears_corrections = False

    def name(self) -> str:
        """Name in the domain; Rasa calls it by form and slot."""
        return "action_ask_check_form_check_answer"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Say it with its buttons."""
        topic, answers = _state(turn)
        asked = served.checks.ask(topic, answers)
        if asked is not None:
            reply.text(asked.text, buttons=[*asked.buttons, choices().skip, choices().stop_check])
        return []


class CheckDone(HotlineAction):
    """Says what came out and drops the answers; or does what the resident wanted instead."""

    hears_corrections = False

    def name(self) -> str:
        """Name in the domain."""
        return "action_check_done"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """The verdict, unless the check was left."""
        closing = turn.slot(CLOSING)
        if closing == _LEFT:
            action = _ELSEWHERE.get(turn.intent, OpenReport)
            return [*_forgotten(), *action(self._source).act(turn, reply, served)]
        if closing == _STOPPED:
            reply.say("utter_check_stopped")
            return [*_forgotten(), *understood()]
        topic, answers = _state(turn)
        verdict = served.checks.verdict(topic, answers)
        reply.text(verdict.text, buttons=[*choices().buttons(verdict.instead), choices().person])
        return [*_forgotten(), *keep(**{TOPIC: topic}), *understood()]


def _forgotten() -> list[EventType]:
    """Events that leave no trace of the answers in the bot's memory."""
    return keep(**{CHECK_TOPIC: None, CHECK_ANSWERS: None, CHECK_ANSWER: None, CLOSING: None})


def _state(turn: Turn) -> tuple[str, dict[str, str]]:
    """Topic and the answers given so far."""
    return turn.slot(CHECK_TOPIC) or "", json.loads(turn.slot(CHECK_ANSWERS) or "{}")


def _go_on(topic: str, answers: Mapping[str, str], served: Services) -> list[EventType]:
    """Keep the answers for the next question; without one the check is done."""
    kept = keep(**{CHECK_ANSWERS: json.dumps(answers), CHECK_ANSWER: None})
    more = served.checks.ask(topic, answers) is not None
    return [*kept, *keep(**{REQUESTED: CHECK_ANSWER if more else None})]


def _repeat() -> list[EventType]:
    return keep(**{CHECK_ANSWER: None, REQUESTED: CHECK_ANSWER})


def _end(closing: str) -> list[EventType]:
    return keep(**{CHECK_ANSWER: None, CLOSING: closing, REQUESTED: None})


def _goes_elsewhere(turn: Turn) -> bool:
    """Whether the words are a report, or about a ticket; about somebody at risk a faint sign will do."""
    if turn.by_gateway or turn.reported in AT_RISK_CATEGORIES:
        return True
    return turn.confidence >= _SURE and (turn.reported is not None or turn.intent in _ELSEWHERE)


def _is_short(turn: Turn) -> bool:
    return len(turn.text.strip()) <= form_plan().skip_up_to_characters
