"""Residents over HTTP: a few turns each, over kept-alive connections, to this house or to a stock server."""

import http.client
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from tests.bench.questions import TURNS_OF_A_RESIDENT

TIMEOUT_S = 60.0


class Talk(Protocol):
    """One resident with a server."""

    def say(self, text: str) -> None:
        """Say it and wait for the answer; fails when there is none."""
        ...


class NoAnswer(Exception):
    """The server did not answer as it should; a speed of faults means nothing."""


class Connection:
    """A kept-alive connection that sends at once; next to no work of its own, since cores are shared."""

    def __init__(self, url: str) -> None:
        """Connect to ``url`` at the first request."""
        parts = urlsplit(url)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)

    def post(
        self, path: str, body: Mapping[str, object], headers: Mapping[str, str]
    ) -> tuple[object, http.client.HTTPMessage]:
        """Answer's JSON and headers; raises NoAnswer for anything but 200."""
        if self._http.sock is None:
            self._http.connect()
        sent = json.dumps(body).encode()
        self._http.request("POST", path, sent, {"Content-Type": "application/json", **headers})
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status != HTTPStatus.OK:
            raise NoAnswer(f"{path}: HTTP {answer.status}")
        return json.loads(content), answer.headers

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()


class HouseTalk:
    """A new browser before the residents' page."""

    def __init__(self, connection: Connection) -> None:
        """Talk over ``connection``; each resident has an address and a cookie of their own."""
        self._connection = connection
        self._after = 0
        self._headers = {"X-Forwarded-For": ".".join(str(part) for part in (10, *secrets.token_bytes(3)))}

    def say(self, text: str) -> None:
        """Post it as the page's script does."""
        answer, headers = self._connection.post(
            "/api/chat", {"id": secrets.token_hex(16), "text": text, "after": self._after}, self._headers
        )
        cookie = headers.get("Set-Cookie")
        if cookie is not None:
            self._headers["Cookie"] = cookie.partition(";")[0]
        if not isinstance(answer, dict) or not answer["kept"] or not answer["replies"]:
            raise NoAnswer("/api/chat")
        self._after = answer["lines"][-1]["id"]


class StockTalk:
    """A new sender on Rasa's REST channel."""

    def __init__(self, connection: Connection) -> None:
        """Talk over ``connection``."""
        self._connection = connection
        self._sender = secrets.token_hex(16)

    def say(self, text: str) -> None:
        """Post it as Rasa's documentation says."""
        body = {"sender": self._sender, "message": text}
        answer, _ = self._connection.post("/webhooks/rest/webhook", body, {})
        if not answer:
            raise NoAnswer("/webhooks/rest/webhook")


def talking(
    url: str, new_talk: Callable[[Connection], Talk], texts: Iterator[str], *, until: float
) -> list[float]:
    """Seconds of each reply to one resident after another, until ``perf_counter`` reaches ``until``."""
    connection = Connection(url)
    seconds: list[float] = []
    try:
        while time.perf_counter() < until:
            talk = new_talk(connection)
            for _ in range(TURNS_OF_A_RESIDENT):
                started = time.perf_counter()
                talk.say(next(texts))
                seconds.append(time.perf_counter() - started)
    finally:
        connection.close()
    return seconds
