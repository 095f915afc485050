"""Who gets into the staff console and how far (T-30), and what the browser is forbidden."""

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route

from tests.factories import a_member
from tests.integration.console_desk import CITY, browser, desk_of, log_in, mounted, post, token_in
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console
from ticketing.console.gate import PUBLIC, PUBLIC_MOUNTS, declared
from ticketing.console.pages import STATIC
from ticketing.domain.permissions import PERMISSIONS
from ticketing.domain.staff import Role

#: Opened without a login, and nothing else is.
OPEN_TO_ALL = {("GET", "/login"), ("POST", "/login")}


def test_a_page_leads_a_stranger_to_the_login_and_from_there_back(runtime: Runtime) -> None:
    actor = a_member(runtime)
    client = browser(runtime)

    refused = client.get("/console/queue?scope=mine")
    opened = log_in(client, actor.username, next="/queue?scope=mine")

    assert refused.headers["location"] == "/console/login?next=%2Fqueue%3Fscope%3Dmine"
    assert opened.headers["location"] == "/console/queue?scope=mine"
    assert client.get("/console/queue").status_code == HTTPStatus.OK


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"])
def test_a_login_never_leads_out_of_the_console(runtime: Runtime, path: str) -> None:
    actor = a_member(runtime)

    assert log_in(browser(runtime), actor.username, next=path).headers["location"] == "/console/"


def test_a_wrong_password_keeps_the_user_name_and_tells_nothing_else(runtime: Runtime) -> None:
    actor = a_member(runtime)

    wrong = log_in(browser(runtime), actor.username, "wrong-password")
    nobody = log_in(browser(runtime), "nobody", "wrong-password")

    assert wrong.status_code == nobody.status_code == HTTPStatus.UNAUTHORIZED
    assert f'value="{actor.username}"' in wrong.text
    assert "wrong-password" not in wrong.text
    assert "用户名或密码不对" in wrong.text
    assert "用户名或密码不对" in nobody.text


def test_after_five_failures_the_login_says_when_to_try_again(runtime: Runtime) -> None:
    actor = a_member(runtime)
    client = browser(runtime)

    for _ in range(5):
        log_in(client, actor.username, "wrong-password")
    throttled = log_in(client, actor.username)

    assert throttled.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "10 分钟后再试" in throttled.text


