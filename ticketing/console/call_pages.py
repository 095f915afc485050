"""Entering a telephone call as a ticket."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.browser import GIVEN_COOKIE, cookie_path, is_secure
from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.visit import Visit, Visited
from ticketing.domain.errors import BadInput, TicketingError
from ticketing.domain.ticket import PhoneReport
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk

FILE = "file_ticket"
#: Long enough to read number and code to the caller.
GIVEN_LASTS_S = 600


def add_call_pages(app: FastAPI) -> None:
    """Register the form and its address."""
    app.add_api_route("/calls/new", form, methods=["GET"])
    app.add_api_route("/calls/new", file, methods=["POST"])


@needs(FILE)
def form(visit: Visited) -> Response:
    """An empty form."""
    return ask(visit)


@needs(FILE)
def file(visit: Visited, typed: TypedForm) -> Response:
    """File the call and lead to its ticket, where number and code can be read out."""
    try:
        given = visit.runtime.tickets.file(visit.actor, report_of(typed))
    except TicketingError as fault:
        sentence = sentence_of(visit.runtime.texts, fault)
        return ask(visit, typed=typed, sentence=sentence, status=status_of(fault))
    answer = visit.go(f"/tickets/{given.number}?done=file")
    answer.set_cookie(
        GIVEN_COOKIE,
        f"{given.number}:{given.code}",
        max_age=GIVEN_LASTS_S,
        path=cookie_path(visit.request),
        secure=is_secure(visit.request),
        httponly=True,
        samesite="lax",
    )
    return answer


def report_of(typed: Typed) -> PhoneReport:
    """What was taken down; BadInput names the first thing missing."""
    if typed.text("category") not in set(Category):
        raise BadInput(field="category")
    if typed.text("risk") not in set(Risk):
        raise BadInput(field="risk")
    return PhoneReport(
        category=Category(typed.text("category")),
        risk=Risk(typed.text("risk")),
        text=typed.text("text"),
        place=typed.text("place"),
        contact=typed.text("contact"),
        who=typed.text("who"),
        anonymous=typed.text("anonymous") == "yes",
    )


def ask(
    visit: Visit, *, typed: Typed = NOTHING, sentence: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """The form, with what was typed before."""
    return visit.page(
        "call.html",
        status=status,
        typed=typed,
        sentence=sentence,
        categories=tuple(Category),
        at_risk=AT_RISK_CATEGORIES,
        risks=tuple(Risk),
        towns=visit.runtime.gazetteer.towns(),
    )
