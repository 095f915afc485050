"""What a resident says of an answer, by the page's script or a plain form; never a message to the bot."""

from http import HTTPStatus
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.webchat_errors import CrossSite, TooManyMessages
from bot.channels.webchat_limits import Limiter
from bot.channels.webchat_visitor import visitor_of
from ticketing.domain.errors import BadInput
from ticketing.domain.feedback import Vote, vote_of
from ticketing.domain.vocabulary import Channel

BODY_BYTES_MAX = 4096
VOTES_AT_ONCE, VOTES_PER_MINUTE = 20, 40
#: More digits than any line's number has.
DIGITS_MAX = 15


class Votes(Protocol):
    """The service that keeps votes."""

    def vote(self, channel: Channel, peer: str, message_id: int, vote: Vote) -> None:
        """Keep one; raises AnswerNotFound for a line that is no answer to this resident."""
        ...


class VotePages:
    """Takes votes."""

    def __init__(self, votes: Votes) -> None:
        """Keep them by ``votes``."""
        self._votes = votes
        self._limiter = Limiter(burst=VOTES_AT_ONCE, per_minute=VOTES_PER_MINUTE)

    def routes(self) -> list[BaseRoute]:
        """Addresses."""
        return [
            Route("/vote", self.by_form, methods=["POST"], max_body_size=BODY_BYTES_MAX),
            Route("/api/chat/vote", self.by_script, methods=["POST"], max_body_size=BODY_BYTES_MAX),
        ]

    async def by_form(self, request: Request) -> Response:
        """From a browser without JavaScript: take it, show the answer again."""
        form = await request.form()
        line, _ = await self._take(request, str(form.get("line")), str(form.get("vote")))
        base = str(request.scope.get("root_path", "")).rstrip("/")
        return RedirectResponse(f"{base}/#vote{line}", status_code=HTTPStatus.SEE_OTHER)

    async def by_script(self, request: Request) -> Response:
        """From the page's script."""
        try:
            body = await request.json()
        except ValueError as error:
            raise BadInput(field="body") from error
        told = body if isinstance(body, dict) else {}
        line, vote = await self._take(request, str(told.get("line")), str(told.get("vote")))
        return JSONResponse({"line": line, "vote": vote.verdict, "reason": vote.reason or ""})

    async def _take(self, request: Request, line: str, word: str) -> tuple[int, Vote]:
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite
        visitor, vote = visitor_of(request), vote_of(word)
        if not (line.isascii() and line.isdigit() and len(line) <= DIGITS_MAX):
            raise BadInput(field="line")
        if vote is None:
            raise BadInput(field="vote")
        if not self._limiter.take(visitor.peer):
            raise TooManyMessages
        await run_in_threadpool(self._votes.vote, Channel.WEB, visitor.peer, int(line), vote)
        return int(line), vote
