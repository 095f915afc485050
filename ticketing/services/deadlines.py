"""The look at the clocks: whatever nobody claimed in time goes one level up."""

from ticketing.domain.lifecycle import Move
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import SweepReport
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

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
                above = self._filing.unit_above(work, record)
                if above is None:
                    self._press(work, record)
                    continue
                record.level += 1
                due = record.escalate_at.isoformat() if record.escalate_at else ""
                self._filing.hand_to(work, record, above, Event(Move.ESCALATE, now, data={"due": due}))
                numbers.append(record.number)
        return numbers

    def _press(self, work: Work, record: TicketRecord) -> None:
        """At the top: the ticket stays where it can be taken, and the office above is told, once."""
        now = self._office.clock.now()
        above = self._office.care.timing.top_unit
        due = record.escalate_at.isoformat() if record.escalate_at else ""
        record.escalate_at = None
        if record.unit == above:
            return
        record.version += 1
        task = NewTask(
            kind=TaskKind.LADDER_TOP,
            unit=above,
            due_at=now,
            ticket_id=record.id,
            dedupe_key=f"top:{record.id}:{record.clocks_from_at.isoformat()}",
        )
        if work.tasks.add(task, now):
            event = Event("pressed", now, data={"due": due, "unit": above})
            work.tickets.add_event(record.id, event)
            self._filing.tell_unit(work, record, unit=above)
