"""What an operator enters during a call."""

from ticketing.domain.errors import NotPermitted
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import Field, PhoneReport, TicketGiven
from ticketing.domain.vocabulary import Channel
from ticketing.services.desk_part import DeskPart, required
from ticketing.services.filing import NewTicket

FILE = "file_ticket"


class Calls(DeskPart):
    """Tickets that come in by telephone."""

    def file(self, actor: Actor, report: PhoneReport) -> TicketGiven:
        """Enter a call as a ticket."""
        if not self._office.permissions.may(actor, FILE, None):
            raise NotPermitted(permission=FILE)
        fields = {
            Field.PLACE.value: report.place,
            Field.CONTACT.value: report.contact,
            Field.WHO.value: report.who,
        }
        new = NewTicket(
            category=report.category,
            risk=report.risk,
            text=required(report.text, "text"),
            channel=Channel.PHONE,
            place_text=report.place,
            fields=fields,
            actor_id=actor.id,
            anonymous=report.anonymous or not report.contact,
        )
        with self._office.transaction() as work:
            return self._filing.given(self._filing.open(work, new), new=True)
