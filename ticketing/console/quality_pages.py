"""The monthly sample of finished tickets: drawn, filled in, shown item by item."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import PageNotFound, status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.errors import TicketingError
from ticketing.domain.quality import Verdict
from ticketing.domain.reads import Way
from ticketing.services.quality import CHECK


def add_quality_pages(app: FastAPI) -> None:
    """Register the month's page and the form of one ticket."""
    app.add_api_route("/quality", show, methods=["GET"])
    app.add_api_route("/quality", draw, methods=["POST"])
    app.add_api_route("/quality/{month}/{check_id}", ask, methods=["GET"])
    app.add_api_route("/quality/{month}/{check_id}", fill, methods=["POST"])


@needs(CHECK)
@by(Way.LIST)
def show(visit: Visited, month: str = "", done: str = "") -> Response:
    """The sample of a month; ``done`` names what was just done."""
    return month_page(visit, month or visit.runtime.quality.last_month(), done=done)


@needs(CHECK)
def draw(visit: Visited, typed: TypedForm) -> Response:
    """Draw the month's tickets."""
    month = typed.text("month")
    try:
        visit.runtime.quality.draw(visit.actor, month)
    except TicketingError as fault:
        return month_page(visit, visit.runtime.quality.last_month(), fault=fault)
    return visit.go(f"/quality?month={month}&done=draw")


@needs(CHECK)
def ask(month: str, check_id: int, visit: Visited) -> Response:
    """The list to be filled in for one ticket."""
    return check_page(visit, month, check_id)


@needs(CHECK)
def fill(month: str, check_id: int, visit: Visited, typed: TypedForm) -> Response:
    """Write down what was found."""
    try:
        visit.runtime.quality.fill(visit.actor, check_id, typed.values)
    except TicketingError as fault:
        return check_page(visit, month, check_id, fault=fault, typed=typed)
    return visit.go(f"/quality?month={month}&done=quality")


def month_page(visit: Visit, month: str, *, done: str = "", fault: TicketingError | None = None) -> Response:
    """The month's sample and what was found so far."""
    return visit.page(
        "quality.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        sample=visit.runtime.quality.of_month(visit.actor, month),
        done=done,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
    )


def check_page(
    visit: Visit,
    month: str,
    check_id: int,
    *,
    fault: TicketingError | None = None,
    typed: Typed = NOTHING,
) -> Response:
    """The list for one ticket, with what was typed before."""
    checks = visit.runtime.quality.of_month(visit.actor, month).checks
    check = next((one for one in checks if one.id == check_id <= ID_MAX), None)
    if check is None:
        raise PageNotFound
    return visit.page(
        "quality_check.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        check=check,
        items=visit.runtime.quality.rules.items,
        verdicts=tuple(Verdict),
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )
