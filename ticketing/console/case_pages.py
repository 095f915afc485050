"""The page of a case: the duty to report, signatures, filled-in forms, what is still to be done."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import PageNotFound, status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import NOTHING, Typed, TypedForm, instant_of
from ticketing.console.visit import Visit, Visited
from ticketing.domain.casework import PoliceReport
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import TicketingError
from ticketing.domain.ticket import TicketView

VIEW = "view_ticket"

type Do = Callable[[Visit, str, Typed], TicketView]


def add_case_pages(app: FastAPI) -> None:
    """Register the page, its forms, and the addresses that take them."""
    app.add_api_route("/tickets/{number}/case", show, methods=["GET"])
    for name, permission, do in ACTS:
        app.add_api_route(f"/tickets/{{number}}/case/{name}", doing(permission, do), methods=["POST"])
    app.add_api_route("/tickets/{number}/records/{form}", ask, methods=["GET"])
    app.add_api_route("/tickets/{number}/records/{form}", keep, methods=["POST"])


@needs(VIEW)
def show(number: str, visit: Visited, done: str = "") -> Response:
    """The page; ``done`` names what was just recorded."""
    return case_page(visit, number, done=done)


def doing(permission: str, do: Do) -> Callable[[str, Visit, Typed], Response]:
    """The address that records one thing: refused, the page comes back with what was typed."""

    @needs(permission)
    def act(number: str, visit: Visited, typed: TypedForm) -> Response:
        try:
            do(visit, number, typed)
        except TicketingError as fault:
            return case_page(visit, number, fault=fault, typed=typed)
        return visit.go(f"/tickets/{number}/case?done={permission}")

    return act


def report_police(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Record the report that was made."""
    report = PoliceReport(
        reported_at=instant_of(typed.text("reported_at"), field="reported_at"),
        receiver=typed.text("receiver"),
        receipt=typed.text("receipt"),
        situation=typed.text("situation"),
    )
    return visit.runtime.child_cases.report_police(visit.actor, number, report)


def ask_waiver(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Ask a colleague to sign."""
    return visit.runtime.child_cases.ask_waiver(visit.actor, number, reason=typed.text("reason"))


def sign_waiver(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Sign a colleague's reason."""
    return visit.runtime.child_cases.sign_waiver(
        visit.actor, number, waiver_id=typed.number("waiver") or 0, reason=typed.text("signed_reason")
    )


def mark_minor(visit: Visit, number: str, _: Typed) -> TicketView:
    """Note that the person concerned is under 18."""
    return visit.runtime.child_cases.mark_minor(visit.actor, number)


def mark_situation(visit: Visit, number: str, typed: Typed) -> TicketView:
    """Note under which of the nine situations it falls."""
    return visit.runtime.child_cases.mark_situation(visit.actor, number, situation=typed.text("situation"))


def ask_decision(visit: Visit, number: str, _: Typed) -> TicketView:
    """Note that nobody can care for the child."""
    return visit.runtime.child_cases.ask_decision(visit.actor, number)


ACTS: tuple[tuple[str, str, Do], ...] = (
    ("police", "report_police", report_police),
    ("waiver", "ask_waiver", ask_waiver),
    ("sign", "sign_waiver", sign_waiver),
    ("minor", "write_record", mark_minor),
    ("situation", "write_record", mark_situation),
    ("no_carer", "write_record", ask_decision),
)


@needs("write_record")
def ask(number: str, form: str, visit: Visited) -> Response:
    """One empty form."""
    return form_page(visit, number, form)


@needs("write_record")
def keep(number: str, form: str, visit: Visited, typed: TypedForm) -> Response:
    """Keep a filled-in form."""
    try:
        visit.runtime.child_cases.write_record(visit.actor, number, form=form, answers=typed.values)
    except TicketingError as fault:
        return form_page(visit, number, form, fault=fault, typed=typed)
    return visit.go(f"/tickets/{number}/case?done=write_record")


def case_page(
    visit: Visit, number: str, *, done: str = "", fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """The whole page."""
    cases = visit.runtime.child_cases
    file = cases.get(visit.actor, number)
    may = visit.runtime.permissions.may
    now = visit.runtime.clock.now()
    return visit.page(
        "case.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        file=file,
        ticket=file.ticket,
        rules=cases.rules,
        forms=cases.forms,
        granted={name for _, name, _ in ACTS if may(visit.actor, name, file.ticket)},
        waited=None if file.claimed_at is None else visit.pages.wording.span(now - file.claimed_at),
        latest=now.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"),
        done=done,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )


def form_page(
    visit: Visit, number: str, form: str, *, fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """One form, with what was typed before."""
    cases = visit.runtime.child_cases
    if form not in cases.forms:
        raise PageNotFound
    return visit.page(
        "case_form.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        ticket=cases.get(visit.actor, number).ticket,
        form=cases.forms[form],
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )
