"""Logging in and out, and a person's own account."""

import secrets
from http import HTTPStatus

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticketing.console.browser import (
    GUEST_COOKIE,
    SESSION_COOKIE,
    base_of,
    cookie_path,
    csrf_of,
    is_secure,
    session_token,
)
from ticketing.console.errors import status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import LOGGED_IN, PUBLIC, needs
from ticketing.console.pages import Shown
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.visit import Console, Consoled, Visited
from ticketing.domain.errors import TicketingError
from ticketing.services.accounts import SESSION_LASTS


def add_session_pages(app: FastAPI) -> None:
    """Register login, logout and account."""
    app.add_api_route("/login", login_page, methods=["GET"])
    app.add_api_route("/login", log_in, methods=["POST"])
    app.add_api_route("/logout", log_out, methods=["POST"])
    app.add_api_route("/account", account, methods=["GET"])
    app.add_api_route("/account/bind", bind, methods=["POST"])


@needs(PUBLIC)
def login_page(request: Request, console: Consoled) -> Response:
    """Ask for user name and password."""
    return ask(request, console)


@needs(PUBLIC)
def log_in(request: Request, console: Consoled, typed: TypedForm) -> Response:
    """Open a session, or ask again with the reason."""
    try:
        token = console.runtime.staff.login(typed.text("username"), typed.values.get("password", ""))
    except TicketingError as fault:
        sentence = sentence_of(console.runtime.texts, fault)
        return ask(request, console, typed=typed, sentence=sentence, status=status_of(fault))
    path = base_of(request) + safe_path(typed.text("next"))
    answer = RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
    give_cookie(request, answer, SESSION_COOKIE, token)
    return answer


@needs(LOGGED_IN)
def log_out(visit: Visited) -> Response:
    """Close the session here and on the server."""
    visit.runtime.staff.logout(session_token(visit.request))
    answer = visit.go("/login")
    answer.delete_cookie(SESSION_COOKIE, path=cookie_path(visit.request))
    return answer


@needs(LOGGED_IN)
def account(visit: Visited) -> Response:
    """Who one is here, and how to tie one's Telegram."""
    return visit.page("account.html", code="", unit=visit.runtime.catalogue.name(visit.actor.unit))


@needs(LOGGED_IN)
def bind(visit: Visited) -> Response:
    """Show a one-time code, this once."""
    code = visit.runtime.staff.bind_code(visit.actor)
    return visit.page("account.html", code=code, unit=visit.runtime.catalogue.name(visit.actor.unit))


def ask(
    request: Request,
    console: Console,
    *,
    typed: Typed = NOTHING,
    sentence: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The login page; a browser without one gets the seed of its token."""
    seed = request.cookies.get(GUEST_COOKIE) or secrets.token_urlsafe(16)
    parts = {
        "csrf": csrf_of(request, console.runtime.settings.secret, guest_seed=seed),
        "username": typed.text("username"),
        "sentence": sentence,
        "next": safe_path(typed.text("next") or request.query_params.get("next", "")),
    }
    answer = console.pages.render(request, "login.html", Shown(parts=parts, status=status))
    give_cookie(request, answer, GUEST_COOKIE, seed)
    return answer


def give_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    """A cookie no script can read and no other site can send along with a form."""
    answer.set_cookie(
        name,
        value,
        max_age=int(SESSION_LASTS.total_seconds()),
        path=cookie_path(request),
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def safe_path(path: str) -> str:
    """A path inside the console; the start page for anything that could lead elsewhere."""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if inside and path.isprintable() else "/"
