"""One request of one logged-in person, and how it is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ticketing.bootstrap import Runtime
from ticketing.console.browser import GUEST_COOKIE, base_of, csrf_of, session_token
from ticketing.console.errors import CsrfRefused, FormTooLarge
from ticketing.console.pages import Pages, Part, Shown
from ticketing.console.reads import ReadLog, subjects_in
from ticketing.console.typed import CSRF_FIELD, fits, is_short, keep_typed
from ticketing.domain.errors import NotLoggedIn
from ticketing.domain.reads import Subject
from ticketing.domain.staff import Actor

#: The largest id the database can hold.
ID_MAX = 2**63 - 1
NONE_SHARED: Mapping[str, Part] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Console:
    """What the application keeps for its requests."""

    runtime: Runtime
    pages: Pages
    reads: ReadLog


@dataclass(frozen=True, slots=True)
class Visit:
    """A logged-in person's request."""

    runtime: Runtime
    pages: Pages
    request: Request
    actor: Actor
    reads: ReadLog

    def page(
        self,
        template: str,
        *,
        shared: Mapping[str, Part] = NONE_SHARED,
        status: HTTPStatus = HTTPStatus.OK,
        **parts: Part,
    ) -> HTMLResponse:
        """A page or a fragment of one; ``shared`` are parts that both show.

        Whom it is about is written down before it is made; where no part tells that by itself, the page gives
        subjects as a part named ``about``.
        """
        everything = {**shared, **parts}
        self.showing(subjects_in(everything))
        shown = Shown(actor=self.actor, parts=everything, status=status)
        return self.pages.render(self.request, template, shown)

    def showing(self, subjects: Iterable[Subject]) -> None:
        """Write down what an answer that is no page is about to show; StorageUnavailable."""
        self.reads.shown(self.request, self.actor, subjects)

    def go(self, path: str) -> Response:
        """Answer a form: show ``path`` next, so that reloading does not send the form again."""
        return RedirectResponse(base_of(self.request) + path, status_code=HTTPStatus.SEE_OTHER)

    def may_ever(self, permission: str) -> bool:
        """Whether the person could have this permission for something."""
        return self.runtime.permissions.may_ever(self.actor, permission)


def console_of(request: Request) -> Console:
    """What create_console put into the application."""
    console: Console = request.app.state.console
    return console


def visit_of(request: Request) -> Visit:
    """The visit of this request; NotLoggedIn unless the gate found the person."""
    actor = getattr(request.state, "actor", None)
    if not isinstance(actor, Actor):
        raise NotLoggedIn
    console = console_of(request)
    return Visit(console.runtime, console.pages, request, actor, console.reads)


#: For pages behind the login.
Visited = Annotated[Visit, Depends(visit_of)]
#: For pages before it.
Consoled = Annotated[Console, Depends(console_of)]


async def check_csrf(request: Request) -> None:
    """For every request that changes something; CsrfRefused without the token of this browser's forms."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if not is_short(request):
        raise FormTooLarge
    typed = await keep_typed(request)
    seeded = session_token(request) or request.cookies.get(GUEST_COOKIE)
    secret = console_of(request).runtime.settings.secret
    if not seeded or not fits(csrf_of(request, secret), typed.text(CSRF_FIELD)):
        raise CsrfRefused
