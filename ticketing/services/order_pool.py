"""The takers' side of ordered services: see needs, take one, serve, give back.

Organisations see the need and the area. Who the resident is they learn only of what they hold, and only as
long as they hold it: everything here is made from ``PoolOrder``, which has no room for anything of a person,
except ``TakenOrder.told``.
"""

from dataclasses import dataclass
from datetime import datetime

from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.lifecycle import OPEN, Move, Status, is_allowed
from ticketing.domain.order_errors import OrderNotFound, OrderTaken
from ticketing.domain.orders import ACTIVE, OrderState, PoolOrder, ServiceRecord, TakenOrder, TakingView
from ticketing.domain.plain_result import refuse_empty
from ticketing.domain.staff import Actor
from ticketing.services.aftermath import Aftermath
from ticketing.services.desk_part import DeskPart, Step, required
from ticketing.services.duties import may_end
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.services.order_steps import contact_due, end_order, give_back, next_raise
from ticketing.services.order_views import (
    ask_approval,
    end_approval,
    pool_order,
    tell_organisations,
    tell_resident,
    told,
)
from ticketing.storage.order_tables import TakingRecord
from ticketing.storage.orders import Placed
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

TAKE = "take_order"


@dataclass(frozen=True, slots=True)
class TakersDesk:
    """All that a taker sees at once."""

    pool: tuple[PoolOrder, ...]
    held: tuple[TakenOrder, ...]
    #: What he served or what was called off, newest first, without anything of the person.
    past: tuple[TakenOrder, ...]


