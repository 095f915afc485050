"""The staff list: who is in it, adding, disabling."""

from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.unit_choice import grouped
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.errors import BadInput, TicketingError
from ticketing.domain.staff import NewStaff, Role

MANAGE = "manage_staff"
StaffId = Annotated[int, Path(ge=1, le=ID_MAX)]


def add_staff_pages(app: FastAPI) -> None:
    """Register list and forms."""
    app.add_api_route("/staff", staff, methods=["GET"])
    app.add_api_route("/staff", add, methods=["POST"])
    app.add_api_route("/staff/{staff_id}/disable", disable, methods=["POST"])


@needs(MANAGE)
def staff(visit: Visited, done: str = "") -> Response:
    """Everyone; ``done`` names what was just finished."""
    return staff_page(visit, done=done)


@needs(MANAGE)
def add(visit: Visited, typed: TypedForm) -> Response:
    """Add an account; refused, all but the password stays in the form."""
    try:
        visit.runtime.staff.add(new_staff_of(typed))
    except TicketingError as fault:
        sentence = sentence_of(visit.runtime.texts, fault)
        return staff_page(visit, typed=typed, sentence=sentence, status=status_of(fault))
    return visit.go("/staff?done=add_staff")


@needs(MANAGE)
def disable(staff_id: StaffId, visit: Visited) -> Response:
    """Close an account at once, everywhere."""
    if staff_id == visit.actor.id:
        return staff_page(visit, sentence=visit.pages.wording.say("not_oneself"), status=HTTPStatus.CONFLICT)
    visit.runtime.staff.disable(visit.actor, staff_id)
    return visit.go("/staff?done=disable_staff")


def new_staff_of(typed: Typed) -> NewStaff:
    """The filled-in form; BadInput names the first thing missing."""
    for name in ("username", "name"):
        if not typed.text(name):
            raise BadInput(field=name)
    if typed.text("role") not in set(Role):
        raise BadInput(field="role")
    return NewStaff(
        username=typed.text("username"),
        name=typed.text("name"),
        role=Role(typed.text("role")),
        unit=typed.text("unit"),
        password=typed.values.get("password", ""),
    )


def staff_page(
    visit: Visit,
    *,
    typed: Typed = NOTHING,
    sentence: str = "",
    done: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The list and the form under it."""
    catalogue = visit.runtime.catalogue
    return visit.page(
        "staff.html",
        status=status,
        members=visit.runtime.staff.list(visit.actor),
        typed=typed,
        sentence=sentence,
        done=done,
        roles=tuple(Role),
        unit_groups=grouped(catalogue, catalogue.units()),
        organisations=tuple(one.unit for one in catalogue.organisations()),
    )
