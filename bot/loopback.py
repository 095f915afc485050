"""HTTP to a server of our own on this machine: kept-alive connections, whole answers, nothing else.

A general client took a fifth of the web process's time for one short request a message.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

#: More than any answer of ours; the rest of a faulty one is not waited for.
ANSWER_BYTES_MAX: Final = 8 * 2**20
_END_OF_HEAD: Final = b"\r\n\r\n"


class NoHttp(ValueError):
    """The server answered something that is not HTTP as asked for."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer."""

    status: int
    content: bytes
    is_kept_alive: bool


@dataclass(frozen=True, slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_usable(self) -> bool:
        """Whether the other end has neither closed it nor said anything out of turn."""
        return not (self.writer.is_closing() or self.reader.at_eof())

    async def exchange(self, request: bytes) -> Answered:
        """Send and wait for the whole answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(_END_OF_HEAD)
        status, length, is_kept_alive = _read_head(head)
        if length is None:
            return Answered(status, await self.reader.read(), is_kept_alive=False)
        return Answered(status, await self.reader.readexactly(length), is_kept_alive)


class Loopback:
    """One server; belongs to one event loop. Raises OSError, EOFError or NoHttp."""

    def __init__(self, url: str, *, connect_timeout_s: float) -> None:
        """Talk to the server at ``url``; connects at the first request."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._base, self._at = parts.path.rstrip("/"), parts.netloc
        self._connect_timeout_s = connect_timeout_s
        self._idle: list[_Connection] = []

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answered:
        """Answer to one request; a connection on which anything goes wrong is not used again."""
        connection = self._rested() or await self._connected()
        request = (
            f"{method} {self._base}{path} HTTP/1.1\r\nHost: {self._at}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        is_done = False
        try:
            answered = await connection.exchange(request.encode() + body)
            is_done = answered.is_kept_alive
        finally:
            if is_done:
                self._idle.append(connection)
            else:
                connection.writer.transport.abort()
        return answered

    async def aclose(self) -> None:
        """Close the connections at rest."""
        while self._idle:
            self._idle.pop().writer.close()

    def _rested(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            connection.writer.transport.abort()
        return None

    async def _connected(self) -> _Connection:
        async with asyncio.timeout(self._connect_timeout_s):
            streams = await asyncio.open_connection(
                self._host, self._port, ssl=self._tls, limit=ANSWER_BYTES_MAX
            )
        return _Connection(*streams)


def _read_head(head: bytes) -> tuple[int, int | None, bool]:
    """Status, length of the body, and whether the connection stays open.

    Without a length the body goes on until the other end closes, as older servers do it.
    """
    first, *rest = head.decode("latin-1").split("\r\n")
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
    }
    length = fields.get("content-length")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/1.") or not status[:3].isdigit() or "transfer-encoding" in fields:
        raise NoHttp
    if length is not None and (not length.isdigit() or int(length) > ANSWER_BYTES_MAX):
        raise NoHttp
    is_kept_alive = version != "HTTP/1.0" and fields.get("connection", "").lower() != "close"
    return int(status[:3]), None if length is None else int(length), is_kept_alive
