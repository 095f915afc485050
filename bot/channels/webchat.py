"""The residents' page: chat without a name, follow a ticket with its number and code.

It works without JavaScript, and without the database it still answers people at risk.
"""

import hashlib
import logging
import re
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot import safety_net
from bot.channels.guide_pages import GuidePages
from bot.channels.webchat_edge import Edge, Faults
from bot.channels.webchat_errors import CrossSite, MessageTooLong, PictureRefused, TooManyMessages, status_of
from bot.channels.webchat_limits import Limiter
from bot.channels.webchat_pictures import (
    LARGER_BODIES,
    READ_BYTES_MAX,
    WORDS_BYTES_MAX,
    Form,
    Pictures,
    form_of,
    message_of,
    refusal,
)
from bot.channels.webchat_tickets import TicketPages
from bot.channels.webchat_visitor import Visitor, forget, remember, visitor_of
from bot.channels.webchat_votes import VotePages
from bot.messages import InboundMessage, OutboundMessage
from ticketing.bootstrap import Runtime
from ticketing.console.fault_pages import sentence_of
from ticketing.console.headers import SecurityHeaders
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput, StorageUnavailable, TicketingError
from ticketing.domain.ticket import ChatLine
from ticketing.domain.vocabulary import Channel, Risk

FOLDER = Path(__file__).resolve().parent / "web"
#: Taken whole into the ledger; the page asks for shorter ones, since the bot reads the first 2,000.
TEXT_CHARACTERS_MAX = 10_000
#: Where "leave quickly" goes: a page anybody may have open.
NEUTRAL_PAGE = "https://www.baidu.com/"
#: Lines shown when the page is opened; older ones stay in the ledger.
LINES_SHOWN = 200
#: A batch this short is the last one; asking again would cost every message a round to the database.
LINES_AT_ONCE = 500
MESSAGES_AT_ONCE, MESSAGES_PER_MINUTE = 10, 20
#: Many may share one address: a school, a village committee.
FROM_ADDRESS_AT_ONCE, FROM_ADDRESS_PER_MINUTE = 100, 300
QUICK_KEYS = tuple(f"webchat.quick_{number}" for number in range(1, 7))
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SPEAKERS: Mapping[str, str] = {"in": "me", "out": "bot", "staff": "staff"}

log = logging.getLogger(__name__)


class ChatGateway(Protocol):
    """What answers residents."""

    async def handle(self, message: InboundMessage) -> Sequence[OutboundMessage]:
        """Keep the message and give the replies; the same ones again for a redelivery."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What came in, checked."""

    id: str
    text: str
    #: The last line the page has.
    after: int


