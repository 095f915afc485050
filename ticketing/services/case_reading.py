"""Who reads how much of a child's case file; inside the transaction of the page that shows it."""

from ticketing.domain.case_parts import Parts, shown_to
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.office import Office
from ticketing.storage.tables import TicketRecord
from ticketing.storage.unit_of_work import Work

READ, READ_SHOWN = "read_case", "read_shown_case"


def readable(office: Office, work: Work, actor: Actor, pair: tuple[TicketRecord, TicketView]) -> Parts:
    """What this person may read of the file: all, the parts shown to the unit, or nothing (an empty set)."""
    record, view = pair
    may = office.permissions.may
    if may(actor, READ, view):
        return None
    if not may(actor, READ_SHOWN, view):
        return frozenset()
    if actor.unit in record.supporting:  # works on the case itself, as the one who dispatched it said
        return None
    return shown_to(actor.unit, work.referrals.of_ticket(record.id, office.clock.now()))
