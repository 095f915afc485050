"""Giving a ticket to another unit: dispatching, returning, one level up."""

from ticketing.domain.errors import UnitNotFound
from ticketing.domain.lifecycle import Move
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import DeskPart, Step, required
from ticketing.storage.tickets import Event


class Handing(DeskPart):
    """A ticket goes to another queue."""

    def return_(
        self, actor: Actor, number: str, *, reason: str, next_unit: str, version: int | None = None
    ) -> TicketView:
        """Give a wrongly dispatched ticket on: a reason and a named next unit are both required."""
        self._known_unit(next_unit)
        step = Step(Move.RETURN, required(reason, "reason"))
        return self._move(
            actor,
            number,
            step,
            version=version,
            then=lambda work, record: self._filing.hand_to(
                work, record, next_unit, Event(Move.DISPATCH, self._office.clock.now(), actor.id)
            ),
        )

    def dispatch(
        self, actor: Actor, number: str, *, unit: str, reason: str = "", version: int | None = None
    ) -> TicketView:
        """Put a ticket into the queue of a unit."""
        self._known_unit(unit)
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.DISPATCH, version=version)
            event = Event(Move.DISPATCH, self._office.clock.now(), actor.id, reason)
            self._filing.hand_to(work, record, unit, event)
            return self._view(work, record)

    def escalate(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Hand a ticket one level up."""
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.ESCALATE, version=version)
            above = self._filing.unit_above(record)
            if above is None:
                raise UnitNotFound(unit=record.unit)
            record.level += 1
            event = Event(Move.ESCALATE, self._office.clock.now(), actor.id, required(reason, "reason"))
            self._filing.hand_to(work, record, above, event)
            return self._view(work, record)
