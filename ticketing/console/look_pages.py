"""The second look: doubtful conversations, read by a person, and what is made of them."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.chat_pages import all_lines
from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.errors import BadInput, LookNotFound, TicketingError
from ticketing.domain.reads import Way
from ticketing.domain.second_look import LookTicket, LookView
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk

LOOK = "look_again"


def add_look_pages(app: FastAPI) -> None:
    """Register the list, one conversation, and what is done about it."""
    app.add_api_route("/looks", looks, methods=["GET"])
    app.add_api_route("/looks/{look_id}", look, methods=["GET"])
    app.add_api_route("/looks/{look_id}/clear", clear, methods=["POST"])
    app.add_api_route("/looks/{look_id}/ticket", file, methods=["POST"])
    app.add_api_route("/looks/{look_id}/take", take, methods=["POST"])


@needs(LOOK)
@by(Way.LIST)
def looks(visit: Visited, done: str = "") -> Response:
    """What waits, the longest waiting first; ``done`` names what was just done."""
    return visit.page("looks.html", looks=visit.runtime.second_looks.waiting(visit.actor), done=done)


@needs(LOOK)
@by(Way.CHAT)
def look(look_id: int, visit: Visited) -> Response:
    """One conversation whole."""
    return look_page(visit, look_id)


@needs(LOOK)
def clear(look_id: int, visit: Visited, typed: TypedForm) -> Response:
    """Nobody is in danger."""
    try:
        visit.runtime.second_looks.clear(visit.actor, known(look_id), reason=typed.text("reason"))
    except TicketingError as fault:
        return look_page(visit, look_id, fault=fault, typed=typed)
    return visit.go("/looks?done=look_clear")


@needs(LOOK)
def file(look_id: int, visit: Visited, typed: TypedForm) -> Response:
    """Make a ticket of it and lead there."""
    try:
        given = visit.runtime.second_looks.file(visit.actor, known(look_id), ticket_of(typed))
    except TicketingError as fault:
        return look_page(visit, look_id, fault=fault, typed=typed)
    return visit.go(f"/tickets/{given.number}?done=look_ticket")


@needs(LOOK)
def take(look_id: int, visit: Visited) -> Response:
    """Write to the resident oneself."""
    try:
        conversation_id = visit.runtime.second_looks.take(visit.actor, known(look_id))
    except TicketingError as fault:
        return look_page(visit, look_id, fault=fault)
    return visit.go(f"/chats/{conversation_id}")


def known(look_id: int) -> int:
    """An id that the database can hold; LookNotFound."""
    if not 0 < look_id <= ID_MAX:
        raise LookNotFound
    return look_id


def ticket_of(typed: Typed) -> LookTicket:
    """What was filled in; BadInput names the first thing missing."""
    if typed.text("category") not in set(Category):
        raise BadInput(field="category")
    if typed.text("risk") not in set(Risk):
        raise BadInput(field="risk")
    return LookTicket(
        category=Category(typed.text("category")),
        risk=Risk(typed.text("risk")),
        text=typed.text("text"),
        place=typed.text("place"),
    )


def look_page(
    visit: Visit, look_id: int, *, fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """The conversation with its lines and forms; refused, with what was typed."""
    one = visit.runtime.second_looks.one(visit.actor, known(look_id))
    return visit.page(
        "look.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        look=one,
        lines=all_lines(visit, one.conversation_id, 0),
        typed=Typed({**proposed(one).values, **typed.values}),
        categories=tuple(Category),
        at_risk=AT_RISK_CATEGORIES,
        risks=tuple(Risk),
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
    )


def proposed(one: LookView) -> Typed:
    """What the form of a ticket begins with: what made it doubtful, in the resident's own words."""
    words = "\n".join(one.evidence) or one.last_text
    return Typed({"category": one.category or "", "text": words})
