"""What residents see when something goes wrong: a kind sentence, a stable code, and the numbers to call."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from jinja2 import Environment
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.webchat_errors import MessageTooLong, fault_of, status_of
from ticketing.console.fault_pages import Edge as CatchAll
from ticketing.console.fault_pages import new_incident, sentence_of
from ticketing.domain.errors import TicketingError
from ticketing.texts import Texts

log = logging.getLogger(__name__)


class Faults:
    """Answers for faults, as JSON for scripts and as a page for people."""

    def __init__(self, texts: Texts, templates: Environment) -> None:
        """Find sentences in ``texts``."""
        self._texts = texts
        self._templates = templates

    def answer(self, request: Request, error: Exception) -> Response:
        """The answer to an expected fault; one that is not the person's gets an incident number."""
        fault = fault_of(error)
        status = status_of(fault)
        log.info("%s %s", status.value, fault.code)
        incident = new_incident(error) if status is HTTPStatus.INTERNAL_SERVER_ERROR else ""
        return self._answer(request, fault, status=status, incident=incident)

    def unexpected(self, request: Request, error: Exception) -> Response:
        """The answer to an error of ours; its place is in the log under the incident number."""
        fault = TicketingError()
        return self._answer(
            request, fault, status=HTTPStatus.INTERNAL_SERVER_ERROR, incident=new_incident(error)
        )

    def _answer(
        self, request: Request, fault: TicketingError, *, status: HTTPStatus, incident: str
    ) -> Response:
        sentence = sentence_of(self._texts, fault)
        if "/api/" in request.scope["path"]:
            told = {"code": fault.code, "message": sentence, "incident": incident}
            return JSONResponse({"error": told}, status_code=status)
        page = self._templates.get_template("fault.html").render(
            code=fault.code,
            sentence=sentence,
            incident=incident,
            typed=getattr(request.state, "typed", ""),
            message_id=secrets.token_hex(16),
        )
        return HTMLResponse(page, status_code=status)


class Edge:
    """Middleware: refuses what is too long before it is read, and catches everything."""

    def __init__(
        self, app: ASGIApp, *, faults: Faults, body_bytes_max: int, larger: Mapping[str, int]
    ) -> None:
        """Answer for whatever ``app`` does not, and for bodies that say they are longer than the limit.

        ``larger`` has the limits of addresses that take more.
        """
        self._inside = CatchAll(app, faults=faults)
        self._faults = faults
        self._body_bytes_max = body_bytes_max
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is short enough."""
        if scope["type"] == "http" and self._is_too_long(scope):
            await self._faults.answer(Request(scope), MessageTooLong(limit=0))(scope, receive, send)
            return
        await self._inside(scope, receive, send)

    def _is_too_long(self, scope: Scope) -> bool:
        length = Headers(scope=scope).get("content-length", "0")
        return length.isdecimal() and int(length) > self._larger.get(scope["path"], self._body_bytes_max)
