"""Taking a ticket and beginning to work on it."""

from ticketing.domain.errors import (
    AlreadyClaimed,
    NotPermitted,
    TicketingError,
    TicketNotFound,
    TransitionRefused,
)
from ticketing.domain.lifecycle import Move
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import DeskPart, Step
from ticketing.services.duties import pass_on_decision, set_duty
from ticketing.services.handovers import overtake
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work


class Claiming(DeskPart):
    """One of many takes a ticket; the others learn who."""

    def claim(self, actor: Actor, number: str) -> TicketView:
        """Take a waiting ticket; of many at once exactly one succeeds, the others get AlreadyClaimed."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            view = self._must_see(work, actor, number, Move.CLAIM.value)
            member = work.staff.get(actor.id, locked=True)
            if member is None or not member.active:
                raise NotPermitted(permission=Move.CLAIM)
            record = work.tickets.claim(number, actor.id)
            if record is None:
                raise self._lost(work, number)
            work.tickets.add_event(record.id, Event(Move.CLAIM, now, actor.id, data={"from": view.status}))
            set_duty(self._office, work, record, actor.id)
            pass_on_decision(work, record, actor.id)
            overtake(work, record, now)
            self._tell(work, record, "notice.claimed")
            return self._view(work, record)

    def _lost(self, work: Work, number: str) -> TicketingError:
        present = work.tickets.view(number, self._office.clock.now())
        if present is None:
            return TicketNotFound(number=number)
        if present.assignee_name is not None:
            return AlreadyClaimed(name=present.assignee_name)
        return TransitionRefused(status=present.status, move=Move.CLAIM)

    def start(self, actor: Actor, number: str, *, version: int | None = None) -> TicketView:
        """Begin to work on a claimed ticket."""
        return self._move(actor, number, Step(Move.START), version=version)
