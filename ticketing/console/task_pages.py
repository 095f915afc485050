"""What is to be done by when, and the calls that nobody answered."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.typed import NOTHING, Typed, TypedForm, instant_of
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import TaskNotFound, TicketingError
from ticketing.domain.reads import Way
from ticketing.domain.tasks import MissedCall
from ticketing.services.tasks import LOG_CALL, PROVED_ELSEWHERE, WORK


def add_task_pages(app: FastAPI) -> None:
    """Register the list and the form for missed calls."""
    app.add_api_route("/tasks", tasks, methods=["GET"])
    app.add_api_route("/tasks/{task_id}", finish, methods=["POST"])
    app.add_api_route("/calls/missed", ask, methods=["GET"])
    app.add_api_route("/calls/missed", log, methods=["POST"])


@needs(WORK)
@by(Way.LIST)
def tasks(visit: Visited, done: str = "") -> Response:
    """The list; ``done`` names what was just finished."""
    return list_page(visit, done=done)


@needs(WORK)
def finish(task_id: int, visit: Visited, typed: TypedForm) -> Response:
    """Say what came of a task."""
    try:
        if not 0 < task_id <= ID_MAX:
            raise TaskNotFound
        visit.runtime.tasks.finish(visit.actor, task_id, outcome=typed.text("outcome"))
    except TicketingError as fault:
        return list_page(visit, fault=fault, typed=typed)
    return visit.go("/tasks?done=task")


@needs(LOG_CALL)
def ask(visit: Visited) -> Response:
    """An empty form for a missed call."""
    return call_page(visit)


@needs(LOG_CALL)
def log(visit: Visited, typed: TypedForm) -> Response:
    """Write a missed call down."""
    try:
        call = MissedCall(
            contact=typed.text("contact"),
            called_at=instant_of(typed.text("called_at"), field="called_at"),
            text=typed.text("text"),
        )
        visit.runtime.tasks.missed_call(visit.actor, call)
    except TicketingError as fault:
        return call_page(visit, fault=fault, typed=typed)
    return visit.go("/tasks?done=missed_call")


def list_page(
    visit: Visit, *, done: str = "", fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """Open tasks, the longest due first."""
    return visit.page(
        "tasks.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        tasks=visit.runtime.tasks.open(visit.actor),
        proved_elsewhere=PROVED_ELSEWHERE,
        done=done,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )


def call_page(visit: Visit, *, fault: TicketingError | None = None, typed: Typed = NOTHING) -> Response:
    """The form for a missed call."""
    now = visit.runtime.clock.now().astimezone(BEIJING)
    return visit.page(
        "missed_call.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        latest=now.strftime("%Y-%m-%dT%H:%M"),
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )
