"""The staff console as one application, to be mounted beside the residents' pages."""

from http import HTTPStatus

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ticketing.bootstrap import Runtime
from ticketing.console.attachment_pages import add_attachment_pages
from ticketing.console.call_pages import add_call_pages
from ticketing.console.case_pages import add_case_pages
from ticketing.console.chat_pages import add_chat_pages
from ticketing.console.dispatch_pages import add_dispatch_pages
from ticketing.console.errors import PageNotFound
from ticketing.console.fault_pages import Edge, FaultPages
from ticketing.console.figure_pages import add_figure_pages
from ticketing.console.form_pages import add_form_pages
from ticketing.console.gate import Gate
from ticketing.console.headers import SecurityHeaders
from ticketing.console.knowledge_pages import add_knowledge_pages
from ticketing.console.look_pages import add_look_pages
from ticketing.console.model_pages import add_model_pages
from ticketing.console.month_pages import add_month_pages
from ticketing.console.objection_pages import add_objection_pages
from ticketing.console.order_pages import add_order_pages
from ticketing.console.pages import STATIC, Pages
from ticketing.console.pool_pages import add_pool_pages
from ticketing.console.quality_pages import add_quality_pages
from ticketing.console.question_pages import add_question_pages
from ticketing.console.queue_pages import add_queue_pages
from ticketing.console.read_pages import add_read_pages
from ticketing.console.reads import ReadLog
from ticketing.console.referral_pages import add_referral_pages
from ticketing.console.repeat_pages import add_repeat_pages
from ticketing.console.session_pages import add_session_pages
from ticketing.console.sheet_pages import add_sheet_pages
from ticketing.console.staff_pages import add_staff_pages
from ticketing.console.task_pages import add_task_pages
from ticketing.console.ticket_pages import add_ticket_pages
from ticketing.console.timing_pages import add_timing_pages
from ticketing.console.visit import Console, check_csrf
from ticketing.domain.errors import BadInput, TicketingError

#: Between the longest form and this a page of ours says that it is too long; above, the framework does.
BODY_BYTES_MAX = 20_000_000

SECTIONS = (
    add_session_pages,
    add_queue_pages,
    add_order_pages,
    add_pool_pages,
    add_ticket_pages,
    add_repeat_pages,
    add_timing_pages,
    add_quality_pages,
    add_case_pages,
    add_referral_pages,
    add_objection_pages,
    add_dispatch_pages,
    add_task_pages,
    add_call_pages,
    add_chat_pages,
    add_attachment_pages,
    add_look_pages,
    add_figure_pages,
    add_month_pages,
    add_read_pages,
    add_staff_pages,
    add_knowledge_pages,
    add_sheet_pages,
    add_model_pages,
    add_question_pages,
    add_form_pages,
)


def create_console(runtime: Runtime) -> FastAPI:
    """All pages of staff on ``runtime``; paths are relative to wherever it is mounted.

    From the outside in: headers, the edge that catches everything, the gate that knows the person and
    the permission, then the pages.
    """
    pages, reads = Pages(runtime), ReadLog(runtime)
    faults = FaultPages(pages, runtime.texts, reads)
    app = FastAPI(
        openapi_url=None,
        dependencies=[Depends(check_csrf)],
        max_body_size=BODY_BYTES_MAX,
        # Addresses of pages name tickets: nothing of them goes to a tracing system by itself.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.console = Console(runtime, pages, reads)
    for add_section in SECTIONS:
        add_section(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    answer_faults(app, faults)
    # The last one added is the outermost.
    app.add_middleware(Gate, routed=app, runtime=runtime, faults=faults)
    app.add_middleware(Edge, faults=faults)
    app.add_middleware(SecurityHeaders)
    return app


def answer_faults(app: FastAPI, faults: FaultPages) -> None:
    """Turn faults raised by pages and by the framework into pages of their own."""

    def on_fault(request: Request, error: Exception) -> Response:
        return faults.of(request, fault_of(error))

    for kind in (TicketingError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, on_fault)


def fault_of(error: Exception) -> TicketingError:
    """The framework's complaint in the console's own words."""
    if isinstance(error, TicketingError):
        return error
    too_long = isinstance(error, HTTPException) and error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return BadInput(field="form") if too_long else PageNotFound()
