"""What the bureau sees of ordered services: all that wait, and the form that offers a ticket to the pool."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.pool_pages import OrderId
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.visit import Visit, Visited
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput, TicketingError
from ticketing.domain.lifecycle import WAITING, WORKING
from ticketing.domain.orders import ACTIVE, HELPERS_MAX, NewOrder
from ticketing.domain.reads import Way
from ticketing.domain.ticket import TicketView
from ticketing.services.ordering import APPROVE, OFFER

VIEW = "view_ticket"
END_OF_DAY = time(23, 59, 59)
#: What the form proposes for the day by which it should be done.
USUAL = timedelta(days=3)

type Do = Callable[[Visit, int, Typed], TicketView]


def add_order_pages(app: FastAPI) -> None:
    """Register the list, the ticket's page of orders, and the addresses of its forms."""
    app.add_api_route("/orders", orders, methods=["GET"])
    app.add_api_route("/tickets/{number}/order", show, methods=["GET"])
    app.add_api_route("/tickets/{number}/order", offer, methods=["POST"])
    for name, permission, do in ACTS:
        app.add_api_route(f"/orders/{{order_id}}/{name}", doing(name, permission, do), methods=["POST"])


@needs(OFFER)
@by(Way.LIST)
def orders(visit: Visited) -> Response:
    """All that has not ended, whoever waits longest first."""
    return visit.page("orders.html", orders=visit.runtime.ordering.active(visit.actor))


@needs(VIEW)
def show(number: str, visit: Visited, done: str = "") -> Response:
    """The orders of one ticket; ``done`` names what was just finished."""
    return order_page(visit, number, done=done)


@needs(OFFER)
def offer(number: str, visit: Visited, typed: TypedForm) -> Response:
    """Offer the ticket to the pool."""
    try:
        visit.runtime.ordering.offer(visit.actor, number, need_of(typed))
    except TicketingError as fault:
        return order_page(visit, number, fault=fault, typed=typed)
    return visit.go(f"/tickets/{number}/order?done=offer_order")


def doing(name: str, permission: str, do: Do) -> Callable[[int, Visit, Typed], Response]:
    """The address of one act on an order; a refusal is shown on the page of its ticket."""

    @needs(permission)
    def act(order_id: OrderId, visit: Visited, typed: TypedForm) -> Response:
        ticket = do(visit, order_id, typed)
        return visit.go(f"/tickets/{ticket.number}/order?done={name}")

    return act


ACTS: tuple[tuple[str, str, Do], ...] = (
    (
        "call_off",
        OFFER,
        lambda visit, order, typed: visit.runtime.ordering.call_off(
            visit.actor, order, reason=typed.text("reason")
        ),
    ),
    (
        "release",
        OFFER,
        lambda visit, order, typed: visit.runtime.ordering.release(
            visit.actor, order, taking_id=typed.number("taking") or 0, reason=typed.text("reason")
        ),
    ),
    (
        "approve",
        APPROVE,
        lambda visit, order, typed: visit.runtime.ordering.approve(
            visit.actor, order, taking_id=typed.number("taking") or 0
        ),
    ),
)


def need_of(typed: Typed) -> NewOrder:
    """The filled-in form; BadInput for a day that is none."""
    notes = tuple(name.removeprefix("note_") for name in typed.values if name.startswith("note_"))
    return NewOrder(
        kind=typed.text("kind"),
        group=typed.text("group"),
        notes=notes,
        helpers=typed.number("helpers") or 1,
        by_at=end_of(typed.text("by_on")),
        consent=typed.text("consent"),
        every_days=typed.number("every_days") or 0,
    )


def end_of(day: str) -> datetime:
    """The end of a day in Beijing; BadInput when it is none."""
    try:
        return datetime.combine(date.fromisoformat(day), END_OF_DAY, BEIJING)
    except ValueError:
        raise BadInput(field="by_on") from None


def order_page(
    visit: Visit, number: str, *, done: str = "", fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """The ticket's orders, and the form while none of them is active."""
    runtime = visit.runtime
    ticket = runtime.tickets.get(visit.actor, number).ticket
    found = runtime.ordering.of_ticket(visit.actor, number)
    today = runtime.clock.now().astimezone(BEIJING).date()
    may = runtime.permissions.may
    is_free = not any(one.order.state in ACTIVE for one in found)
    fits = ticket.category in runtime.ordering.rules.categories
    return visit.page(
        "order.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        ticket=ticket,
        orders=found,
        rules=runtime.ordering.rules,
        may_offer=may(visit.actor, OFFER, ticket),
        may_approve=may(visit.actor, APPROVE, ticket),
        is_free=is_free and fits,
        fits=fits,
        is_ready=ticket.status in WORKING,
        is_waiting=ticket.status in WAITING,
        helpers_max=HELPERS_MAX,
        first_day=today.isoformat(),
        usual_day=(today + USUAL).isoformat(),
        done=done,
        sentence="" if fault is None else sentence_of(runtime.texts, fault),
        typed=typed,
    )
