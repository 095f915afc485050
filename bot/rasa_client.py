"""The language server's REST API; whatever goes wrong there is one error with a kind."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import ClassVar, Self

from bot.loopback import Answered, Loopback, NoHttp
from bot.messages import BotAnswer, Button, OutboundMessage
from ticketing.domain.answer_marks import mark_of
from ticketing.domain.errors import TicketingError
from ticketing.domain.ticket import BotStanding

#: A resident waits no longer than this for an answer; then the message goes to a person.
REPLY_TIMEOUT_S = 8.0
#: Reading a message takes milliseconds; a server that needs this long will not answer in time either.
PARSE_TIMEOUT_S = 4.0
CONNECT_TIMEOUT_S = 1.0
#: What Rasa takes for a command when a message begins with it.
COMMAND_MARK = "/"
RESTART = "restart"
#: bot/language_server/channels.py
WEBHOOK = "/webhooks/hotline/webhook"


class RasaFault(StrEnum):
    """How the language server failed."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    #: It answered with an HTTP error.
    REFUSED = "refused"
    #: It answered something that is not what its API promises.
    GARBAGE = "garbage"
    #: It answered nothing to say.
    EMPTY = "empty"


class RasaUnavailable(TicketingError):
    """The language server gave no usable answer; ``kind`` says how it failed."""

    code: ClassVar[str] = "rasa_unavailable"

    def __init__(self, kind: RasaFault) -> None:
        """Keep the kind for logs and for the message's waiting reason."""
        super().__init__(kind=kind.value)
        self.kind = kind


class RasaClient:
    """One language server over kept-alive connections; every method raises RasaUnavailable."""

    def __init__(
        self, url: str, *, reply_timeout_s: float = REPLY_TIMEOUT_S, parse_timeout_s: float = PARSE_TIMEOUT_S
    ) -> None:
        """Talk to the server at ``url``; connects at the first call."""
        self._reply_timeout_s = reply_timeout_s
        self._parse_timeout_s = min(parse_timeout_s, reply_timeout_s)
        # Straight there: a proxy of the environment must never see what residents write.
        self._http = Loopback(url, connect_timeout_s=min(CONNECT_TIMEOUT_S, reply_timeout_s))

    async def parse(self, text: str) -> Mapping[str, object]:
        """What the model makes of ``text``, as Rasa's parse JSON."""
        answer = await self._ask("/model/parse", {"text": plain(text)}, self._parse_timeout_s)
        if not isinstance(answer, dict) or not isinstance(answer.get("intent"), dict):
            raise RasaUnavailable(RasaFault.GARBAGE)
        return answer

    async def say(self, conversation_id: str, text: str, *, topic: str | None) -> BotAnswer:
        """Tell the bot what the resident said; at least one reply comes back.

        ``topic`` is what was talked about last, perhaps without the bot.
        """
        return await self._speak(conversation_id, plain(text), topic)

    async def command(self, conversation_id: str, command: str, *, topic: str | None) -> BotAnswer:
        """Give the bot an intent of our own making; ``command`` has no leading slash."""
        return await self._speak(conversation_id, f"{COMMAND_MARK}{command}", topic)

    async def forget(self, conversation_id: str) -> None:
        """Put the bot's side of a conversation back to its beginning."""
        path = f"/conversations/{conversation_id}/tracker/events"
        await self._ask(path, {"event": RESTART}, self._parse_timeout_s)

    async def is_ready(self) -> bool:
        """Whether a model is loaded and answers."""
        try:
            answer = await self._status()
        except (OSError, EOFError, NoHttp):
            return False
        return answer.status == HTTPStatus.OK

    async def model_name(self) -> str:
        """File name of the model that is loaded; empty when none answers."""
        try:
            answer = await self._status()
            loaded = json.loads(answer.content) if answer.status == HTTPStatus.OK else {}
        except (OSError, EOFError, ValueError):
            return ""
        return str(loaded.get("model_file", "")).rpartition("/")[2] if isinstance(loaded, dict) else ""

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        """Nothing to open; connections come with the first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the connections back."""
        await self.aclose()

    async def _speak(self, conversation_id: str, message: str, topic: str | None) -> BotAnswer:
        said = {"sender": conversation_id, "message": message, "topic": topic}
        return answer_of(await self._ask(WEBHOOK, said, self._reply_timeout_s))

    async def _status(self) -> Answered:
        async with asyncio.timeout(self._parse_timeout_s):
            return await self._http.ask("GET", "/status")

    async def _ask(self, path: str, body: Mapping[str, object], within_s: float) -> object:
        try:
            async with asyncio.timeout(within_s):
                answer = await self._http.ask("POST", path, json.dumps(body).encode())
            if answer.status == HTTPStatus.OK:
                return json.loads(answer.content)
        except TimeoutError:
            raise RasaUnavailable(RasaFault.TIMEOUT) from None
        except (OSError, EOFError) as error:
            raise RasaUnavailable(RasaFault.UNREACHABLE) from error
        except ValueError:
            # Without the cause: its text may quote the conversation.
            raise RasaUnavailable(RasaFault.GARBAGE) from None
        raise RasaUnavailable(RasaFault.REFUSED)


def plain(text: str) -> str:
    """``text`` without what would make Rasa take it for a command; never longer.

    >>> plain(" /restart")
    'restart'
    """
    return text.strip().lstrip(f"{COMMAND_MARK} \t\r\n")


def answer_of(answer: object) -> BotAnswer:
    """What our channel of the language server says; raises RasaUnavailable.

    Anything but a clear word that the bot is at rest means that it is not.
    """
    if not isinstance(answer, dict):
        raise RasaUnavailable(RasaFault.GARBAGE)
    replies, topic = replies_of(answer.get("replies")), answer.get("topic")
    topic = topic if isinstance(topic, str) else None
    return BotAnswer(replies, BotStanding(answer.get("settled") is True, topic))


def replies_of(answer: object) -> tuple[OutboundMessage, ...]:
    """The messages of an answer; raises RasaUnavailable rather than leave a resident without.

    Pictures and custom payloads are not said; a button without a text stays out.
    """
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise RasaUnavailable(RasaFault.GARBAGE)
    replies: list[OutboundMessage] = []
    for item in answer:
        if isinstance(item.get("text"), str) and item["text"].strip():
            replies.append(_reply_of(item))
        elif replies:
            # What a text rests on comes behind it, as a message of its own.
            replies[-1] = replace(replies[-1], mark=mark_of(item.get("custom")) or replies[-1].mark)
    if not replies:
        raise RasaUnavailable(RasaFault.EMPTY)
    return tuple(replies)


def _reply_of(item: Mapping[str, object]) -> OutboundMessage:
    return OutboundMessage(text=str(item["text"]), buttons=_buttons_of(item.get("buttons")))


def _buttons_of(value: object) -> tuple[Button, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    titles = (item.get("title") for item in value if isinstance(item, Mapping))
    return tuple(Button(title) for title in titles if isinstance(title, str) and title)
