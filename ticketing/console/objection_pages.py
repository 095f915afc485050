"""Tickets that units sent back: the hotline decides, and a supervisor where they bounce."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.unit_choice import grouped
from ticketing.console.visit import Visit, Visited
from ticketing.domain.errors import TicketingError
from ticketing.domain.reads import Way
from ticketing.services.objecting import COORDINATE, REVIEW

type Act = Callable[[Visit, str, Typed], object]


def add_objection_pages(app: FastAPI) -> None:
    """Register the list and the addresses of its forms."""
    app.add_api_route("/objections", listed, methods=["GET"])
    for name, permission, act in ACTS:
        app.add_api_route(f"/objections/{{number}}/{name}", doing(name, permission, act), methods=["POST"])


@needs(REVIEW)
@by(Way.LIST)
def listed(visit: Visited, done: str = "") -> Response:
    """All that wait for a decision."""
    return list_page(visit, done=done)


def doing(name: str, permission: str, act: Act) -> Callable[[str, Visit, Typed], Response]:
    """The address of one decision: refused, the list comes back with what was typed."""

    @needs(permission)
    def do(number: str, visit: Visited, typed: TypedForm) -> Response:
        try:
            act(visit, number, typed)
        except TicketingError as fault:
            return list_page(visit, fault=fault, typed=typed, of=number)
        return visit.go(f"/objections?done={name}")

    return do


def uphold(visit: Visit, number: str, typed: Typed) -> object:
    """The hotline agrees."""
    return visit.runtime.tickets.uphold(
        visit.actor, number, unit=typed.text("unit"), reason=typed.text("reason")
    )


def dismiss(visit: Visit, number: str, typed: Typed) -> object:
    """The hotline does not."""
    return visit.runtime.tickets.dismiss(visit.actor, number, reason=typed.text("reason"))


def coordinate(visit: Visit, number: str, typed: Typed) -> object:
    """A supervisor says who does it."""
    support = typed.text("support")
    return visit.runtime.tickets.coordinate(
        visit.actor,
        number,
        unit=typed.text("unit"),
        reason=typed.text("reason"),
        support=(support,) if support else (),
    )


ACTS: tuple[tuple[str, str, Act], ...] = (
    ("uphold", REVIEW, uphold),
    ("dismiss", REVIEW, dismiss),
    ("coordinate", COORDINATE, coordinate),
)


def list_page(
    visit: Visit,
    *,
    done: str = "",
    fault: TicketingError | None = None,
    typed: Typed = NOTHING,
    of: str = "",
) -> Response:
    """The list; ``of``: the ticket whose form was refused."""
    catalogue = visit.runtime.catalogue
    return visit.page(
        "objections.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        objections=visit.runtime.tickets.objection_list(visit.actor),
        may_coordinate=visit.may_ever(COORDINATE),
        unit_groups=grouped(catalogue, catalogue.units()),
        basis=visit.runtime.office.objections.basis,
        done=done,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
        of=of,
    )
