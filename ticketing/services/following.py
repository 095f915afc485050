"""From a merged ticket to the one that is worked on for it, and locking several in one order."""

from collections.abc import Mapping
from dataclasses import replace

from ticketing.domain.errors import TicketNotFound
from ticketing.domain.ticket import TicketView
from ticketing.storage.tables import TicketRecord
from ticketing.storage.unit_of_work import Work


def lock_together(work: Work, *numbers: str) -> Mapping[str, TicketRecord]:
    """Several tickets, always locked in the order of their numbers, so that nobody waits in a circle."""
    found: dict[str, TicketRecord] = {}
    for number in sorted(set(numbers)):
        record = work.tickets.by_number(number, locked=True)
        if record is None:
            raise TicketNotFound(number=number)
        found[number] = record
    return found


def with_kept(work: Work, record: TicketRecord) -> tuple[TicketRecord, TicketRecord]:
    """The ticket and the one worked on for it, both locked; the same twice unless it was merged."""
    kept = work.repeats.kept_of(record)
    locked = lock_together(work, record.number, kept.number)
    return locked[record.number], locked[kept.number]


def as_worked_on(view: TicketView, kept: TicketView) -> TicketView:
    """A merged ticket as its own reporter sees it: his words, and how the ticket worked on for it stands."""
    if view.number == kept.number:
        return view
    return replace(
        view,
        status=kept.status,
        unit=kept.unit,
        unit_name=kept.unit_name,
        assignee_id=kept.assignee_id,
        assignee_name=kept.assignee_name,
        result=kept.result,
        level=kept.level,
        overdue=kept.overdue,
    )
