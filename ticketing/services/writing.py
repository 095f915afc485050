"""What staff write into a ticket or to its reporter without moving it."""

from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.clockwork import answered
from ticketing.services.desk_part import DeskPart, check_version, required
from ticketing.storage.conversations import NewLine
from ticketing.storage.tickets import Event

NOTE = "note"
REPLY = "reply"


class Writing(DeskPart):
    """Words that are never lost to a change of owner meanwhile."""

    def note(self, actor: Actor, number: str, *, text: str, version: int | None = None) -> TicketView:
        """Keep a note for staff; never lost to a change of owner or status meanwhile."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._record(work, number)
            self._allowed(work, actor, record, NOTE)
            check_version(record, version)
            work.tickets.add_event(record.id, Event("note", now, actor.id, required(text, "text")))
            record.version += 1
            return self._view(work, record)

    def reply(self, actor: Actor, number: str, *, text: str, version: int | None = None) -> TicketView:
        """Write to the resident; it arrives in the chat the report came from."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._record(work, number)
            self._allowed(work, actor, record, REPLY)
            check_version(record, version)
            work.tickets.add_event(record.id, Event("reply", now, actor.id, required(text, "text")))
            record.version += 1
            answered(self._office, work, record)
            line = NewLine("staff", text, now, author_id=actor.id)
            self._filing.tell_resident(work, record, line)
            return self._view(work, record)
