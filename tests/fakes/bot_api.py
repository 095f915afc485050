"""A Bot API server on this machine: remembers what the bot sent, delivers what a test makes people send.

It keeps the rules that matter: updates stay until an offset confirms them, a text over 4096 UTF-16 units
or an empty one is refused, callback data over 64 bytes is refused, a secret goes with every webhook post.
"""

import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl

TOKEN = "42:local-test-token"
MAX_TEXT_UTF16_UNITS = 4096
MAX_CALLBACK_BYTES = 64
MAX_FILE_BYTES = 20 * 1024 * 1024
NOW = 1_790_000_000

type Json = dict[str, Any]
type Params = dict[str, str]


@dataclass(frozen=True)
class Sent:
    """A message the bot sent, or the present state of one it rewrote."""

    chat_id: str
    message_id: int
    text: str
    markup: Json
    is_protected: bool

    @property
    def buttons(self) -> list[str]:
        """Labels of the keys under it, row by row."""
        rows = self.markup.get("keyboard") or self.markup.get("inline_keyboard") or []
        return [key if isinstance(key, str) else key["text"] for row in rows for key in row]

    @property
    def callback_data(self) -> list[str]:
        """What the inline keys send when tapped."""
        return [key["callback_data"] for row in self.markup.get("inline_keyboard", []) for key in row]


@dataclass(frozen=True)
class TapAnswered:
    """What was shown over the chat of someone who tapped."""

    callback_id: str
    text: str
    is_alert: bool


@dataclass(frozen=True)
class Failure:
    """What the next call of a method gets instead of an answer."""

    status: int
    description: str
    retry_after_s: int | None = None


@dataclass
class Served:
    """A file that people sent, and how the server gives it out."""

    data: bytes
    #: The size that getFile tells, if it is not the true one.
    told_bytes: int | None = None
    status: int = 200
    #: Nothing comes for so long.
    silence_s: float = 0.0
    #: The connection ends before the file does.
    is_cut_off: bool = False


class Refused(Exception):
    """A call the real server would refuse."""


