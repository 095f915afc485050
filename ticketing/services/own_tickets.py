"""Which ticket a resident means, and how it looks to the one who reported it."""

import hmac

from ticketing.domain.errors import TicketNotFound
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category
from ticketing.services.filing import Filing
from ticketing.services.following import as_worked_on
from ticketing.services.office import Office
from ticketing.storage.tables import TicketRecord
from ticketing.storage.unit_of_work import Work

#: Everything but a call for a person.
REPORTS = frozenset(Category) - {Category.HUMAN}


class OwnTickets:
    """Shared steps of what residents do; always inside the caller's transaction."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def _own(self, work: Work, conversation_id: str, number: str | None, code: str | None) -> TicketRecord:
        if number is None:
            record = self._newest(work, conversation_id)
        else:
            record = work.tickets.by_number(number.upper())
        if record is None or not self._may_follow(record, conversation_id, code):
            raise TicketNotFound(number=number or "")
        return record

    def _may_follow(self, record: TicketRecord, conversation_id: str, code: str | None) -> bool:
        if conversation_id and record.conversation_id == conversation_id:
            return True
        given = (code or "").strip().upper()
        return hmac.compare_digest(given.encode(), self._filing.code_of(record.number).encode())

    def _newest(self, work: Work, conversation_id: str) -> TicketRecord | None:
        """The report the resident most likely means: an open one before a call for a person."""
        find = work.tickets.of_conversation
        return (
            find(conversation_id, categories=REPORTS, statuses=OPEN, locked=False)
            or find(conversation_id, statuses=OPEN, locked=False)
            or find(conversation_id, locked=False)
        )

    def _seen(self, work: Work, record: TicketRecord) -> TicketView:
        """The ticket as its own reporter sees it, also when it is worked on under another number."""
        return as_worked_on(self._view(work, record), self._view(work, work.repeats.kept_of(record)))

    def _view(self, work: Work, record: TicketRecord) -> TicketView:
        return self._office.named(work.tickets.view_record(record, self._office.clock.now()))
