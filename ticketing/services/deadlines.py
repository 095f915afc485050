"""The look at the clocks: whatever nobody claimed in time goes one level up."""

from ticketing.domain.lifecycle import Move
from ticketing.domain.ticket import SweepReport
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.tickets import Event

#: Tickets handled in one transaction, so that a long backlog does not hold locks.
BATCH = 50


class Deadlines:
    """Use case of the scheduler; safe to run twice at once and after any pause."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def sweep(self) -> SweepReport:
        """Escalate every unclaimed ticket whose time is up, each one level, and count what is overdue."""
        escalated: list[str] = []
        while (batch := self._escalate_batch()) is not None:
            escalated.extend(batch)
        with self._office.transaction() as work:
            late = work.tickets.count_overdue(self._office.clock.now())
        return SweepReport(escalated=tuple(escalated), overdue=late)

    def _escalate_batch(self) -> list[str] | None:
        now = self._office.clock.now()
        numbers = []
        with self._office.transaction() as work:
            late = work.tickets.to_escalate(now, BATCH)
            if not late:
                return None
            for record in late:
                above = self._filing.unit_above(record)
                if above is None:
                    record.escalate_at = None
                    continue
                record.level += 1
                due = record.escalate_at.isoformat() if record.escalate_at else ""
                self._filing.hand_to(work, record, above, Event(Move.ESCALATE, now, data={"due": due}))
                numbers.append(record.number)
        return numbers
