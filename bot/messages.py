"""What passes between a channel and the gateway, the same for every channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ticketing.domain.answer_marks import AnswerMark
from ticketing.domain.arrival import Kind
from ticketing.domain.attachments import Attached
from ticketing.domain.ticket import UNKNOWN_STANDING, BotStanding
from ticketing.domain.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One thing a resident sent, as the channel saw it."""

    channel: Channel
    #: The channel's own, stable name of the person.
    peer: str
    #: The channel's id of this message; a second one with the same id is a redelivery.
    external_id: str
    kind: Kind = Kind.TEXT
    #: What was typed, or the caption of a picture; may be empty.
    text: str = ""
    #: What else the channel told (file ids, coordinates); JSON values only.
    payload: Mapping[str, str | int | float] = field(default_factory=dict)
    #: The file that came with it.
    attached: Attached | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap instead of typing; a tap sends exactly ``text`` as an ordinary message."""

    text: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One thing to say to the resident."""

    text: str
    buttons: tuple[Button, ...] = ()
    #: What an answer about policies rests on.
    mark: AnswerMark | None = None


@dataclass(frozen=True, slots=True)
class BotAnswer:
    """What the dialogue says to one message."""

    replies: tuple[OutboundMessage, ...]
    #: How it stands now.
    standing: BotStanding = UNKNOWN_STANDING


def told(payload: Mapping[str, str | int | float]) -> str:
    """What a message without words told, for the people who read the ledger."""
    shown = ("title", "address", "name", "phone", "emoji", "latitude", "longitude")
    return " ".join(str(payload[key]) for key in shown if payload.get(key))
