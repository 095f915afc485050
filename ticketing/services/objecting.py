"""Sending a ticket back, and who decides about it: the hotline, and a supervisor when it bounces.

The ticket waits with the unit that sent it back; that unit stays responsible until another one takes it, and
neither the resident's clock nor the way up stops meanwhile.
"""

from datetime import datetime

from ticketing.domain.dispatch_errors import ObjectionNotFound
from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded
from ticketing.domain.lifecycle import Move
from ticketing.domain.objections import Coordination, ObjectionState, ObjectionView, must_coordinate
from ticketing.domain.spans import Span, reckon_surely
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Risk
from ticketing.services.desk_part import VIEW, DeskPart, Step, required
from ticketing.services.handovers import refuse_pushed_down, refuse_uncoordinated, set_support, units_named
from ticketing.storage.dispatch_tables import ObjectionRecord
from ticketing.storage.tables import StaffRecord, TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

REVIEW, COORDINATE = "review_objection", "coordinate"


class Objecting(DeskPart):
    """Objection, review, coordination."""

    def return_(
        self, actor: Actor, number: str, *, reason: str, next_unit: str, version: int | None = None
    ) -> TicketView:
        """Send a wrongly dispatched ticket back: a reason and a named next unit are both required.

        It stays with the unit until the hotline has decided. CoordinationNeeded once a supervisor was asked.
        """
        self._known_unit(next_unit)
        required(reason, "reason")
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.RETURN, version=version)
            if next_unit == record.unit:
                raise BadInput(field="next_unit")
            refuse_pushed_down(self._office, record, next_unit)
            if (
                record.coordination == Coordination.ASKED
            ):  # went up meanwhile: what was asked is still to be said
                refuse_uncoordinated(work, record, may_coordinate=False)
            self._refuse_bouncing(work, actor, record)
            self._apply(work, actor, record, Step(Move.RETURN, reason, {"next": next_unit}))
            record.assignee_id = None
            now = self._office.clock.now()
            record.escalate_at = self._filing.next_escalation(record, now)
            objection = work.objections.add(
                self._objection(record, actor, reason=reason, next_unit=next_unit)
            )
            self._ask(work, record, objection, to=next_unit)
            return self._view(work, record)

    def uphold(self, actor: Actor, number: str, *, unit: str, reason: str) -> TicketView:
        """The hotline agrees: the ticket goes to the named or another unit.

        Where it would bounce it does not go: a supervisor is asked instead.
        """
        self._known_unit(unit)
        required(reason, "reason")
        with self._office.transaction() as work:
            record, objection = self._decidable(work, actor, number, REVIEW)
            if unit == objection.unit:
                raise BadInput(field="unit")
            refuse_pushed_down(self._office, record, unit)
            if self._bounces(work, record, unit):
                self._ask(work, record, objection, to=unit)
                return self._view(work, record)
            self._decide(work, actor, (record, objection), to=unit, reason=reason)
            return self._view(work, record)

    def dismiss(self, actor: Actor, number: str, *, reason: str) -> TicketView:
        """The hotline does not agree: the ticket goes back to the same unit with the reason."""
        required(reason, "reason")
        with self._office.transaction() as work:
            record, objection = self._decidable(work, actor, number, REVIEW)
            self._decide(work, actor, (record, objection), to=objection.unit, reason=reason)
            return self._view(work, record)

    def coordinate(
        self, actor: Actor, number: str, *, unit: str, reason: str, support: tuple[str, ...] = ()
    ) -> TicketView:
        """A supervisor says who leads and who supports; from then on only a supervisor sends it away."""
        for one in (unit, *support):
            self._known_unit(one)
        required(reason, "reason")
        with self._office.transaction() as work:
            record, objection = self._decidable(work, actor, number, COORDINATE)
            refuse_pushed_down(self._office, record, unit)
            self._say_who(work, actor, record, reason)
            set_support(record, support)
            self._decide(work, actor, (record, objection), to=unit, reason=reason)
            return self._view(work, record)

    def objections(self, actor: Actor, number: str) -> tuple[ObjectionView, ...]:
        """All objections to one ticket, newest first."""
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            self._allowed(work, actor, record, VIEW)
            return work.objections.of_ticket(record.id, self._now())

    def objection_list(self, actor: Actor) -> tuple[ObjectionView, ...]:
        """All objections that wait for a decision, the longest due first."""
        if not self._office.permissions.may(actor, REVIEW, None):
            raise NotPermitted(permission=REVIEW)
        with self._office.transaction() as work:
            return work.objections.open_ones(self._now())

    def _decidable(
        self, work: Work, actor: Actor, number: str, permission: str
    ) -> tuple[TicketRecord, ObjectionRecord]:
        """The ticket, locked, and its open objection; nobody decides his own."""
        record = self._record(work, number)
        self._allowed(work, actor, record, permission)
        objection = work.objections.open_of(record.id)
        if objection is None:
            raise ObjectionNotFound
        if objection.raised_by == actor.id:
            raise SecondPersonNeeded
        if record.coordination == Coordination.ASKED:
            self._refuse_bouncing(work, actor, record)
        return record, objection

    def _decide(
        self, work: Work, actor: Actor, pair: tuple[TicketRecord, ObjectionRecord], *, to: str, reason: str
    ) -> None:
        record, objection = pair
        is_dismissed = to == objection.unit
        state = ObjectionState.DISMISSED if is_dismissed else ObjectionState.UPHELD
        values = {"decided_by": actor.id, "decided_at": self._now(), "decision": reason, "to_unit": to}
        if not work.objections.settle(objection.id, state, values):
            raise ObjectionNotFound
        if record.coordination == Coordination.ASKED:  # only a supervisor gets here
            self._say_who(work, actor, record, reason)
        work.tasks.finish(record.id, TaskKind.OBJECTION, by=actor.id, outcome=reason, now=self._now())
        event = Event(f"objection_{state}", self._now(), actor.id, reason)
        self._filing.hand_to(work, record, to, event)

    def _say_who(self, work: Work, actor: Actor, record: TicketRecord, reason: str) -> None:
        """A supervisor has said who does it; nothing waits for that any more."""
        record.coordination, record.coordinator_id = Coordination.DECIDED, actor.id
        work.tasks.finish(record.id, TaskKind.COORDINATE, by=actor.id, outcome=reason, now=self._now())

    def _ask(self, work: Work, record: TicketRecord, objection: ObjectionRecord, *, to: str) -> None:
        """Put the decision before the hotline, or before a supervisor when the ticket bounces."""
        bounces = self._bounces(work, record, to)
        kind = TaskKind.COORDINATE if bounces else TaskKind.OBJECTION
        coordinator = self._coordinator(work, objection) if bounces else None
        rules = self._office.objections
        within = rules.coordinate_within if bounces and record.risk_rank == 0 else self._review_within(record)
        now = self._now()
        if bounces:
            work.tasks.cancel(record.id, frozenset({TaskKind.OBJECTION}), now)
            record.coordination = Coordination.ASKED
            record.coordinator_id = None if coordinator is None else coordinator.id
            record.version += 1
            name = "" if coordinator is None else coordinator.name
            work.tickets.add_event(record.id, Event("coordination_asked", now, data={"name": name}))
        texts = self._office.texts
        task = NewTask(
            kind=kind,
            unit=self._hotline,
            due_at=self._end_of(within),
            ticket_id=record.id,
            assignee_id=None if coordinator is None else coordinator.id,
            barred_id=objection.raised_by,
            text=texts.get("objection.task", units=units_named(self._office, (record.unit, to))),
            dedupe_key=f"{kind}:{objection.id}",
        )
        work.tasks.add(task, now)

    def _coordinator(self, work: Work, objection: ObjectionRecord) -> StaffRecord | None:
        """A named supervisor, of the hotline if there is one, and never the one who sent it back."""
        return work.staff.first_active(Role.SUPERVISOR, unit=self._hotline, but=objection.raised_by)

    def _objection(
        self, record: TicketRecord, actor: Actor, *, reason: str, next_unit: str
    ) -> ObjectionRecord:
        return ObjectionRecord(
            ticket_id=record.id,
            unit=record.unit,
            next_unit=next_unit,
            reason=reason,
            raised_by=actor.id,
            raised_at=self._now(),
            due_at=self._end_of(self._review_within(record)),
            state=ObjectionState.OPEN,
        )

    def _bounces(self, work: Work, record: TicketRecord, to: str) -> bool:
        returned_by = work.objections.returned_by(record.id)
        return must_coordinate(returned_by, to, objections_max=self._office.objections.objections_max)

    def _refuse_bouncing(self, work: Work, actor: Actor, record: TicketRecord) -> None:
        may_coordinate = self._office.permissions.may(actor, COORDINATE, self._view(work, record))
        refuse_uncoordinated(work, record, may_coordinate=may_coordinate)

    def _review_within(self, record: TicketRecord) -> Span:
        rules = self._office.objections
        return rules.review_at_risk_within if record.risk_rank > Risk.NONE.rank else rules.review_within

    def _end_of(self, within: Span) -> datetime:
        now = self._now()
        return reckon_surely(within, now, self._office.worktime)[0].due_at or now

    def _now(self) -> datetime:
        return self._office.clock.now()

    @property
    def _hotline(self) -> str:
        return self._office.catalogue.directory.hotline
