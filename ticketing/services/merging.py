"""Joining repeats of one matter, and taking that back."""

from datetime import datetime

from ticketing.domain.errors import BadInput, MergeRefused
from ticketing.domain.lifecycle import OPEN, WAITING, Move, Status, target
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Risk
from ticketing.services.clockwork import end_pause, reckon_again
from ticketing.services.desk_part import VIEW, DeskPart, Step, check_version, required
from ticketing.services.duties import is_childs
from ticketing.services.following import lock_together
from ticketing.storage.repeat_tables import MergeRecord
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

UNMERGE = "unmerge"
#: What staff wrote on the ticket that was worked on is given to the other one when they part.
SHARED = frozenset({"note", "reply"})

#: The merged ticket and the one it became part of.
type Pair = tuple[TicketRecord, TicketRecord]


class Merging(DeskPart):
    """Two tickets become one, and may become two again."""

    def merge(
        self, actor: Actor, number: str, *, into: str, reason: str, version: int | None = None
    ) -> TicketView:
        """Join a repeat to another open ticket; the earliest deadline of both holds, both histories stay.

        Both are locked in one order, so two merges cannot cross. MergeRefused would hide a child's case in
        one that is none.
        """
        if number == into:
            raise BadInput(field="into")
        with self._office.transaction() as work:
            kept = lock_together(work, number, into)[into]
            self._allowed(work, actor, kept, VIEW)
            if Status(kept.status) not in OPEN:
                target(Status(kept.status), Move.MERGE)
            record = self._ready(work, actor, number, move=Move.MERGE, version=version)
            if is_childs(self._office, record) and not is_childs(self._office, kept):
                raise MergeRefused(number=into)
            self._join(work, actor, (record, kept), reason=required(reason, "reason"))
            return self._view(work, record)

    def _join(self, work: Work, actor: Actor, pair: Pair, *, reason: str) -> None:
        record, kept = pair
        now = self._office.clock.now()
        merge = MergeRecord(
            ticket_id=record.id,
            kept_id=kept.id,
            reason=reason,
            before=standing_of(record),
            merged_by=actor.id,
            merged_at=now,
        )
        work.repeats.add_merge(merge)
        end_pause(self._office, work, record, by=actor.id)
        record.merged_into_id = kept.id
        self._apply(work, actor, record, Step(Move.MERGE, reason, {"into": kept.number}))
        work.tickets.add_event(
            kept.id, Event("merged_in", now, actor.id, reason, data={"number": record.number})
        )
        kept.version += 1
        self._filing.raise_risk(work, kept, Risk(record.risk))
        reckon_again(self._office, work, kept)
        self._tell(work, record, "repeats.told_merged")

    def unmerge(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Part a merged ticket again: status, owner and deadlines are as they were, and nothing is lost.

        Whoever had it and is no longer there leaves it to the queue of its unit. What staff wrote meanwhile
        on the other ticket is in the history of both. MergeRefused when it is not merged.
        """
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            kept = None if record.merged_into_id is None else work.tickets.by_id(record.merged_into_id)
            if kept is None:
                raise MergeRefused(number=number)
            lock_together(work, number, kept.number)
            self._allowed(work, actor, record, UNMERGE)
            check_version(record, version)
            merge = work.repeats.standing_merge(record.id)
            if merge is None or merge.kept_id != kept.id:
                raise MergeRefused(number=number)
            self._part(work, merge, (record, kept), by=actor.id, reason=required(reason, "reason"))
            return self._view(work, record)

    def _part(self, work: Work, merge: MergeRecord, pair: Pair, *, by: int, reason: str) -> None:
        record, kept = pair
        now = self._office.clock.now()
        merge.undone_at, merge.undone_by = now, by
        self._restore(work, record, merge)
        record.version += 1
        kept.version += 1
        for event in work.tickets.events_since(kept.id, merge.merged_at, kinds=SHARED):
            work.tickets.add_event(record.id, event)
        for one, other in ((record, kept), (kept, record)):
            work.tickets.add_event(one.id, Event("unmerged", now, by, reason, {"number": other.number}))
        work.repeats.say_two(record.id, kept.id, by=by, at=now)
        root = work.repeats.kept_of(kept)
        for one in (record, root):
            reckon_again(self._office, work, one)
        self._filing.tell_unit(work, record)

    def _restore(self, work: Work, record: TicketRecord, merge: MergeRecord) -> None:
        """As it stood before; an owner who has left gives it back to the queue."""
        before = merge.before
        owner = work.staff.get(before["assignee_id"]) if before["assignee_id"] else None
        has_owner = owner is not None and owner.active
        is_waiting = Status(before["status"]) in WAITING
        record.merged_into_id = None
        record.status = before["status"] if has_owner or is_waiting else Status.DISPATCHED.value
        record.assignee_id = before["assignee_id"] if has_owner else None
        record.unit, record.level = before["unit"], before["level"]
        if Status(record.status) in WAITING:
            at = before["escalate_at"]
            now = self._office.clock.now()
            record.escalate_at = (
                datetime.fromisoformat(at) if at else self._filing.next_escalation(record, now)
            )


def standing_of(record: TicketRecord) -> dict[str, str | int | None]:
    """What has to come back when the merge is undone; deadlines are reckoned again from their clocks."""
    return {
        "status": record.status,
        "unit": record.unit,
        "assignee_id": record.assignee_id,
        "level": record.level,
        "escalate_at": record.escalate_at.isoformat() if record.escalate_at else None,
    }