class OrderPool(DeskPart):
    """Use cases of social organisations and volunteer teams."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        super().__init__(office, filing)
        self._aftermath = Aftermath(office, filing)

    def desk(self, actor: Actor) -> TakersDesk:
        """What this person's organisation could take, whoever waits longest first, and what he has."""
        self._check(actor)
        with self._office.transaction() as work:
            mine = [self._taken(work, placed, taking) for placed, taking in work.orders.of_taker(actor.id)]
            held = tuple(one for one in mine if self._is_held(one))
            have = {one.order.id for one in held}
            return TakersDesk(
                pool=tuple(one for one in self._pool(work, actor) if one.id not in have),
                held=held,
                past=tuple(one for one in mine if not self._is_held(one)),
            )

    def _pool(self, work: Work, actor: Actor) -> list[PoolOrder]:
        organisation = self._office.catalogue.organisation(actor.unit)
        if organisation is None:
            return []
        views = (pool_order(self._office, placed) for placed in work.orders.pool())
        return [view for view in views if organisation.serves(view.kind.slug, view.town)]

    def get(self, actor: Actor, order_id: int) -> TakenOrder:
        """What this person holds; OrderNotFound for everything else, also for what he held before."""
        self._check(actor)
        with self._office.transaction() as work:
            placed, taking = self._held(work, actor, order_id)
            return self._taken(work, placed, taking)

    def take(self, actor: Actor, order_id: int, *, helpers: int = 1) -> None:
        """Take places; of many at once as many win as there are, the others get OrderTaken with a name.

        A second tap of the winner changes nothing. Whatever is for a child waits for a supervisor's approval.
        """
        self._check(actor)
        now = self._office.clock.now()
        with self._office.transaction() as work:
            placed = self._in_pool(work, actor, order_id)
            if work.orders.held_by(order_id, actor.id) is not None:
                return
            view = pool_order(self._office, placed)
            if not 1 <= helpers <= placed.order.helpers:
                raise BadInput(field="helpers")
            if not work.orders.take_places(placed.order, helpers):
                raise self._lost(work, order_id)
            approved = None if view.group.child else now
            work.orders.add_taking(
                TakingRecord(
                    order_id=order_id,
                    unit=actor.unit,
                    staff_id=actor.id,
                    helpers=helpers,
                    taken_at=now,
                    approved_at=approved,
                )
            )
            placed.order.raise_at = next_raise(placed.order, view.kind, contacted_at=now)
            self._note(work, placed, actor, "order_taken")
            if approved is None:
                ask_approval(self._office, work, placed)
            else:
                tell_resident(self._office, self._filing, work, placed, unit=actor.unit)

    def _in_pool(self, work: Work, actor: Actor, order_id: int) -> Placed:
        member = work.staff.get(actor.id, locked=True)
        organisation = self._office.catalogue.organisation(actor.unit)
        if member is None or not member.active or organisation is None:
            raise NotPermitted(permission=TAKE)
        placed = self._live(work, order_id)
        if not organisation.serves(placed.order.kind, placed.ticket.town):
            raise OrderNotFound
        return placed

    def _lost(self, work: Work, order_id: int) -> OrderTaken:
        holders = {self._office.catalogue.name(one.unit) for one in work.orders.held(order_id)}
        return OrderTaken(name=self._office.texts.get("ordering.and").join(sorted(holders)))

    def give_back(self, actor: Actor, order_id: int, *, reason: str) -> None:
        """Put it into the pool again, with a reason; the resident's wait goes on counting."""
        self._check(actor)
        required(reason, "reason")
        with self._office.transaction() as work:
            placed, taking = self._held(work, actor, order_id)
            kind = self._office.care.orders.kinds[placed.order.kind]
            give_back(placed, taking, kind=kind, reason=reason, now=self._office.clock.now())
            end_approval(self._office, work, placed)
            self._note(work, placed, actor, "order_given_back", text=reason)
            tell_organisations(self._office, work, placed)

    def record(self, actor: Actor, order_id: int, record: ServiceRecord, *, is_last: bool) -> None:
        """Write down what was done; with the last record the person's data are hidden again.

        When all who took it are done the ticket is resolved and the resident asked for a grade. A single
        service has one record, which is the last. BadInput for a time to come or an end before the beginning,
        ResultNotPlain for words from which the resident would learn nothing.
        """
        self._check(actor)
        refuse_empty(required(record.done, "done"), self._office.care.results)
        now = self._office.clock.now()
        if not record.from_at <= record.to_at <= now:
            raise BadInput(field="to_at")
        with self._office.transaction() as work:
            placed, taking = self._held(work, actor, order_id)
            if taking.approved_at is None:
                raise OrderNotFound
            kind = self._office.care.orders.kinds[placed.order.kind]
            work.orders.add_service(taking.id, record, now)
            if kind.care and not is_last:
                placed.order.raise_at = next_raise(placed.order, kind, contacted_at=record.to_at)
                self._note(work, placed, actor, "care_contact", text=record.done)
                return
            taking.served_at = now
            self._note(work, placed, actor, "order_served", text=record.done)
            self._finish(work, placed, actor, record.done)

    def _finish(self, work: Work, placed: Placed, actor: Actor, result: str) -> None:
        """Once nobody is wanted and nobody has it, the order is served and the ticket has a result."""
        if placed.order.state != OrderState.FULL or work.orders.held(placed.order.id):
            return
        end_order(placed, OrderState.SERVED)
        ticket = placed.ticket
        # A child's ticket without a report on record stays open with its owner.
        if is_allowed(Status(ticket.status), Move.RESOLVE) and may_end(self._office, work, ticket):
            self._apply(work, actor, ticket, Step(Move.RESOLVE, result))
            ticket.result = result
            self._aftermath.tell_result(work, ticket, result, by=actor.id)

    def _held(self, work: Work, actor: Actor, order_id: int) -> tuple[Placed, TakingRecord]:
        placed = self._live(work, order_id)
        taking = work.orders.held_by(order_id, actor.id)
        if taking is None:
            raise OrderNotFound
        return placed, taking

    def _live(self, work: Work, order_id: int) -> Placed:
        """An order that has not ended, of a ticket that has not either: a withdrawn one hides at once."""
        placed = work.orders.get(order_id)
        if placed is None or OrderState(placed.order.state) not in ACTIVE:
            raise OrderNotFound
        if Status(placed.ticket.status) not in OPEN:
            raise OrderNotFound
        return placed

    def _taken(self, work: Work, placed: Placed, taking: TakingRecord) -> TakenOrder:
        view = self._taking_view(work, placed, taking)
        is_live = OrderState(placed.order.state) in ACTIVE and Status(placed.ticket.status) in OPEN
        is_shown = is_live and view.is_held and view.approved_at is not None
        order = pool_order(self._office, placed)
        return TakenOrder(
            order=order,
            taking=view,
            told=told(placed) if is_shown else {},
            contact_by_at=contact_due(placed.order, last_contact(view)) if order.kind.care else None,
            rating=placed.ticket.rating,
        )

    def _taking_view(self, work: Work, placed: Placed, taking: TakingRecord) -> TakingView:
        views = work.orders.takings([placed.order.id])[placed.order.id]
        return next(view for view in views if view.id == taking.id)

    def _is_held(self, one: TakenOrder) -> bool:
        return one.taking.is_held and (bool(one.told) or one.taking.approved_at is None)

    def _note(self, work: Work, placed: Placed, actor: Actor, kind: str, *, text: str = "") -> None:
        placed.ticket.version += 1
        data = {"organisation": self._office.catalogue.name(actor.unit)}
        event = Event(kind, self._office.clock.now(), actor.id, text, data)
        work.tickets.add_event(placed.ticket.id, event)

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, TAKE, None):
            raise NotPermitted(permission=TAKE)


def last_contact(taking: TakingView) -> datetime:
    """When the resident was last seen; since the taking if never."""
    return taking.records[-1].to_at if taking.records else taking.taken_at
