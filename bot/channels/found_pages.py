"""What workers find on their rounds, written down in under a minute; the safety net reads their words.

The pages stand in the console, but are added from here, since only the bot's side has the safety net.
"""

import secrets
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from bot import safety_net
from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.visit import Visit, Visited
from ticketing.domain.areas import Village
from ticketing.domain.discovery import Found
from ticketing.domain.errors import BadInput, TicketingError
from ticketing.domain.vocabulary import Risk
from ticketing.services.discovering import REPORT_FOUND

VILLAGE = "village-"


def add_found_pages(console: FastAPI) -> FastAPI:
    """Add the form and what follows it to the console."""
    console.add_api_route("/found", ask, methods=["GET"])
    console.add_api_route("/found", keep, methods=["POST"])
    console.add_api_route("/found/{key}", done, methods=["GET"])
    return console


@needs(REPORT_FOUND)
def ask(visit: Visited) -> Response:
    """An empty form with a token of its own."""
    return form_page(visit, token=secrets.token_urlsafe(16))


@needs(REPORT_FOUND)
def keep(visit: Visited, typed: TypedForm) -> Response:
    """Keep a find; sent twice, or again after the network was away, it is one."""
    try:
        found = found_of(typed)
        finding = safety_net.scan(f"{found.text} {found.name}")
        visit.runtime.discovering.report(visit.actor, found, finding)
    except TicketingError as fault:
        return form_page(visit, token=typed.text("token"), fault=fault, typed=typed)
    return visit.go(f"/found/{found.key}")


@needs(REPORT_FOUND)
def done(key: str, visit: Visited) -> Response:
    """The ticket's number, and what the reporter himself has to do now."""
    children = visit.runtime.child_cases.rules
    return visit.page(
        "found_done.html",
        found=visit.runtime.discovering.of_key(visit.actor, key),
        duty_basis=children.duty_basis,
    )


def found_of(typed: Typed) -> Found:
    """The filled-in form; BadInput names the first choice that was not made."""
    for name in ("who", "what", "risk"):
        if not typed.text(name):
            raise BadInput(field=name)
    if typed.text("risk") not in set(Risk):
        raise BadInput(field="risk")
    return Found(
        token=typed.text("token"),
        who=typed.text("who"),
        what=typed.text("what"),
        risk=Risk(typed.text("risk")),
        text=typed.text("text"),
        village=typed.text("village"),
        place=typed.text("place"),
        name=typed.text("name"),
        contact=typed.text("contact"),
    )


def form_page(
    visit: Visit, *, token: str, fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """The form, with what was tapped and typed before."""
    own = visit.actor.unit.removeprefix(VILLAGE) if visit.actor.unit.startswith(VILLAGE) else ""
    return visit.page(
        "found.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        rules=visit.runtime.discovering.rules,
        risks=tuple(Risk),
        villages=villages_near(visit),
        chosen=typed.values.get("village", own),
        token=token,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )


def villages_near(visit: Visit) -> tuple[Village, ...]:
    """Villages of the person's own town; none for the city's people, who write the place."""
    unit = visit.runtime.catalogue.unit(visit.actor.unit)
    return visit.runtime.gazetteer.villages(unit.town) if unit.town else ()
