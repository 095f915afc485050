"""Joining repeats of one matter."""

from ticketing.domain.errors import BadInput
from ticketing.domain.lifecycle import OPEN, Move, Status, target
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import VIEW, DeskPart, Step, required
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event


class Merging(DeskPart):
    """Two tickets become one."""

    def merge(
        self, actor: Actor, number: str, *, into: str, reason: str, version: int | None = None
    ) -> TicketView:
        """Join a repeat to another open ticket; both are locked in one order, so two merges cannot cross."""
        if number == into:
            raise BadInput(field="into")
        with self._office.transaction() as work:
            for one in sorted((number, into)):
                self._record(work, one)
            kept = self._record(work, into)
            self._allowed(work, actor, kept, VIEW)
            if Status(kept.status) not in OPEN:
                target(Status(kept.status), Move.MERGE)
            record = self._ready(work, actor, number, move=Move.MERGE, version=version)
            record.merged_into_id = kept.id
            step = Step(Move.MERGE, required(reason, "reason"), {"into": into})
            self._apply(work, actor, record, step)
            joined = Event("merged_in", self._office.clock.now(), actor.id, data={"number": number})
            work.tickets.add_event(kept.id, joined)
            self._keep_earliest(kept, record)
            return self._view(work, record)

    def _keep_earliest(self, kept: TicketRecord, merged: TicketRecord) -> None:
        if merged.resolve_by_at and kept.resolve_by_at:
            kept.resolve_by_at = min(kept.resolve_by_at, merged.resolve_by_at)
        kept.version += 1
