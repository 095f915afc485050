"""The page of one ticket, and everything that is done from it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.browser import GIVEN_COOKIE, cookie_path
from ticketing.console.deeds import DEEDS, Deed, Prominence, offered
from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.unit_choice import grouped
from ticketing.console.visit import Visit, Visited
from ticketing.domain.attachments import AttachmentView
from ticketing.domain.child_guard import MINOR, NO_CARER
from ticketing.domain.errors import TicketingError
from ticketing.domain.lifecycle import OPEN, Move
from ticketing.domain.reads import Way
from ticketing.domain.ticket import Field, TicketDetail, TicketEvent, TicketView
from ticketing.domain.vocabulary import Category
from ticketing.services.merging import UNMERGE
from ticketing.services.timing import ASK_MORE, CONTACTED, DECIDE, PAUSE

VIEW = "view_ticket"
TIME_RIGHTS = (PAUSE, ASK_MORE, DECIDE, CONTACTED)
#: Small pictures beside what was reported; all of them stand in the conversation.
PICTURES_SHOWN = 6
#: Fields that mark a ticket and are told by the page in other ways.
MARKS = frozenset({MINOR, NO_CARER})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that could not be done: why, and all that was typed into it."""

    deed: str
    sentence: str
    status: HTTPStatus
    typed: Typed
    #: The ticket was changed meanwhile.
    is_conflict: bool


def add_ticket_pages(app: FastAPI) -> None:
    """Register the ticket's page, its moving part, and one address for each deed."""
    app.add_api_route("/tickets/{number}", show, methods=["GET"])
    app.add_api_route("/tickets/{number}/talk", talk, methods=["GET"])
    for deed in DEEDS:
        app.add_api_route(f"/tickets/{{number}}/{deed.name}", doing(deed), methods=["POST"])


@needs(VIEW)
def show(number: str, visit: Visited, done: str = "") -> Response:
    """One ticket; ``done`` names the deed just finished."""
    page = ticket_page(visit, number, done=done)
    if visit.request.cookies.get(GIVEN_COOKIE):
        page.delete_cookie(GIVEN_COOKIE, path=cookie_path(visit.request))
    return page


@needs(VIEW)
@by(Way.PAGE, is_refresh=True)
def talk(number: str, visit: Visited, version: int = 0) -> Response:
    """Conversation and history as they are now; ``version`` is what the page around them shows."""
    detail = visit.runtime.tickets.get(visit.actor, number)
    changed = detail.ticket.version != version
    return visit.page("ticket_talk.html", shared=parts_of(detail), version=version, changed=changed)


def doing(deed: Deed) -> Callable[[str, Visit, Typed], Response]:
    """The address that does ``deed``: done it leads on, refused it shows the page with what was typed."""

    @needs(deed.name)
    def do(number: str, visit: Visited, typed: TypedForm) -> Response:
        try:
            after = deed.do(visit.runtime.tickets, visit.actor, number, typed)
        except TicketingError as fault:
            return ticket_page(visit, number, refusal=refusal_in(visit, deed.name, fault, typed))
        still_seen = visit.runtime.permissions.may(visit.actor, VIEW, after)
        return visit.go(f"/tickets/{number}?done={deed.name}" if still_seen else f"/queue?done={deed.name}")

    return do


def refusal_in(visit: Visit, deed: str, fault: TicketingError, typed: Typed) -> Refusal:
    """A fault as the ticket's page shows it; ``deed`` names the form it came from."""
    status = status_of(fault)
    return Refusal(
        deed=deed,
        sentence=sentence_of(visit.runtime.texts, fault),
        status=status,
        typed=typed,
        is_conflict=status is HTTPStatus.CONFLICT,
    )


def ticket_page(visit: Visit, number: str, *, done: str = "", refusal: Refusal | None = None) -> Response:
    """The whole page."""
    detail = visit.runtime.tickets.get(visit.actor, number)
    typed = NOTHING if refusal is None else refusal.typed
    deeds = offered(detail, visit.runtime.permissions, visit.actor)
    return visit.page(
        "ticket.html",
        status=HTTPStatus.OK if refusal is None else refusal.status,
        shared=parts_of(detail),
        version=detail.ticket.version,
        changed=False,
        done=done,
        refusal=refusal,
        missed=missed(detail, typed) if refusal and refusal.is_conflict else (),
        typed=typed,
        deeds={place: [deed for deed in deeds if deed.prominence is place] for place in Prominence},
        kept_elsewhere=refusal is not None and refusal.deed not in {deed.name for deed in deeds},
        unit_groups=grouped(visit.runtime.catalogue, visit.runtime.catalogue.units()),
        must_report=detail.ticket.category is Category.CHILD_PROTECTION,
        given=given_code(visit, number),
        order_categories=visit.runtime.ordering.rules.categories,
        told=told_in(detail.ticket),
        closures=detail.closures,
        times=visit.runtime.timing.sheet(visit.actor, number),
        time_rights={
            one for one in TIME_RIGHTS if visit.runtime.permissions.may(visit.actor, one, detail.ticket)
        },
        workdays_max=visit.runtime.office.care.timing.workdays_max,
        is_open=detail.ticket.status in OPEN,
        joined=visit.runtime.repeats.joined(visit.actor, number),
        may_part=visit.runtime.permissions.may(visit.actor, UNMERGE, detail.ticket),
        referrals=detail.referrals,
        file_parts=detail.file_parts,
        may_refer=Move.REFER in detail.moves,
        contacted=any(event.kind in {"reply", "contacted"} for event in detail.events),
    )


def given_code(visit: Visit, number: str) -> str:
    """The tracking code, on the first look at a ticket this person has just filed; else empty."""
    given, _, code = visit.request.cookies.get(GIVEN_COOKIE, "").partition(":")
    return code if given == number else ""


def told_in(ticket: TicketView) -> tuple[tuple[str, str], ...]:
    """What was reported: in the reporter's own words first, then place, persons and time."""
    names = dict.fromkeys([Field.DETAIL.value, *Field, *ticket.fields])
    return tuple(
        (name, ticket.fields[name]) for name in names if ticket.fields.get(name) and name not in MARKS
    )


def pictures_in(detail: TicketDetail) -> tuple[AttachmentView, ...]:
    """The newest pictures the reporter sent, newest first."""
    files = (line.attachment for line in reversed(detail.messages))
    shown = [file for file in files if file is not None and file.shown_as == "picture"]
    return tuple(shown[:PICTURES_SHOWN])


def other_files_in(detail: TicketDetail) -> tuple[tuple[str, int], ...]:
    """How many files of each sort there are that are not shown as pictures, here yet or not."""
    files = [line.attachment for line in detail.messages if line.attachment is not None]
    return tuple(Counter(file.sort.value for file in files if file.shown_as != "picture").items())


def parts_of(detail: TicketDetail) -> dict[str, object]:
    """What both the page and its moving part show."""
    return {
        "ticket": detail.ticket,
        "lines": detail.messages,
        "pictures": pictures_in(detail),
        "other_files": other_files_in(detail),
        "events": tuple(reversed(detail.events)),
        "seen": max((event.id for event in detail.events), default=0),
    }


def missed(detail: TicketDetail, typed: Typed) -> tuple[TicketEvent, ...]:
    """What happened since the page was fetched on which the person was typing."""
    seen = typed.number("seen")
    return () if seen is None else tuple(event for event in detail.events if event.id > seen)
