"""One message while it is being answered, and what may be read of it."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace

from bot.messages import InboundMessage
from bot.rasa_client import RasaFault, plain
from ticketing.domain.policy_talk import PolicyTalk
from ticketing.domain.ticket import Receipt
from ticketing.domain.triage import Finding, Understanding

#: The bot reads no more of one message; the ledger and the safety net have all of it.
UNDERSTOOD_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Read:
    """What the model takes a message for, or how it failed to."""

    understanding: Understanding
    talk: PolicyTalk
    fault: RasaFault | None = None
    #: Whom it is about, when it was, who writes: entities by name.
    told: Mapping[str, str] = field(default_factory=dict)
    #: What was read, where the rest is no words; None: all of it.
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message that is being answered."""

    message: InboundMessage
    finding: Finding
    receipt: Receipt
    reading: Awaitable[Read]
    #: It waited in the spool; its answer is pushed to channels that do not read the ledger.
    is_late: bool = False

    @property
    def text(self) -> str:
        """What the bot gets to read."""
        return readable(self.message)


def readable(message: InboundMessage) -> str:
    """What the bot gets to read of a message."""
    return plain(message.text)[:UNDERSTOOD_CHARACTERS]


def cleaned(message: InboundMessage) -> InboundMessage:
    """The message without what no database takes: NUL, and halves of characters."""
    return replace(message, text=whole_characters(message.text))


def whole_characters(text: str) -> str:
    """``text`` without NUL and with lone surrogates replaced."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
