"""What the gateway needs of others, so that a test can give it something else."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.messages import BotAnswer
from ticketing.domain.arrival import Arrival
from ticketing.domain.ticket import (
    UNKNOWN_STANDING,
    BotStanding,
    Receipt,
    StoredReply,
    TicketGiven,
    TicketView,
)
from ticketing.domain.triage import Finding, Question


class Reader(Protocol):
    """The language server as far as reading goes."""

    async def parse(self, text: str) -> Mapping[str, object]:
        """What the model makes of a text; raises RasaUnavailable."""
        ...


class Language(Reader, Protocol):
    """The language server; every method raises RasaUnavailable."""

    async def say(self, conversation_id: str, text: str, *, topic: str | None) -> BotAnswer:
        """The bot's answer to a text; ``topic`` is what was talked about last, as far as is known here."""
        ...

    async def command(self, conversation_id: str, command: str, *, topic: str | None) -> BotAnswer:
        """The bot's answer to an intent of our own making."""
        ...

    async def forget(self, conversation_id: str) -> None:
        """Put the bot's side of a conversation back to its beginning."""
        ...

    async def aclose(self) -> None:
        """Give the connections back."""
        ...


class Ledger(Protocol):
    """The intake service; every method raises StorageUnavailable when the database is away."""

    def receive(self, arrival: Arrival) -> Receipt:
        """Keep a message, with a ticket if somebody is at risk."""
        ...

    def raise_risk(self, message_id: int, *, finding: Finding) -> TicketGiven | None:
        """Open or sharpen a ticket for a message already kept."""
        ...

    def record_replies(
        self,
        message_id: int,
        replies: Sequence[StoredReply],
        *,
        push: bool = False,
        standing: BotStanding = UNKNOWN_STANDING,
    ) -> bool:
        """Keep what is answered; False: a person of staff took over meanwhile, nothing is to be said."""
        ...

    def wait_for_person(self, message_id: int, *, reason: str) -> None:
        """Put the conversation on the operators' list."""
        ...


class Reports(Protocol):
    """What the gateway asks about tickets."""

    def current(self, conversation_id: str) -> TicketView | None:
        """Newest ticket of a conversation."""
        ...

    def puts_right(self, text: str) -> bool:
        """Whether a message says that something told before was wrong."""
        ...

    def tapped(self, conversation_id: str, text: str) -> StoredReply | None:
        """The answer to a tap below the result of a ticket; None for any other text."""
        ...


class Answers(Protocol):
    """Answers to policy questions, put together as the dialogue puts them."""

    def knows(self, topic: str) -> bool:
        """Whether there are policies on this topic."""
        ...

    def leads_on(self, text: str) -> bool:
        """Whether this is a button with which the dialogue begins to ask."""
        ...

    def to(self, questions: Sequence[Question], *, titled: bool) -> tuple[StoredReply, ...]:
        """One reply to each question; raises TicketingError where there is none to give."""
        ...
