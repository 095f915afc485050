"""The look at the orders: what nobody took or served goes to the bureau; what lost its ticket ends."""

from ticketing.domain.lifecycle import FINISHED, Status
from ticketing.domain.orders import ACTIVE, OrderState
from ticketing.domain.tasks import TaskKind
from ticketing.services.office import Office
from ticketing.services.order_steps import end_order, next_raise
from ticketing.services.order_views import pool_order, tell_taker
from ticketing.storage.orders import Placed
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

#: Orders looked at in one go.
BATCH = 50


class OrderClock:
    """Use case of the scheduler; safe to run twice at once and after any pause."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def sweep(self) -> int:
        """Raise what is due, each time once, and end what no ticket stands behind any more; how many."""
        now = self._office.clock.now()
        with self._office.storage.transaction() as work:
            due = work.orders.due(now, BATCH)
            orphans = work.orders.orphans(BATCH)
        return sum([self._raise(order_id) for order_id in due] + [self._end(one) for one in orphans])

    def _raise(self, order_id: int) -> bool:
        now = self._office.clock.now()
        with self._office.transaction() as work:
            placed = work.orders.get(order_id)
            if placed is None or placed.order.raise_at is None or placed.order.raise_at > now:
                return False
            is_untaken = placed.order.state == OrderState.POOL
            placed.order.raised_at = now
            kind = self._office.care.orders.kinds[placed.order.kind]
            placed.order.raise_at = next_raise(placed.order, kind, contacted_at=now)
            self._set_task(work, placed, "ordering.untaken" if is_untaken else "ordering.unserved")
            return True

    def _set_task(self, work: Work, placed: Placed, key: str) -> None:
        office, now = self._office, self._office.clock.now()
        view = pool_order(office, placed)
        text = office.texts.get(key, kind=view.kind.name, group=view.group.name)
        task = NewTask(
            kind=TaskKind.ORDER_STUCK,
            unit=office.care.orders.bureau,
            due_at=now,
            ticket_id=placed.ticket.id,
            text=text,
            dedupe_key=f"order_stuck:{placed.order.id}:{now.isoformat()}",
        )
        work.tasks.add(task, now)
        work.tickets.add_event(placed.ticket.id, Event("order_raised", now, text=text))
        placed.ticket.version += 1

    def _end(self, order_id: int) -> bool:
        with self._office.transaction() as work:
            placed = work.orders.get(order_id)
            if placed is None or OrderState(placed.order.state) not in ACTIVE:
                return False
            if Status(placed.ticket.status) not in FINISHED:
                return False
            text = self._office.texts.get("ordering.notice_called_off", order=order_id)
            for taking in work.orders.held(order_id):
                tell_taker(self._office, work, taking.staff_id, text, key=f"called_off:{taking.id}")
            end_order(placed, OrderState.CALLED_OFF)
            return True
