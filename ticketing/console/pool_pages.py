"""What organisations see: needs to take, and what they have taken. Nothing else of the console is theirs."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm, instant_of
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import TicketingError
from ticketing.domain.orders import ServiceRecord
from ticketing.domain.reads import Way
from ticketing.services.order_pool import TAKE

type OrderId = Annotated[int, Path(ge=1, le=ID_MAX)]
#: What the form proposes for how long it took.
USUAL = timedelta(hours=1)


def add_pool_pages(app: FastAPI) -> None:
    """Register the pool, the page of a taken order and its forms."""
    app.add_api_route("/pool", pool, methods=["GET"])
    app.add_api_route("/pool/{order_id}", taken, methods=["GET"])
    app.add_api_route("/pool/{order_id}/take", take, methods=["POST"])
    app.add_api_route("/pool/{order_id}/record", record, methods=["POST"])
    app.add_api_route("/pool/{order_id}/back", back, methods=["POST"])


@needs(TAKE)
@by(Way.LIST)
def pool(visit: Visited, done: str = "") -> Response:
    """What one has, what one could take, what one did; ``done`` names what was just finished."""
    return pool_page(visit, done=done)


@needs(TAKE)
def taken(order_id: OrderId, visit: Visited, done: str = "") -> Response:
    """One order this person holds."""
    return taken_page(visit, order_id, done=done)


@needs(TAKE)
def take(order_id: OrderId, visit: Visited, typed: TypedForm) -> Response:
    """Take it; who was too late learns who has it."""
    try:
        visit.runtime.order_pool.take(visit.actor, order_id, helpers=typed.number("helpers") or 1)
    except TicketingError as fault:
        return pool_page(visit, fault=fault)
    return visit.go(f"/pool/{order_id}?done=take_order")


@needs(TAKE)
def record(order_id: OrderId, visit: Visited, typed: TypedForm) -> Response:
    """Write down what was done."""
    is_last = typed.text("is_last") == "yes"
    try:
        done = ServiceRecord(
            instant_of(typed.text("from_at"), field="from_at"),
            instant_of(typed.text("to_at"), field="to_at"),
            typed.text("done"),
        )
        visit.runtime.order_pool.record(visit.actor, order_id, done, is_last=is_last)
    except TicketingError as fault:
        return taken_page(visit, order_id, fault=fault, typed=typed)
    return visit.go("/pool?done=served" if is_last else f"/pool/{order_id}?done=care_contact")


@needs(TAKE)
def back(order_id: OrderId, visit: Visited, typed: TypedForm) -> Response:
    """Give it back."""
    try:
        visit.runtime.order_pool.give_back(visit.actor, order_id, reason=typed.text("reason"))
    except TicketingError as fault:
        return taken_page(visit, order_id, fault=fault, typed=typed)
    return visit.go("/pool?done=given_back")


def pool_page(visit: Visit, *, done: str = "", fault: TicketingError | None = None) -> Response:
    """The start page of a taker."""
    return visit.page(
        "pool.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        desk=visit.runtime.order_pool.desk(visit.actor),
        done=done,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
    )


def taken_page(
    visit: Visit,
    order_id: int,
    *,
    done: str = "",
    fault: TicketingError | None = None,
    typed: Typed = NOTHING,
) -> Response:
    """Whom to help, how to reach him, and the forms."""
    now = visit.runtime.clock.now().astimezone(BEIJING)
    return visit.page(
        "taken.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        taken=visit.runtime.order_pool.get(visit.actor, order_id),
        latest=now.strftime("%Y-%m-%dT%H:%M"),
        usual=(now - USUAL).strftime("%Y-%m-%dT%H:%M"),
        done=done,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )
