"""Pages for what went wrong: the sentence, what to do next, and everything the person had typed."""

import logging
import secrets
import traceback
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticketing.console.browser import is_fragment
from ticketing.console.errors import status_of
from ticketing.console.pages import Pages, Part, Shown
from ticketing.console.reads import ReadLog
from ticketing.console.typed import typed_of
from ticketing.domain.errors import StorageUnavailable, TicketingError
from ticketing.domain.staff import Actor
from ticketing.texts import Texts

log = logging.getLogger(__name__)


class FaultPages:
    """Answers for faults, whole pages or fragments as asked."""

    def __init__(self, pages: Pages, texts: Texts, reads: ReadLog) -> None:
        """Find sentences in ``texts``; keep in ``reads`` who was refused what."""
        self._pages = pages
        self._texts = texts
        self._reads = reads

    def of(self, request: Request, fault: TicketingError) -> Response:
        """The answer to an expected fault; one that is not the person's gets an incident number."""
        try:
            self._reads.refused(request, fault)
        except StorageUnavailable as away:
            fault = away
        status = status_of(fault)
        log.warning("%s %s: %s", status.value, request.scope.get("path"), fault.code)
        incident = new_incident(fault) if status is HTTPStatus.INTERNAL_SERVER_ERROR else ""
        return self._answer(request, fault, status=status, incident=incident)

    def unexpected(self, request: Request, error: Exception) -> Response:
        """The answer to an error of ours; its details are in the log under the incident number."""
        fault = TicketingError()
        return self._answer(
            request, fault, status=HTTPStatus.INTERNAL_SERVER_ERROR, incident=new_incident(error)
        )

    def _answer(
        self, request: Request, fault: TicketingError, *, status: HTTPStatus, incident: str
    ) -> Response:
        actor = getattr(request.state, "actor", None)
        parts: dict[str, Part] = {
            "code": fault.code,
            "sentence": sentence_of(self._texts, fault),
            "incident": incident,
            "words": typed_of(request).words,
            "url": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        }
        shown = Shown(actor=actor if isinstance(actor, Actor) else None, parts=parts, status=status)
        template = "fault_fragment.html" if is_fragment(request) else "fault.html"
        return self._pages.render(request, template, shown)


def sentence_of(texts: Texts, fault: TicketingError) -> str:
    """What people are told of a fault."""
    key = f"errors.{fault.code}"
    return texts.get(key if texts.has(key) else "errors.fault", **fault.params)


def new_incident(error: Exception) -> str:
    """A number to ask for, under which the log has kind and place of the error.

    The error's own message is left out: a database puts the values of the row into it.
    """
    incident = secrets.token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("incident %s: %s\n%s", incident, type(error).__name__, frames)
    return incident


class Unexpected(Protocol):
    """Whoever answers for errors of ours."""

    def unexpected(self, request: Request, error: Exception) -> Response:
        """The answer to give."""
        ...


class Edge:
    """Middleware: the only place of the pages it is put around that catches everything."""

    def __init__(self, app: ASGIApp, *, faults: Unexpected) -> None:
        """Answer for whatever ``app`` does not."""
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; an error before the first byte becomes a page, one after it goes up."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await self._faults.unexpected(Request(scope), error)(scope, receive, send)
