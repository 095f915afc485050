"""The bureau's side of ordered services: offer a ticket to the pool, see what becomes of it, call it off."""

from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded, TransitionRefused
from ticketing.domain.lifecycle import WORKING, Status
from ticketing.domain.order_errors import OrderNotFound, OrderOpen
from ticketing.domain.orders import ACTIVE, HELPERS_MAX, NewOrder, OrderRules, OrderState, OrderView
from ticketing.domain.staff import Actor
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category, Risk
from ticketing.services.desk_part import VIEW, DeskPart, check_version, required
from ticketing.services.filing import is_minors
from ticketing.services.order_steps import end_order, give_back
from ticketing.services.order_views import (
    end_approval,
    order_view,
    tell_organisations,
    tell_resident,
    tell_taker,
)
from ticketing.storage.order_tables import OrderRecord, TakingRecord
from ticketing.storage.orders import Placed
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

OFFER = "offer_order"
APPROVE = "approve_taking"
VIEW_ALL = "view_all"


class Ordering(DeskPart):
    """Use cases of those who have the ticket."""

    @property
    def rules(self) -> OrderRules:
        """Kinds, groups and notes, as the data file has them."""
        return self._office.care.orders

    def offer(self, actor: Actor, number: str, new: NewOrder, *, version: int | None = None) -> TicketView:
        """Put a ticket's need into the pool; whoever could serve it is told kind and area.

        The ticket stays with its owner. Raises OrderOpen while another order of it has not ended, BadInput
        for a category or a danger that no pool may serve and for a child's ticket offered as another's.
        """
        self._check(new)
        now = self._office.clock.now()
        kind = self.rules.kinds[new.kind]
        with self._office.transaction() as work:
            record = self._record(work, number)
            self._allowed(work, actor, record, OFFER)
            check_version(record, version)
            self._refuse_unfit(work, record, new)
            order = OrderRecord(
                ticket_id=record.id,
                kind=new.kind,
                group=new.group,
                notes=list(new.notes),
                helpers=new.helpers,
                taken=0,
                by_at=new.by_at,
                every_days=new.every_days,
                consent=new.consent,
                state=OrderState.POOL.value,
                offered_by=actor.id,
                offered_at=now,
                raise_at=min(now + kind.take_within, new.by_at),
            )
            work.orders.add(order)
            record.version += 1
            data = {"kind": kind.name, "helpers": str(new.helpers)}
            work.tickets.add_event(record.id, Event("order_offered", now, actor.id, new.consent, data))
            tell_organisations(self._office, work, Placed(order, record))
            return self._view(work, record)

    def _check(self, new: NewOrder) -> None:
        """BadInput names the first thing that is wrong."""
        required(new.consent, "consent")
        kind = self.rules.kinds.get(new.kind)
        wrong = {
            "kind": kind is None,
            "group": new.group not in self.rules.groups,
            "notes": not set(new.notes) <= set(self.rules.notes),
            "helpers": not 1 <= new.helpers <= (1 if kind is not None and kind.care else HELPERS_MAX),
            "by_at": new.by_at <= self._office.clock.now(),
            "every_days": kind is not None and kind.care != (new.every_days > 0),
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise BadInput(field=name)

    def _refuse_unfit(self, work: Work, record: TicketRecord, new: NewOrder) -> None:
        is_danger = record.risk == Risk.EMERGENCY
        if is_danger or Category(record.category) not in self.rules.categories:
            raise BadInput(field="category")
        if is_minors(record.fields) and not self.rules.groups[new.group].child:
            raise BadInput(field="group")
        if Status(record.status) not in WORKING:
            raise TransitionRefused(status=record.status, move=OFFER)
        if any(OrderState(one.order.state) in ACTIVE for one in work.orders.of_ticket(record.id)):
            raise OrderOpen

    def of_ticket(self, actor: Actor, number: str) -> tuple[OrderView, ...]:
        """All orders of a ticket, newest first; NotPermitted if the ticket is not this person's to see."""
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            self._allowed(work, actor, record, VIEW)
            return self._views(work, work.orders.of_ticket(record.id))

    def active(self, actor: Actor) -> tuple[OrderView, ...]:
        """Orders not ended of all tickets this person sees, whoever waits longest first."""
        permissions = self._office.permissions
        if not permissions.may_ever(actor, OFFER):
            raise NotPermitted(permission=OFFER)
        sees_all = permissions.may(actor, VIEW_ALL, None)
        units = None if sees_all else self._office.units_under(actor.unit)
        with self._office.transaction() as work:
            return self._views(work, work.orders.active(units))

    def call_off(self, actor: Actor, order_id: int, *, reason: str) -> TicketView:
        """Take an order out of the pool, or away from those who took it; they are told."""
        required(reason, "reason")
        with self._office.transaction() as work:
            placed = self._placed(work, actor, order_id, OFFER)
            self._tell_called_off(work, placed)
            end_approval(self._office, work, placed)
            end_order(placed, OrderState.CALLED_OFF)
            self._note(work, placed, actor, "order_called_off", text=reason)
            return self._view(work, placed.ticket)

    def release(self, actor: Actor, order_id: int, *, taking_id: int, reason: str) -> TicketView:
        """Take a place back from somebody who does not come: it is in the pool again, as old as it is."""
        required(reason, "reason")
        with self._office.transaction() as work:
            placed = self._placed(work, actor, order_id, OFFER)
            taking = self._held(work, placed, taking_id)
            kind = self.rules.kinds[placed.order.kind]
            give_back(placed, taking, kind=kind, reason=reason, now=self._office.clock.now())
            text = self._office.texts.get("ordering.notice_released", order=placed.order.id)
            tell_taker(self._office, work, taking.staff_id, text, key=f"released:{taking.id}")
            end_approval(self._office, work, placed)
            self._note(work, placed, actor, "order_given_back", text=reason)
            tell_organisations(self._office, work, placed)
            return self._view(work, placed.ticket)

    def approve(self, actor: Actor, order_id: int, *, taking_id: int) -> TicketView:
        """Let an organisation learn who the child is; SecondPersonNeeded for one's own offer."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            placed = self._placed(work, actor, order_id, APPROVE)
            taking = self._held(work, placed, taking_id)
            if placed.order.offered_by == actor.id:
                raise SecondPersonNeeded
            taking.approved_by, taking.approved_at = actor.id, now
            text = self._office.texts.get("ordering.notice_approved", order=placed.order.id)
            tell_taker(self._office, work, taking.staff_id, text, key=f"approved:{taking.id}")
            outcome = self._office.catalogue.name(taking.unit)
            work.tasks.finish(
                placed.ticket.id, TaskKind.ORDER_APPROVAL, by=actor.id, outcome=outcome, now=now
            )
            tell_resident(self._office, self._filing, work, placed, unit=taking.unit)
            self._note(work, placed, actor, "order_approved")
            return self._view(work, placed.ticket)

    def _placed(self, work: Work, actor: Actor, order_id: int, permission: str) -> Placed:
        placed = work.orders.get(order_id)
        if placed is None:
            raise OrderNotFound
        self._allowed(work, actor, placed.ticket, permission)
        if OrderState(placed.order.state) not in ACTIVE:
            raise OrderNotFound
        return placed

    def _held(self, work: Work, placed: Placed, taking_id: int) -> TakingRecord:
        held = {one.id: one for one in work.orders.held(placed.order.id)}
        if taking_id not in held:
            raise OrderNotFound
        return held[taking_id]

    def _note(self, work: Work, placed: Placed, actor: Actor, kind: str, *, text: str = "") -> None:
        placed.ticket.version += 1
        event = Event(kind, self._office.clock.now(), actor.id, text)
        work.tickets.add_event(placed.ticket.id, event)

    def _tell_called_off(self, work: Work, placed: Placed) -> None:
        text = self._office.texts.get("ordering.notice_called_off", order=placed.order.id)
        for taking in work.orders.held(placed.order.id):
            tell_taker(self._office, work, taking.staff_id, text, key=f"called_off:{taking.id}")

    def _views(self, work: Work, found: list[Placed]) -> tuple[OrderView, ...]:
        takings = work.orders.takings([one.order.id for one in found])
        return tuple(order_view(self._office, one, takings.get(one.order.id, ())) for one in found)
