"""What is done to the clocks of a ticket from its page."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.gate import needs
from ticketing.console.ticket_pages import refusal_in, ticket_page
from ticketing.console.typed import Typed, TypedForm
from ticketing.console.visit import Visit, Visited
from ticketing.domain.errors import TicketingError
from ticketing.domain.ticket import TicketView
from ticketing.services.timing import ASK_MORE, CONTACTED, DECIDE, PAUSE

type Do = Callable[[Visit, str, Typed], TicketView]


def add_timing_pages(app: FastAPI) -> None:
    """Register one address for each deed."""
    for name, permission, do in ACTS:
        app.add_api_route(f"/tickets/{{number}}/times/{name}", doing(name, permission, do), methods=["POST"])


def doing(name: str, permission: str, do: Do) -> Callable[[str, Visit, Typed], Response]:
    """The address that does one thing: refused, the page comes back with what was typed."""

    @needs(permission)
    def act(number: str, visit: Visited, typed: TypedForm) -> Response:
        try:
            do(visit, number, typed)
        except TicketingError as fault:
            return ticket_page(visit, number, refusal=refusal_in(visit, name, fault, typed))
        return visit.go(f"/tickets/{number}?done={name}")

    return act


def pause(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Stop the clocks."""
    timing, version = visit.runtime.timing, typed.number("version")
    return timing.pause(visit.actor, number, reason=typed.text("reason"), version=version)


def resume(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Let them run on."""
    return visit.runtime.timing.resume_clock(visit.actor, number, version=typed.number("version"))


def ask_more(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Ask for more time."""
    days, reason = typed.number("workdays") or 0, typed.text("reason")
    return visit.runtime.timing.ask_more(visit.actor, number, workdays=days, reason=reason)


def decide_more(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Agree to it or not."""
    return visit.runtime.timing.decide_more(
        visit.actor,
        number,
        request_id=typed.number("request") or 0,
        approved=typed.text("approved") == "yes",
        decision=typed.text("decision"),
    )


def contacted(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Note that the resident was reached."""
    return visit.runtime.timing.contacted(visit.actor, number, text=typed.text("text"))


ACTS: tuple[tuple[str, str, Do], ...] = (
    ("pause", PAUSE, pause),
    ("run", PAUSE, resume),
    ("more", ASK_MORE, ask_more),
    ("decide", DECIDE, decide_more),
    ("contact", CONTACTED, contacted),
)
