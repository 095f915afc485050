"""What workers read in Telegram, written down before it is said."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ticketing.bootstrap import Runtime
from ticketing.domain.errors import NotPermitted, TicketNotFound
from ticketing.domain.reads import About, Outcome, Reading, Subject, Way, reading_of
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView


class ChatReads:
    """Keeps what the chat of a worker showed, or refused to show."""

    def __init__(self, runtime: Runtime) -> None:
        """Keep it where the services of ``runtime`` keep it."""
        self._runtime = runtime

    def shown(self, actor: Actor, command: str, tickets: Iterable[TicketView]) -> None:
        """Keep what is about to be said; StorageUnavailable, and then it must not be said."""
        subjects = (Subject(About.TICKET, ticket.number) for ticket in tickets)
        self._runtime.reads.note(actor, reading_of(Way.TELEGRAM, command, subjects))

    @contextmanager
    def watching(self, actor: Actor, command: str, number: str) -> Iterator[None]:
        """Keep that a command was refused, or named a ticket that is not there; the fault goes on."""
        try:
            yield
        except (NotPermitted, TicketNotFound) as fault:
            outcome = Outcome.REFUSED if isinstance(fault, NotPermitted) else Outcome.NOT_FOUND
            subject = Subject(About.TICKET, number)
            named = (subject,) if subject.is_sound else ()
            self._runtime.reads.note(actor, Reading(Way.TELEGRAM, command, outcome, named))
            raise
