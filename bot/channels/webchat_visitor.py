"""Who sits before the residents' page: nobody we know, only the holder of a random token in a cookie."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "hotline_chat"
#: Long enough to hear how a matter ended.
LASTS_S = 180 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser."""

    #: Only the browser keeps it; we keep its hash.
    token: str
    is_new: bool

    @property
    def peer(self) -> str:
        """Name of this visitor in the ledger; the token cannot be found from it."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def visitor_of(request: Request) -> Visitor:
    """The visitor of the cookie, or a new one if there is none or it was tampered with."""
    token = request.cookies.get(COOKIE, "")
    if _TOKEN.fullmatch(token):
        return Visitor(token, is_new=False)
    return Visitor(secrets.token_urlsafe(_TOKEN_BYTES), is_new=True)


def remember(response: Response, visitor: Visitor, *, is_secure: bool) -> None:
    """Let the browser keep its token, out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE, visitor.token, max_age=LASTS_S, httponly=True, samesite="lax", secure=is_secure, path="/"
    )


def forget(response: Response) -> None:
    """Make the browser a stranger again."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
