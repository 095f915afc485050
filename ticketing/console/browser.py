"""What a request tells of the browser behind it: its cookies, and where the console is mounted."""

from starlette.requests import Request

from ticketing.console.typed import csrf_token

SESSION_COOKIE = "hotline_session"
#: Seed of the forms' token before anybody is logged in.
GUEST_COOKIE = "hotline_guest"
#: Number and code of the ticket just filed, until the page after it has shown them.
GIVEN_COOKIE = "hotline_given"


def base_of(request: Request) -> str:
    """Path under which the console is mounted, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def cookie_path(request: Request) -> str:
    """Cookies go to the console only, not to the residents' pages beside it."""
    return base_of(request) or "/"


def session_token(request: Request) -> str:
    """Token of the login; empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")


def csrf_of(request: Request, secret: str, *, guest_seed: str = "") -> str:
    """The token this browser's forms carry."""
    seed = session_token(request) or guest_seed or request.cookies.get(GUEST_COOKIE, "")
    return csrf_token(secret, seed)


def is_fragment(request: Request) -> bool:
    """Whether a part of a page asks, not a person."""
    return request.headers.get("hx-request") == "true"


def is_secure(request: Request) -> bool:
    """Whether the browser came by https; a proxy in front must pass that on."""
    return request.url.scheme == "https"
