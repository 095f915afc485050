"""Steps of an order's life; always on locked rows, inside the caller's transaction."""

from datetime import datetime, timedelta

from ticketing.domain.orders import Kind, OrderState
from ticketing.storage.order_tables import OrderRecord, TakingRecord
from ticketing.storage.orders import Placed


def end_order(placed: Placed, state: OrderState) -> None:
    """Nothing more is wanted and nothing is reminded of."""
    placed.order.state = state.value
    placed.order.raise_at = None


def give_back(placed: Placed, taking: TakingRecord, *, kind: Kind, reason: str, now: datetime) -> None:
    """The places are free again; the order is as old as it was, and goes up when its first time is over."""
    taking.given_back_at, taking.reason = now, reason
    placed.order.taken -= taking.helpers
    placed.order.state = OrderState.POOL.value
    placed.order.raise_at = next_raise(placed.order, kind, contacted_at=now)


def next_raise(order: OrderRecord, kind: Kind, *, contacted_at: datetime) -> datetime | None:
    """When the bureau has to look, if nothing happens until then; each of these times counts once.

    In the pool: when it was not taken in time, and on its day. Taken: on its day; of lasting care also when
    the next contact after ``contacted_at`` is due.
    """
    due = [order.by_at]
    if order.state == OrderState.POOL:
        due.append(order.offered_at + kind.take_within)
    elif kind.care:
        due.append(contact_due(order, contacted_at))
    return min((at for at in due if order.raised_at is None or at > order.raised_at), default=None)


def contact_due(order: OrderRecord, contacted_at: datetime) -> datetime:
    """Until when the next contact of lasting care has to be."""
    return contacted_at + timedelta(days=order.every_days)
