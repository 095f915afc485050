"""Asking an outside body while the ticket stays with its owner."""

from ticketing.domain.errors import UnitNotFound
from ticketing.domain.lifecycle import Move
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import DeskPart, Step, required


class Referring(DeskPart):
    """Referral and the way back."""

    def refer(
        self, actor: Actor, number: str, *, target: str, reason: str, version: int | None = None
    ) -> TicketView:
        """Ask an outside body; the ticket stays with its owner until the body answers."""
        if target not in self._office.referral_targets:
            raise UnitNotFound(unit=target)
        step = Step(Move.REFER, required(reason, "reason"), {"target": target})
        return self._move(actor, number, step, version=version)

    def resume(
        self, actor: Actor, number: str, *, reason: str = "", version: int | None = None
    ) -> TicketView:
        """Go on after a referral was answered."""
        return self._move(actor, number, Step(Move.RESUME, reason), version=version)
