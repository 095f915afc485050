"""Conversations that wait for a person: reading, taking over, answering, giving back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Query
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import TypedForm
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.errors import ConversationNotFound, TicketingError
from ticketing.domain.reads import About, Subject, Way
from ticketing.domain.ticket import ChatLine, ConversationView

VIEW_CHATS = "view_chats"
TAKE_CHAT = "take_chat"
#: A line of the ledger, or 0 for before the first.
LineId = Annotated[int, Query(ge=0, le=ID_MAX)]


def add_chat_pages(app: FastAPI) -> None:
    """Register list, transcript and what is done from it."""
    app.add_api_route("/chats", chats, methods=["GET"])
    app.add_api_route("/chats/list", refreshed, methods=["GET"])
    app.add_api_route("/chats/{conversation_id}", chat, methods=["GET"])
    app.add_api_route("/chats/{conversation_id}/lines", lines, methods=["GET"])
    app.add_api_route("/chats/{conversation_id}/take", take, methods=["POST"])
    app.add_api_route("/chats/{conversation_id}/release", release, methods=["POST"])
    app.add_api_route("/chats/{conversation_id}/send", send, methods=["POST"])


@needs(VIEW_CHATS)
@by(Way.LIST)
def chats(visit: Visited) -> Response:
    """Who waits, longest first, and who is being answered."""
    return visit.page("chats.html", conversations=visit.runtime.chats.waiting(visit.actor))


@needs(VIEW_CHATS)
@by(Way.LIST, is_refresh=True)
def refreshed(visit: Visited) -> Response:
    """The list alone."""
    return visit.page("chats_list.html", conversations=visit.runtime.chats.waiting(visit.actor))


@needs(VIEW_CHATS)
@by(Way.CHAT)
def chat(conversation_id: str, visit: Visited) -> Response:
    """One conversation."""
    return chat_page(visit, conversation_id)


@needs(VIEW_CHATS)
@by(Way.CHAT, is_refresh=True)
def lines(conversation_id: str, visit: Visited, after: LineId = 0) -> Response:
    """Every line after one, however many there are by now."""
    found = all_lines(visit, conversation_id, after)
    return visit.page(
        "chat_lines.html",
        about=whole(conversation_id) if found else (),
        conversation_id=conversation_id,
        lines=found,
        after=after,
    )


@needs(TAKE_CHAT)
def take(conversation_id: str, visit: Visited) -> Response:
    """Answer this person oneself from now on; if another was faster the page says who."""
    try:
        visit.runtime.chats.take(visit.actor, conversation_id)
    except TicketingError as fault:
        return chat_page(visit, conversation_id, fault=fault)
    return visit.go(f"/chats/{conversation_id}")


@needs(TAKE_CHAT)
def release(conversation_id: str, visit: Visited) -> Response:
    """Give the person back to the assistant."""
    visit.runtime.chats.release(visit.actor, conversation_id)
    return visit.go("/chats")


@needs(TAKE_CHAT)
def send(conversation_id: str, visit: Visited, typed: TypedForm) -> Response:
    """Write to the person; what could not be sent stays in the box."""
    try:
        visit.runtime.chats.send(visit.actor, conversation_id, typed.text("text"))
    except TicketingError as fault:
        return chat_page(visit, conversation_id, fault=fault, text=typed.text("text"))
    return visit.go(f"/chats/{conversation_id}")


def chat_page(
    visit: Visit, conversation_id: str, *, fault: TicketingError | None = None, text: str = ""
) -> Response:
    """The conversation, with a fault and the unsent text if there is one."""
    found = all_lines(visit, conversation_id, 0)
    if not found:
        raise ConversationNotFound
    return visit.page(
        "chat.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        about=whole(conversation_id),
        conversation_id=conversation_id,
        conversation=listed(visit, conversation_id),
        lines=found,
        after=0,
        text=text,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
    )


def whole(conversation_id: str) -> tuple[Subject, ...]:
    """What the lines of a conversation are about."""
    return (Subject(About.CONVERSATION, conversation_id),)


def listed(visit: Visit, conversation_id: str) -> ConversationView | None:
    """The conversation as the list has it; None when it neither waits nor is held."""
    waiting = visit.runtime.chats.waiting(visit.actor)
    return next((one for one in waiting if one.id == conversation_id), None)


def all_lines(visit: Visit, conversation_id: str, after: int) -> list[ChatLine]:
    """All lines after one; the service gives them in portions."""
    found: list[ChatLine] = []
    while portion := visit.runtime.chats.transcript(visit.actor, conversation_id, after):
        found += portion
        after = portion[-1].id
    return found
