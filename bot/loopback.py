"""HTTP to a server of our own on this machine: kept-alive connections, whole answers, nothing else.

The answers are read by httptools, as uvicorn reads requests; only the connections are kept here. Why no
general client: docs/decisions/0013-the-way-to-the-language-server.md.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

#: More than any answer of ours; the rest of a faulty one is not waited for.
ANSWER_BYTES_MAX: Final = 8 * 2**20
_READ_BYTES: Final = 64 * 2**10


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
        answer = _Answer()
        while not answer.is_whole:
            answer.take(await self.reader.read(_READ_BYTES))
        return answer.read()


class _Answer:
    """One answer while it comes in; httptools calls the ``on_`` methods."""

    def __init__(self) -> None:
        self.is_whole = False
        self._ends_with_connection = False
        self._has_length = False
        self._is_kept_alive = False
        self._size = 0
        self._content: list[bytes] = []
        self._parser = HttpResponseParser(self)

    def take(self, data: bytes) -> None:
        """The next bytes; none: the other end has closed. Raises EOFError or NoHttp."""
        if not data:
            if not self._ends_with_connection:
                raise EOFError
            self.is_whole = True
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            raise NoHttp from error
        if self._size > ANSWER_BYTES_MAX:
            raise NoHttp

    def read(self) -> Answered:
        """The answer, once it is whole."""
        return Answered(self._parser.get_status_code(), b"".join(self._content), self._is_kept_alive)

    def on_header(self, name: bytes, _value: bytes) -> None:
        """Whether the end of the answer is told."""
        self._has_length |= name.lower() in {b"content-length", b"transfer-encoding"}

    def on_headers_complete(self) -> None:
        """Without a length the body goes on until the other end closes, as older servers do it."""
        self._ends_with_connection = not self._has_length
        self._is_kept_alive = self._has_length and self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """A part of the body; what is too long is counted, not kept."""
        self._size += len(body)
        if self._size <= ANSWER_BYTES_MAX:
            self._content.append(body)

    def on_message_complete(self) -> None:
        """Nothing more belongs to it."""
        self.is_whole = True


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
            streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        return _Connection(*streams)
