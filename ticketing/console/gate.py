"""The console's one gate: no page without a declared permission, none without the person who has it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import unquote_plus, urlencode

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ticketing.bootstrap import Runtime
from ticketing.console.browser import base_of, is_fragment, session_token
from ticketing.console.errors import PageNotFound
from ticketing.console.fault_pages import FaultPages
from ticketing.console.typed import NUL, keep_typed
from ticketing.domain.errors import NotLoggedIn, NotPermitted, TicketingError

#: May be opened without a login.
PUBLIC = "public"
#: Any member of staff.
LOGGED_IN = "logged_in"
#: Files of ours, the same for everyone.
PUBLIC_MOUNTS = frozenset({"static"})
_MARK = "console_permission"

log = logging.getLogger(__name__)


class Routed(Protocol):
    """The application behind the gate."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """In the order in which they are tried."""
        ...


def needs[Endpoint: Callable[..., object]](permission: str) -> Callable[[Endpoint], Endpoint]:
    """Declare what a page asks of its visitor: a permission of the table, PUBLIC or LOGGED_IN.

    The gate lets in who could ever have it; the service then checks it against the one ticket.
    """

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, permission)
        return endpoint

    return declare


def declared(route: BaseRoute) -> str | None:
    """The permission a route declares; None when it declares none."""
    if isinstance(route, Mount):
        return PUBLIC if route.name in PUBLIC_MOUNTS else None
    permission = getattr(getattr(route, "endpoint", None), _MARK, None)
    return permission if isinstance(permission, str) else None


def asked_in(route: BaseRoute | None, scope: Scope) -> Mapping[str, object]:
    """What an address names, as text: the framework turns it into numbers only behind the gate."""
    if route is None:
        return {}
    named: Mapping[str, object] = route.matches(scope)[1].get("path_params", {})
    return named


class Gate:
    """Middleware: finds the route, refuses the undeclared, fetches the person, asks the table."""

    def __init__(self, app: ASGIApp, *, routed: Routed, runtime: Runtime, faults: FaultPages) -> None:
        """Guard the routes of ``routed``, also those added later."""
        self._app = app
        self._routed = routed
        self._runtime = runtime
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass, or answer with the fault."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            await run_in_threadpool(self._admit, request)
        except TicketingError as fault:
            await keep_typed(request)
            answer = await run_in_threadpool(self._refusal, request, fault)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _admit(self, request: Request) -> None:
        if NUL in request.url.path + unquote_plus(request.url.query):
            raise PageNotFound
        route = self._route(request.scope)
        request.state.route, request.state.asked = route, asked_in(route, request.scope)
        permission = PUBLIC if route is None else declared(route)
        if permission is None:
            log.error("route without a permission refused: %s", getattr(route, "path", "?"))
            raise NotPermitted(permission="undeclared")
        if permission == PUBLIC:
            return
        actor = self._runtime.staff.actor_of_session(session_token(request))
        request.state.actor = actor
        if permission != LOGGED_IN and not self._runtime.permissions.may_ever(actor, permission):
            raise NotPermitted(permission=permission)

    def _refusal(self, request: Request, fault: TicketingError) -> Response:
        """A page opened without a login leads to the login and from there back to the page."""
        if isinstance(fault, NotLoggedIn) and request.method == "GET" and not is_fragment(request):
            query = f"?{request.url.query}" if request.url.query else ""
            wanted = request.url.path.removeprefix(base_of(request)) + query
            return RedirectResponse(f"{base_of(request)}/login?{urlencode({'next': wanted})}")
        return self._faults.of(request, fault)

    def _route(self, scope: Scope) -> BaseRoute | None:
        """The route that will answer; None where the application will say that there is none."""
        return next((r for r in self._routed.routes if r.matches(scope)[0] is Match.FULL), None)
