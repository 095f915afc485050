"""Giving a ticket to another unit: dispatching, one level up."""

from ticketing.domain.errors import UnitNotFound
from ticketing.domain.lifecycle import Move
from ticketing.domain.objections import Coordination
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import DeskPart, required
from ticketing.services.handovers import overtake, refuse_pushed_down, refuse_uncoordinated, set_support
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

COORDINATE = "coordinate"


class Handing(DeskPart):
    """A ticket goes to another queue."""

    def dispatch(
        self,
        actor: Actor,
        number: str,
        *,
        unit: str,
        support: tuple[str, ...] = (),
        reason: str = "",
        version: int | None = None,
    ) -> TicketView:
        """Put a ticket into the queue of a unit that leads; supporting units see it and are told.

        PushedDown for a department's matter at a township; CoordinationNeeded while a supervisor decides.
        """
        for one in (unit, *support):
            self._known_unit(one)
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.DISPATCH, version=version)
            refuse_pushed_down(self._office, record, unit)
            self._settle_coordination(work, actor, record)
            set_support(record, support)
            event = Event(Move.DISPATCH, self._office.clock.now(), actor.id, reason)
            self._filing.hand_to(work, record, unit, event)
            self._filing.tell_support(work, record)
            return self._view(work, record)

    def _settle_coordination(self, work: Work, actor: Actor, record: TicketRecord) -> None:
        """A supervisor who was asked to coordinate and dispatches has said who does it."""
        may_coordinate = self._office.permissions.may(actor, COORDINATE, self._view(work, record))
        refuse_uncoordinated(work, record, may_coordinate=may_coordinate)
        if record.coordination == Coordination.ASKED:
            record.coordination, record.coordinator_id = Coordination.DECIDED, actor.id
            overtake(work, record, self._office.clock.now())

    def escalate(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Hand a ticket one level up."""
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.ESCALATE, version=version)
            above = self._filing.unit_above(work, record)
            if above is None:
                raise UnitNotFound(unit=record.unit)
            record.level += 1
            event = Event(Move.ESCALATE, self._office.clock.now(), actor.id, required(reason, "reason"))
            self._filing.hand_to(work, record, above, event)
            return self._view(work, record)