@pytest.mark.parametrize(
    ("base_url", "is_secure"), [("http://testserver", False), ("https://testserver", True)]
)
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    runtime: Runtime, base_url: str, is_secure: bool
) -> None:
    actor = a_member(runtime)

    cookie = log_in(browser(runtime, base_url=base_url), actor.username).headers["set-cookie"]

    assert cookie.startswith("hotline_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/console" in cookie
    assert ("Secure" in cookie) is is_secure


def test_a_logout_ends_the_session_on_the_server(runtime: Runtime) -> None:
    client = desk_of(runtime, a_member(runtime))
    session = client.cookies["hotline_session"]

    post(client, "/logout")
    client.cookies.set("hotline_session", session, path="/console")

    assert client.get("/console/queue").headers["location"].startswith("/console/login")


def routes(app: FastAPI) -> list[tuple[str, BaseRoute]]:
    """Every route of the console with its method."""
    return [
        (method, route)
        for route in app.routes
        for method in (route.methods or {"GET"} if isinstance(route, Route) else {"GET"})
        if method != "HEAD"
    ]


def test_every_route_declares_a_permission_of_the_table(runtime: Runtime) -> None:
    known = PERMISSIONS | {"public", "logged_in"}

    undeclared = [route for _, route in routes(create_console(runtime)) if declared(route) not in known]

    assert undeclared == []


def test_only_the_login_and_our_files_are_open_to_all(runtime: Runtime) -> None:
    public = {
        (method, str(getattr(route, "path", "")))
        for method, route in routes(create_console(runtime))
        if declared(route) == PUBLIC
    }

    assert public - {("GET", f"/{name}") for name in PUBLIC_MOUNTS} == OPEN_TO_ALL


def test_no_page_behind_the_login_answers_a_stranger(runtime: Runtime) -> None:
    app = create_console(runtime)
    client = TestClient(mounted(app), follow_redirects=False)

    for method, route in routes(app):
        path = re.sub(r"{\w+}", "1", str(getattr(route, "path", "")))
        answer = client.request(method, f"/console{path}")
        if declared(route) != PUBLIC:
            to_login = str(answer.headers.get("location", "")).startswith("/console/login")
            assert to_login or answer.status_code == HTTPStatus.UNAUTHORIZED, path


def seeded(runtime: Runtime, add: Callable[[FastAPI], object]) -> Response:
    """What an admin gets of a route somebody forgot to declare."""
    app = create_console(runtime)
    add(app)
    client = TestClient(mounted(app), follow_redirects=False)
    admin = a_member(runtime, role=Role.ADMIN, unit=CITY)
    log_in(client, admin.username)
    return client.get("/console/forgotten/")


def page(_: object = None) -> PlainTextResponse:
    """A page without a declaration."""
    return PlainTextResponse("secret")


@pytest.mark.parametrize(
    "add",
    [
        pytest.param(
            lambda app: app.get("/forgotten/")(lambda: PlainTextResponse("secret")), id="FastAPI route"
        ),
        pytest.param(lambda app: app.router.routes.append(Route("/forgotten/", page)), id="Starlette route"),
        pytest.param(
            lambda app: app.router.routes.append(Mount("/forgotten", routes=[Route("/", page)])), id="mount"
        ),
    ],
)
def test_a_route_without_a_permission_is_refused_even_to_an_admin(
    runtime: Runtime, add: Callable[[FastAPI], object]
) -> None:
    answer = seeded(runtime, add)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "secret" not in answer.text


def home_of(role: Role) -> str:
    """A unit where such a person can work."""
    return "org-demo" if role is Role.ORGANISATION else CITY


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_exactly_the_pages_its_table_row_allows(runtime: Runtime, role: Role) -> None:
    actor = a_member(runtime, role=role, unit=home_of(role))
    client = desk_of(runtime, actor)
    pages = {
        "/queue": "view_ticket",
        "/chats": "view_chats",
        "/calls/new": "file_ticket",
        "/figures": "view_figures",
        "/staff": "manage_staff",
    }

    for path, permission in pages.items():
        allowed = runtime.permissions.may_ever(actor, permission)
        expected = HTTPStatus.OK if allowed else HTTPStatus.FORBIDDEN
        assert client.get(f"/console{path}").status_code == expected, path


@pytest.mark.parametrize("role", list(Role))
def test_everybody_starts_on_a_page_he_may_open(runtime: Runtime, role: Role) -> None:
    client = desk_of(runtime, a_member(runtime, role=role, unit=home_of(role)))

    assert client.get(client.get("/console/").headers["location"]).status_code == HTTPStatus.OK


def test_no_form_is_taken_without_its_token(runtime: Runtime) -> None:
    app = create_console(runtime)
    client = TestClient(mounted(app), follow_redirects=False)
    log_in(client, a_member(runtime, role=Role.SUPERVISOR, unit=CITY).username)
    other = desk_of(runtime, a_member(runtime, role=Role.ADMIN, unit=CITY))
    foreign = token_in(other.get("/console/account"))

    for method, route in routes(app):
        if method != "POST" or not runtime.permissions.scope(Role.SUPERVISOR, declared(route) or ""):
            continue
        path = re.sub(r"{\w+}", "1", str(getattr(route, "path", "")))
        for token in ("", foreign):
            answer = client.post(f"/console{path}", data={"csrf": token, "text": "写了很久的话"})
            assert answer.status_code == HTTPStatus.FORBIDDEN, path
            assert "写了很久的话" in answer.text


@pytest.mark.parametrize("path", ["/login", "/queue", "/nowhere", "/static/console.css"])
def test_every_answer_forbids_scripts_of_others_and_framing(runtime: Runtime, path: str) -> None:
    headers = desk_of(runtime, a_member(runtime)).get(f"/console{path}").headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"].startswith("public" if "static" in path else "no-store")


def test_templates_have_nothing_inline_and_load_nothing_from_elsewhere() -> None:
    templates = STATIC.parent / "templates"

    for path in templates.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script>|<style|\sstyle=|\son\w+=|https?://", text), path.name


def test_every_page_has_the_words_it_asks_for(runtime: Runtime) -> None:
    templates = STATIC.parent / "templates"
    keys = {
        key
        for path in templates.glob("*.html")
        for key in re.findall(r'w\.say\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }

    assert {key for key in keys if not runtime.texts.has(f"console.{key}")} == set()
