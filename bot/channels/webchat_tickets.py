"""Following a ticket with its number and code: how it stands, a note, a grade."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot import safety_net
from bot.channels.webchat_errors import CrossSite, TooManyTries
from bot.channels.webchat_limits import Limiter
from bot.channels.webchat_visitor import visitor_of
from bot.messages import InboundMessage, OutboundMessage
from ticketing.bootstrap import Runtime
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput, TicketNotFound
from ticketing.domain.lifecycle import DONE
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Channel, Risk

#: Wrong pairs of number and code from one address.
WRONG_AT_ONCE, WRONG_PER_MINUTE = 10, 2
NOTE_CHARACTERS_MAX = 2000
#: Grades, best first, as the ticket keeps them.
GRADES = (5, 4, 3, 2, 1)


class ChatGateway(Protocol):
    """What answers residents."""

    async def handle(self, message: InboundMessage) -> Sequence[OutboundMessage]:
        """Keep the message and give the replies."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a ticket, with what is to be done to it."""

    number: str
    code: str
    #: view, add or rate.
    deed: str
    text: str
    score: int
    #: yes, no, or empty for not said.
    solved: str = ""

    @classmethod
    async def of(cls, request: Request) -> "Visit":
        """Read the form; raises BadInput naming the field."""
        form = await request.form()
        score = str(form.get("score") or "0")
        if not score.isdecimal() or not score.isascii():
            raise BadInput(field="score")
        text = str(form.get("text") or "").replace("\0", "")[:NOTE_CHARACTERS_MAX]
        return cls(
            number=str(form.get("number") or "").strip().upper(),
            code=str(form.get("code") or "").strip().upper(),
            deed=str(form.get("deed") or "view"),
            text=text.encode("utf-8", "replace").decode("utf-8").strip(),
            score=int(score),
            solved=str(form.get("solved") or ""),
        )


class TicketPages:
    """The pages at /t."""

    def __init__(self, runtime: Runtime, gateway: ChatGateway, templates: Environment) -> None:
        """Read and change tickets of ``runtime``; notes about danger go through ``gateway`` as well."""
        self._runtime = runtime
        self._gateway = gateway
        self._templates = templates
        self._wrong = Limiter(burst=WRONG_AT_ONCE, per_minute=WRONG_PER_MINUTE)

    async def ask(self, request: Request) -> Response:
        """The form for number and code."""
        return self._page(number=request.query_params.get("number", ""))

    async def show(self, request: Request) -> Response:
        """Do what was asked and show how the ticket stands.

        By POST even to look: the code must not stay in addresses and histories.
        """
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite
        address = request.client.host if request.client else ""
        if self._wrong.is_empty(address):
            raise TooManyTries
        visit = await Visit.of(request)
        warnings = await self._warned(request, visit)
        try:
            ticket, message = await run_in_threadpool(self._do, visit)
        except TicketNotFound:
            self._wrong.take(address)
            raise
        return self._page(number=visit.number, visit=visit, ticket=ticket, message=message, warnings=warnings)

    async def _warned(self, request: Request, visit: Visit) -> Sequence[OutboundMessage]:
        """Words about danger in a note are a report like any other: numbers first, and a ticket."""
        if visit.deed != "add" or safety_net.scan(visit.text).risk is Risk.NONE:
            return ()
        message = InboundMessage(
            channel=Channel.WEB,
            peer=visitor_of(request).peer,
            external_id=secrets.token_hex(16),
            text=visit.text,
        )
        return await self._gateway.handle(message)

    def _do(self, visit: Visit) -> tuple[TicketView, str]:
        """The ticket after the deed, and the key of what to say about it."""
        reports = self._runtime.reports
        # The cookie is not asked: on a shared telephone number and code must be known.
        if visit.deed == "add" and visit.text:
            ticket = reports.add("", text=visit.text, number=visit.number, code=visit.code)
            return ticket, "webchat.note_added"
        if visit.deed == "rate":
            ticket = reports.rate(
                "",
                score=visit.score,
                solved={"yes": True, "no": False}.get(visit.solved),
                number=visit.number,
                code=visit.code,
                comment=visit.text,
            )
            return ticket, "webchat.rated" if ticket.status in DONE else "webchat.rated_again"
        return reports.progress("", number=visit.number, code=visit.code), ""

    def _page(
        self,
        *,
        number: str,
        visit: Visit | None = None,
        ticket: TicketView | None = None,
        message: str = "",
        warnings: Sequence[OutboundMessage] = (),
    ) -> Response:
        texts = self._runtime.texts
        html = self._templates.get_template("ticket.html").render(
            number=number,
            code=visit.code if visit else "",
            ticket=ticket,
            message=texts.get(message) if message else "",
            warnings=warnings,
            status=texts.get(f"status.{ticket.status}") if ticket else "",
            category=texts.get(f"category.{ticket.category}") if ticket else "",
            filed=f"{ticket.created_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if ticket else "",
            may_rate=ticket is not None and ticket.status in DONE,
            grades=[(grade, texts.get(f"rating.{grade}")) for grade in GRADES],
        )
        return HTMLResponse(html)