class WebChat:
    """The pages and addresses of the chat."""

    def __init__(self, runtime: Runtime, gateway: ChatGateway) -> None:
        """Answer through ``gateway``; read lines from the ledger of ``runtime``."""
        self._runtime = runtime
        self._gateway = gateway
        self._by_visitor = Limiter(burst=MESSAGES_AT_ONCE, per_minute=MESSAGES_PER_MINUTE)
        self._by_address = Limiter(burst=FROM_ADDRESS_AT_ONCE, per_minute=FROM_ADDRESS_PER_MINUTE)
        self._pictures = Pictures(runtime)
        self._templates = new_templates()

    async def page(self, request: Request) -> Response:
        """The chat with what was said so far; without the database it can still be used."""
        visitor = visitor_of(request)
        lines = await self._lines(visitor, after=0)
        html = self._templates.get_template("chat.html").render(
            lines=[shown(line) for line in lines or ()],
            last=lines[-1].id if lines else 0,
            history_unavailable=lines is None,
            greeting=self._text("hotline.greeting_12345"),
            quick=[self._text(key) for key in QUICK_KEYS],
            texts=self._text,
            message_id=secrets.token_hex(16),
        )
        return kept(request, HTMLResponse(html), visitor)

    async def say_by_form(self, request: Request) -> Response:
        """A message from a browser without JavaScript: take it, show the page again."""
        form = await form_of(request)
        text = form.fields.get("tap") or form.fields.get("text") or ""
        # A page shown again by "back" has the same id; another text is another message all the same.
        digest = hashlib.sha256(text.encode("utf-8", "replace") + (form.picture or b"")).hexdigest()[:16]
        visitor = visitor_of(request)
        # Should it be refused, the page that says so gives the words back.
        request.state.typed = text
        said = checked({"id": f"{form.fields.get('id')}-{digest}", "text": text})
        replies, refused = await self._say_all(request, visitor, said, form)
        if refused is not None or await self._lines(visitor, after=0) is None:
            return kept(request, self._replies_page(said, replies, refused), visitor)
        seen = RedirectResponse(f"{base_of(request)}/#end", status_code=HTTPStatus.SEE_OTHER)
        return kept(request, seen, visitor)

    async def say(self, request: Request) -> Response:
        """A message from the page's script; 200 means that it is kept, here or in the spool."""
        visitor = visitor_of(request)
        said = checked(await body_of(request))
        replies = await self._say(request, visitor, said)
        return kept(request, JSONResponse(await self._answer(visitor, said, replies)), visitor)

    async def say_with_picture(self, request: Request) -> Response:
        """The same with a picture; where it is refused the answer still has what was said to the words."""
        visitor = visitor_of(request)
        form = await form_of(request)
        fields = {"id": form.fields.get("id"), "text": form.fields.get("text", "")}
        said = checked({**fields, "after": line_number(form.fields.get("after", "0"))})
        replies, refused = await self._say_all(request, visitor, said, form)
        answer = await self._answer(visitor, said, replies)
        if refused is None:
            return kept(request, JSONResponse(answer), visitor)
        told = {"code": refused.code, "message": sentence_of(self._runtime.texts, refused)}
        return kept(request, JSONResponse({**answer, "error": told}, status_of(refused)), visitor)

    async def _answer(
        self, visitor: Visitor, said: Said, replies: Sequence[OutboundMessage]
    ) -> dict[str, object]:
        lines = await self._lines(visitor, after=said.after)
        return {
            "id": said.id,
            "kept": lines is not None,
            "replies": [
                {"text": reply.text, "buttons": [button.text for button in reply.buttons]}
                for reply in replies
            ],
            "lines": [shown(line) for line in lines or ()],
        }

    async def _say_all(
        self, request: Request, visitor: Visitor, said: Said, form: Form
    ) -> tuple[Sequence[OutboundMessage], PictureRefused | None]:
        """Picture and words, each a message, the words last: what is answered to them may ask on.

        A refused picture does not keep the words from being taken in; raised when there are none.
        """
        self._check(request, visitor, said.text)
        looked = await self._pictures.looked_at(form, peer=visitor.peer, address=address_of(request))
        texts, is_said = self._runtime.texts, bool(said.text.strip())
        refused = None if looked.trouble is None else refusal(texts, looked.trouble, is_said=is_said)
        if refused is not None and not is_said:
            raise refused
        if looked.content is None:
            return await self._handed_on(visitor, said), refused
        answered: Sequence[OutboundMessage] = ()
        try:
            first = await self._gateway.handle(message_of(visitor.peer, said.id, looked.content))
        finally:
            # Whatever became of the picture.
            if is_said:
                answered = await self._handed_on(visitor, said)
        return (*first, *answered), None

    async def lines(self, request: Request) -> Response:
        """Everything said after a line: what a page that was away has missed."""
        after = line_number(request.query_params.get("after", "0"))
        lines = await self._lines(visitor_of(request), after=after)
        if lines is None:
            raise StorageUnavailable
        return JSONResponse({"lines": [shown(line) for line in lines]})

    async def leave(self, _request: Request) -> Response:
        """Away from here: forget who this browser is and show something harmless."""
        response = RedirectResponse(NEUTRAL_PAGE, status_code=HTTPStatus.SEE_OTHER)
        forget(response)
        return response

    async def _say(self, request: Request, visitor: Visitor, said: Said) -> Sequence[OutboundMessage]:
        self._check(request, visitor, said.text)
        return await self._handed_on(visitor, said)

    async def _handed_on(self, visitor: Visitor, said: Said) -> Sequence[OutboundMessage]:
        message = InboundMessage(channel=Channel.WEB, peer=visitor.peer, external_id=said.id, text=said.text)
        return await self._gateway.handle(message)

    def _check(self, request: Request, visitor: Visitor, text: str) -> None:
        """Slow down whoever floods us, and other sites' pages; words about danger always pass."""
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite
        is_fast = not self._by_visitor.take(visitor.peer) or not self._by_address.take(address_of(request))
        is_long = len(text) > TEXT_CHARACTERS_MAX
        if not (is_fast or is_long) or safety_net.scan(text).risk is not Risk.NONE:
            return
        raise MessageTooLong(limit=TEXT_CHARACTERS_MAX) if is_long else TooManyMessages()

    async def _lines(self, visitor: Visitor, *, after: int) -> list[ChatLine] | None:
        """The newest lines after one; None when the database is away."""
        try:
            return await run_in_threadpool(self._newest_lines, visitor, after)
        except StorageUnavailable:
            return None

    def _newest_lines(self, visitor: Visitor, after: int) -> list[ChatLine]:
        chats = self._runtime.chats
        newest: deque[ChatLine] = deque(maxlen=LINES_SHOWN)
        while batch := chats.lines_of(Channel.WEB, visitor.peer, after):
            newest.extend(batch)
            after = batch[-1].id
            if len(batch) < LINES_AT_ONCE:
                break
        return list(newest)

    def _replies_page(
        self, said: Said, replies: Sequence[OutboundMessage], refused: PictureRefused | None
    ) -> Response:
        """For a browser without JavaScript while the database is away, or when a picture was refused."""
        page = self._templates.get_template("replies.html")
        sentence = "" if refused is None else sentence_of(self._runtime.texts, refused)
        status = HTTPStatus.OK if refused is None else status_of(refused)
        return HTMLResponse(page.render(text=said.text, replies=replies, sentence=sentence), status)

    def _text(self, key: str) -> str:
        return self._runtime.texts.get(key)


