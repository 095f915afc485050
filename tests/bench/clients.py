"""Residents over HTTP: a few turns each, over kept-alive connections, to this house or to a stock server."""

import http.client
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    #: Its JSON; None for anything else.
    told: object
    headers: http.client.HTTPMessage


class Connection:
    """A kept-alive connection that sends at once; next to no work of its own, since cores are shared."""

    def __init__(self, url: str) -> None:
        """Connect to ``url`` at the first request."""
        parts = urlsplit(url)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)

    def ask(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> Answer:
        """Whatever the server answers, also a refusal."""
        if self._http.sock is None:
            self._http.connect()
        self._http.request("POST", path, written(body), {"Content-Type": "application/json", **headers})
        answer = self._http.getresponse()
        content = answer.read()
        try:
            told = json.loads(content)
        except ValueError:
            told = None
        return Answer(answer.status, told, answer.headers)

    def post(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> object:
        """Answer's JSON; raises NoAnswer for anything but 200."""
        answer = self.ask(path, body, headers)
        if answer.status != HTTPStatus.OK:
            raise NoAnswer(f"{path}: HTTP {answer.status}")
        return answer.told

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

    def send(self, text: str) -> Answer:
        """Post it as the page's script does; whatever the house answers."""
        said = {"id": secrets.token_hex(16), "text": text, "after": self._after}
        answer = self._connection.ask("/api/chat", said, self._headers)
        cookie = answer.headers.get("Set-Cookie")
        if cookie is not None:
            self._headers["Cookie"] = cookie.partition(";")[0]
        if isinstance(answer.told, dict) and answer.told.get("lines"):
            self._after = answer.told["lines"][-1]["id"]
        return answer

    def hang_up(self) -> None:
        """After a broken connection: the next message opens a new one."""
        self._connection.close()

    def say(self, text: str) -> None:
        """Post it; fails when the house has no answer to it."""
        answer = self.send(text)
        told = answer.told if answer.status == HTTPStatus.OK else None
        if not isinstance(told, dict) or not told["kept"] or not told["replies"]:
            raise NoAnswer(f"/api/chat: HTTP {answer.status}")


class StockTalk:
    """A new sender on Rasa's REST channel."""

    def __init__(self, connection: Connection) -> None:
        """Talk over ``connection``."""
        self._connection = connection
        self._sender = secrets.token_hex(16)

    def say(self, text: str) -> None:
        """Post it as Rasa's documentation says."""
        body = {"sender": self._sender, "message": text}
        if not self._connection.post("/webhooks/rest/webhook", body, {}):
            raise NoAnswer("/webhooks/rest/webhook")


def written(body: Mapping[str, object]) -> bytes:
    r"""The JSON that a browser makes: UTF-8, and halves of characters as escapes.

    >>> written({"text": chr(0xD800)})
    b'{"text": "\\ud800"}'
    """
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")


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
