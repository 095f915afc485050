"""Headers that keep the browser from doing what no page of ours needs."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Everything comes from this server, in files; nothing inline, no frames, no plugins.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Robots-Tag": "noindex",
    }
)
#: Pages without anybody's matters in them, which a search engine may read.
FOR_EVERYONE = ("/guide/", "/sitemap.xml", "/robots.txt")
YEAR_S = 31_536_000
HOUR_S = 3_600


class SecurityHeaders:
    """Middleware: puts the headers on every answer; pages with people's matters are never cached."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the whole application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add to the first message of the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A download has a stricter one of its own.
                policy = headers.get("Content-Security-Policy", POLICY)
                headers.update({**HEADERS, "Content-Security-Policy": policy})
                is_file = "/static/" in scope["path"]
                headers["Cache-Control"] = f"public, max-age={HOUR_S}" if is_file else "no-store"
                if scope["path"].startswith(FOR_EVERYONE):
                    del headers["X-Robots-Tag"]
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