@dataclass
class BotApi:
    """State of the server; a test reads and writes it while the bot talks to it."""

    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    edits: list[Sent] = field(default_factory=list)
    taps: list[TapAnswered] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    webhook: Params | None = None
    blocked_chats: set[str] = field(default_factory=set)
    #: Files by their id.
    files: dict[str, Served] = field(default_factory=dict)
    #: Every call sleeps so long before it is answered.
    slowness_s: float = 0.0
    _updates: deque[Json] = field(default_factory=deque)
    _failures: defaultdict[str, deque[Failure]] = field(default_factory=lambda: defaultdict(deque))
    _news: threading.Condition = field(default_factory=threading.Condition)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))
    is_closing: bool = False

    # What a test does.

    def message(self, chat_id: int, *, chat_type: str = "private", **content: object) -> Json:
        """A message of a person, not yet delivered; ``content`` is its text, photo, location or the like."""
        sender = {"id": chat_id, "is_bot": False, "first_name": "Someone"}
        chat = {"id": chat_id, "type": chat_type, "first_name": "Someone"}
        return {"message_id": next(self._ids), "date": NOW, "chat": chat, "from": sender, **content}

    def update(self, **content: object) -> Json:
        """An update with an id of its own, not yet delivered."""
        return {"update_id": next(self._ids), **content}

    def text(self, chat_id: int, text: str) -> Json:
        """Deliver a text of a person; gives the update."""
        return self.deliver(self.update(message=self.message(chat_id, text=text)))

    def tap(self, chat_id: int, notice: Sent, data: str) -> Json:
        """Deliver a tap on an inline key under ``notice``."""
        shown = self.message(int(notice.chat_id), text=notice.text) | {"message_id": notice.message_id}
        sender = {"id": chat_id, "is_bot": False, "first_name": "Someone"}
        query = {
            "id": str(next(self._ids)),
            "from": sender,
            "chat_instance": "1",
            "data": data,
            "message": shown,
        }
        return self.deliver(self.update(callback_query=query))

    def deliver(self, update: Json) -> Json:
        """Queue an update; the same one again is a redelivery."""
        with self._news:
            self._updates.append(update)
            self._news.notify_all()
        return update

    def fail_next(self, method: str, failure: Failure, *, times: int = 1) -> None:
        """Let the next calls of ``method`` fail."""
        self._failures[method.lower()].extend([failure] * times)

    def texts_to(self, chat_id: int) -> list[str]:
        """All that was sent to a chat."""
        return [message.text for message in list(self.sent) if message.chat_id == str(chat_id)]

    def last_to(self, chat_id: int) -> Sent:
        """The last message sent to a chat."""
        return [message for message in list(self.sent) if message.chat_id == str(chat_id)][-1]

    @property
    def unconfirmed(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._updates)

    def post_webhook(self, update: Json, *, secret: str | None = None) -> int:
        """Post an update to where the bot asked for it, with the agreed secret or ``secret``."""
        if self.webhook is None:
            raise AssertionError("no webhook was set")
        agreed = self.webhook.get("secret_token", "")
        return post(
            self.webhook["url"], json.dumps(update).encode(), secret=agreed if secret is None else secret
        )

    # What the bot asks.

    def call(self, method: str, params: Params) -> object:
        """Result of a method; raises Refused."""
        known: dict[str, Callable[[Params], object]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
            "answercallbackquery": self._answer_tap,
            "editmessagetext": self._edit,
            "editmessagereplymarkup": self._edit,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getfile": self._get_file,
        }
        if method not in known:
            raise Refused(f"unknown method {method}")
        return known[method](params)

    def failure_for(self, method: str) -> Failure | None:
        """The failure a test planned for this call, if any."""
        planned = self._failures[method]
        return planned.popleft() if planned else None

    def close(self) -> None:
        """Let waiting polls return."""
        with self._news:
            self.is_closing = True
            self._news.notify_all()

    def _get_me(self, _: Params) -> Json:
        return {"id": 42, "is_bot": True, "first_name": "Hotline", "username": "hotline_test_bot"}

    def _get_updates(self, params: Params) -> list[Json]:
        offset = int(params.get("offset") or 0)
        ends_at = time.monotonic() + float(params.get("timeout") or 0)
        with self._news:
            kept = [update for update in self._updates if update["update_id"] >= offset]
            self._updates = deque(kept)
            while not self._updates and not self.is_closing and (left := ends_at - time.monotonic()) > 0:
                self._news.wait(left)
            return list(self._updates)[: int(params.get("limit") or 100)]

    def _send_message(self, params: Params) -> Json:
        chat_id = params["chat_id"]
        self._check_text(params)
        markup = self._checked_markup(params)
        message = Sent(
            chat_id, next(self._ids), params["text"], markup, params.get("protect_content") == "true"
        )
        self.sent.append(message)
        return _as_message(message)

    def _edit(self, params: Params) -> Json:
        found = [m for m in self.sent if m.message_id == int(params["message_id"])]
        if not found:
            raise Refused("Bad Request: message to edit not found")
        old = found[0]
        text = params.get("text", old.text)
        new = Sent(old.chat_id, old.message_id, text, self._checked_markup(params), old.is_protected)
        if new == old:
            raise Refused("Bad Request: message is not modified")
        self.sent[self.sent.index(old)] = new
        self.edits.append(new)
        return _as_message(new)

    def _answer_tap(self, params: Params) -> bool:
        text = params.get("text", "")
        self.taps.append(TapAnswered(params["callback_query_id"], text, params.get("show_alert") == "true"))
        return True

    def _set_webhook(self, params: Params) -> bool:
        self.webhook = params
        return True

    def _get_file(self, params: Params) -> Json:
        file_id = params["file_id"]
        served = self.files.get(file_id)
        if served is None:
            raise Refused("Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(served.data) if served.told_bytes is None else served.told_bytes
        if size > MAX_FILE_BYTES:
            raise Refused("Bad Request: file is too big")
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": file_id}

    def _delete_webhook(self, _: Params) -> bool:
        self.webhook = None
        return True

    def _check_text(self, params: Params) -> None:
        if not params["text"].strip():
            raise Refused("Bad Request: message text is empty")
        if len(params["text"].encode("utf-16-le")) // 2 > MAX_TEXT_UTF16_UNITS:
            raise Refused("Bad Request: message is too long")

    def _checked_markup(self, params: Params) -> Json:
        markup: Json = json.loads(params.get("reply_markup") or "{}")
        for row in markup.get("inline_keyboard", []):
            for key in row:
                if len(key["callback_data"].encode()) > MAX_CALLBACK_BYTES:
                    raise Refused("Bad Request: BUTTON_DATA_INVALID")
        return markup


@contextmanager
def running_bot_api() -> Iterator[BotApi]:
    """A server that runs until the block ends."""
    api = BotApi()
    server = _Server(api)
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.close()
        server.shutdown()
        server.server_close()
        thread.join()


def post(url: str, body: bytes, *, secret: str) -> int:
    """Post as Telegram does; gives the status."""
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - our own server
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, api: BotApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body go out together; otherwise every answer waits for an acknowledgement.
    wbufsize = -1

    def do_POST(self) -> None:
        api = cast("_Server", self.server).api
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        _, bot, method = self.path.split("/", 2)
        if bot != f"bot{TOKEN}":
            self._answer(
                HTTPStatus.UNAUTHORIZED, {"ok": False, "error_code": 401, "description": "Unauthorized"}
            )
            return
        method = method.lower()
        api.calls.append(method)
        time.sleep(api.slowness_s)
        self._answer(*_outcome(api, method, dict(parse_qsl(body.decode(), keep_blank_values=True))))

    def do_GET(self) -> None:
        api = cast("_Server", self.server).api
        served = api.files.get(self.path.removeprefix(f"/file/bot{TOKEN}/"))
        api.calls.append("download")
        if served is None:
            self._answer(HTTPStatus.NOT_FOUND, _fault(404, "Not Found"))
            return
        time.sleep(served.silence_s)
        self.send_response(served.status)
        self.send_header("Content-Length", str(len(served.data) + int(served.is_cut_off)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(served.data)
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def _answer(self, status: int, content: Json) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


def _outcome(api: BotApi, method: str, params: Params) -> tuple[int, Json]:
    failure = api.failure_for(method)
    if failure is not None:
        extra = (
            {} if failure.retry_after_s is None else {"parameters": {"retry_after": failure.retry_after_s}}
        )
        return failure.status, _fault(failure.status, failure.description) | extra
    if params.get("chat_id") in api.blocked_chats:
        return 403, _fault(403, "Forbidden: bot was blocked by the user")
    try:
        return 200, {"ok": True, "result": api.call(method, params)}
    except Refused as error:
        return 400, _fault(400, str(error))


def _fault(code: int, description: str) -> Json:
    return {"ok": False, "error_code": code, "description": description}


def _as_message(message: Sent) -> Json:
    chat = {"id": int(message.chat_id), "type": "private", "first_name": "Someone"}
    return {"message_id": message.message_id, "date": NOW, "chat": chat, "text": message.text}
