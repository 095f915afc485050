"""The beginning of a guided check: the button under an answer, tapped or typed."""

from rasa_sdk.events import EventType, FollowupAction

from actions.reply import Reply
from actions.services import Services
from actions.slots import (
    CHECK_ANSWER,
    CHECK_ANSWERS,
    CHECK_FORM,
    CHECK_TOPIC,
    CLOSING,
    TOPIC,
    Turn,
    keep,
    understood,
)


def begin_check(turn: Turn, reply: Reply, served: Services) -> list[EventType]:
    """Events that start the check whose button this is; none if it is no such button."""
    topic = served.checks.started_by(turn.text)
    if topic is None:
        return []
    reply.text(served.checks.opening())
    return [*understood(), *begun(topic), FollowupAction(CHECK_FORM)]


def begun(topic: str) -> list[EventType]:
    """Events of a check without any answer yet."""
    return keep(**{TOPIC: topic, CHECK_TOPIC: topic, CHECK_ANSWERS: "{}", CHECK_ANSWER: None, CLOSING: None})
