"""Other tickets of the same matter: proposed, merged by one tap, told apart, parted again."""

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.gate import needs
from ticketing.console.ticket_pages import refusal_in, ticket_page
from ticketing.console.typed import Typed, TypedForm
from ticketing.console.visit import Visit, Visited
from ticketing.domain.errors import TicketingError
from ticketing.domain.lifecycle import Move
from ticketing.services.merging import UNMERGE

MERGE = Move.MERGE.value


def add_repeat_pages(app: FastAPI) -> None:
    """Register what is done from the list of proposals."""
    app.add_api_route("/tickets/{number}/repeats/{other}/merge", merge, methods=["POST"])
    app.add_api_route("/tickets/{number}/repeats/{other}/two", say_two, methods=["POST"])
    app.add_api_route("/tickets/{number}/unmerge", unmerge, methods=["POST"])


@needs(MERGE)
def merge(number: str, other: str, visit: Visited, typed: TypedForm) -> Response:
    """Let the later of the two become part of the earlier, for the grounds the pair was proposed for."""
    reason = visit.runtime.texts.get("repeats.one_tap_reason", grounds=grounds_of(visit, number, other))
    earlier, later = sorted((number, other))
    version = typed.number("version") if later == number else None
    try:
        visit.runtime.tickets.merge(visit.actor, later, into=earlier, reason=reason, version=version)
    except TicketingError as fault:
        return refused(visit, number, fault, typed)
    return visit.go(f"/tickets/{number}?done={MERGE}")


@needs(MERGE)
def say_two(number: str, other: str, visit: Visited, typed: TypedForm) -> Response:
    """Never propose this pair again."""
    try:
        visit.runtime.repeats.say_two(visit.actor, number, other=other)
    except TicketingError as fault:
        return refused(visit, number, fault, typed)
    return visit.go(f"/tickets/{number}?done=two")


@needs(UNMERGE)
def unmerge(number: str, visit: Visited, typed: TypedForm) -> Response:
    """Part the ticket again."""
    try:
        visit.runtime.tickets.unmerge(
            visit.actor, number, reason=typed.text("reason"), version=typed.number("version")
        )
    except TicketingError as fault:
        return refused(visit, number, fault, typed)
    return visit.go(f"/tickets/{number}?done={UNMERGE}")


def refused(visit: Visit, number: str, fault: TicketingError, typed: Typed) -> Response:
    """The ticket's page with what went wrong."""
    return ticket_page(visit, number, refusal=refusal_in(visit, "repeats", fault, typed))


def grounds_of(visit: Visit, number: str, other: str) -> str:
    """Why the pair was proposed, in words; empty when it is proposed no longer."""
    proposals = visit.runtime.repeats.joined(visit.actor, number).proposals
    found = next((one.likeness.grounds for one in proposals if one.ticket.number == other), ())
    between = visit.runtime.texts.get("repeats.between")
    return between.join(visit.runtime.texts.get(f"repeats.ground_{ground}") for ground in found)