def create_residents(runtime: Runtime, gateway: ChatGateway) -> Starlette:
    """All that residents see in a browser, to be mounted at the root."""
    chat = WebChat(runtime, gateway)
    tickets = TicketPages(runtime, gateway, new_templates())
    faults = Faults(runtime.texts, new_templates())
    app = Starlette(
        routes=[
            Route("/", chat.page, methods=["GET"]),
            Route("/", chat.say_by_form, methods=["POST"], max_body_size=READ_BYTES_MAX),
            Route("/api/chat", chat.say, methods=["POST"], max_body_size=WORDS_BYTES_MAX),
            Route("/api/chat/picture", chat.say_with_picture, methods=["POST"], max_body_size=READ_BYTES_MAX),
            Route("/api/chat/lines", chat.lines, methods=["GET"]),
            Route("/leave", chat.leave, methods=["GET"]),
            Route("/t", tickets.ask, methods=["GET"]),
            Route("/t", tickets.show, methods=["POST"], max_body_size=WORDS_BYTES_MAX),
            *VotePages(runtime.editing.feedback).routes(),
            *GuidePages(runtime, new_templates()).routes(),
            Mount("/static", StaticFiles(directory=FOLDER / "static"), name="static"),
        ],
        exception_handlers={TicketingError: faults.answer, HTTPException: faults.answer},
    )
    app.add_middleware(Edge, faults=faults, body_bytes_max=WORDS_BYTES_MAX, larger=LARGER_BODIES)
    app.add_middleware(SecurityHeaders)
    return app


def new_templates() -> Environment:
    """Templates of the page; every text in them is escaped."""
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def body_of(request: Request) -> Mapping[str, object]:
    """The JSON object of a request; raises BadInput for anything else."""
    try:
        body = await request.json()
    except ValueError as error:
        raise BadInput(field="body") from error
    if not isinstance(body, dict):
        raise BadInput(field="body")
    return body


def line_number(text: str) -> int:
    """A line of the ledger as an address or a form names it; raises BadInput."""
    if not text.isdecimal() or not text.isascii() or len(text) > len(str(2**53)):
        raise BadInput(field="after")
    return int(text)


def checked(body: Mapping[str, object]) -> Said:
    """What the page sent; raises BadInput naming the field."""
    message_id, text, after = body.get("id"), body.get("text"), body.get("after", 0)
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        raise BadInput(field="id")
    if not isinstance(text, str):
        raise BadInput(field="text")
    if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**53:
        raise BadInput(field="after")
    return Said(message_id, text, after)


def shown(line: ChatLine) -> dict[str, object]:
    """A line as the page gets it."""
    return {
        "id": line.id,
        "from": _SPEAKERS[line.direction],
        "kind": line.kind,
        "text": line.text,
        "buttons": list(line.buttons),
        "topic": line.topic,
        "vote": line.vote,
        "reason": line.reason,
        "at": f"{line.at.astimezone(BEIJING):%m-%d %H:%M}",
    }


def address_of(request: Request) -> str:
    """Where a request comes from; many people may share it."""
    return request.client.host if request.client else ""


def kept(request: Request, response: Response, visitor: Visitor) -> Response:
    """The response that lets a new visitor be known the next time."""
    if visitor.is_new:
        remember(response, visitor, is_secure=request.url.scheme == "https")
    return response


def base_of(request: Request) -> str:
    """Path under which the pages are mounted, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")
