"""Replies per second over HTTP, ours and a stock Rasa's in turns, and where the time of ours goes."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.gateway import Gateway
from bot.messages import BotAnswer, InboundMessage
from bot.rasa_client import RasaClient
from bot.spool import Spool
from tests.bench.clients import Connection, HouseTalk, StockTalk, Talk, talking
from tests.bench.house import House
from tests.bench.measuring import MILLISECONDS, Figure, Round, together, told
from tests.bench.questions import TURNS_OF_A_RESIDENT, endless
from tests.bench.stock import Recipe
from ticketing.bootstrap import Runtime, build
from ticketing.domain.vocabulary import Channel

CLIENTS = (1, 8)
WARM_S = 2.0
OURS = "ours"


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of all."""

    house_url: str
    stock_urls: Mapping[Recipe, str]

    def sides(self) -> Mapping[str, tuple[str, Callable[[Connection], Talk]]]:
        """Each server with the way to talk to it."""
        stocks: Iterator[tuple[str, tuple[str, Callable[[Connection], Talk]]]] = (
            (recipe.shown, (url, StockTalk)) for recipe, url in self.stock_urls.items()
        )
        return {OURS: (self.house_url, HouseTalk), **dict(stocks)}


@dataclass(slots=True)
class Replies:
    """Rounds by side and number of clients."""

    rounds: dict[tuple[str, int], list[Round]] = field(default_factory=dict)
    _piles: dict[str, Iterator[str]] = field(default_factory=dict)

    def measure(self, servers: Servers, *, seconds: float) -> None:
        """One round of everything, the two sides one after the other."""
        for clients in CLIENTS:
            for side in servers.sides():
                one = self._round(servers, side, clients=clients, seconds=seconds)
                self.rounds.setdefault((side, clients), []).append(one)

    def warm(self, servers: Servers) -> None:
        """Talk to both for a moment without counting."""
        for side in servers.sides():
            self._round(servers, side, clients=max(CLIENTS), seconds=WARM_S)

    def _round(self, servers: Servers, side: str, *, clients: int, seconds: float) -> Round:
        url, new_talk = servers.sides()[side]
        # All clients of a side draw from one pile: nothing is asked twice, so no answer comes from a cache.
        texts = self._piles.setdefault(side, endless())
        until = time.perf_counter() + seconds
        return together([partial(talking, url, new_talk, texts, until=until) for _ in range(clients)])

    def ratios(self, clients: int, recipe: Recipe) -> Figure:
        """Replies per second of ours for one of stock's, round by round."""
        pairs = zip(self.rounds[OURS, clients], self.rounds[recipe.shown, clients], strict=True)
        return Figure.of([ours.per_second / stock.per_second for ours, stock in pairs])


@dataclass(slots=True)
class Spans:
    """Seconds spent in each part, by message."""

    _taken: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        """One more."""
        self._taken.setdefault(name, []).append(seconds)

    def total_ms(self, name: str, messages: int) -> float:
        """Mean milliseconds per message."""
        return sum(self._taken.get(name, ())) / messages * MILLISECONDS

    def count(self, name: str) -> int:
        """How many there were."""
        return len(self._taken.get(name, ()))

    async def around[T](self, name: str, work: Awaitable[T]) -> T:
        """Time an awaited call."""
        started = time.perf_counter()
        try:
            return await work
        finally:
            self.add(name, time.perf_counter() - started)

    def wrapping[**P, T](self, name: str, call: Callable[P, T]) -> Callable[P, T]:
        """The same call, timed."""

        def timed(*args: P.args, **kwargs: P.kwargs) -> T:
            started = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.add(name, time.perf_counter() - started)

        return timed


class TimedLanguage(RasaClient):
    """The language server with a watch on each call."""

    def __init__(self, url: str, spans: Spans) -> None:
        """Time into ``spans``."""
        super().__init__(url)
        self._spans = spans

    async def parse(self, text: str) -> Mapping[str, object]:
        return await self._spans.around("parse", super().parse(text))

    async def say(self, conversation_id: str, text: str, *, topic: str | None) -> BotAnswer:
        return await self._spans.around("webhook", super().say(conversation_id, text, topic=topic))


class Watched:
    """Any service, each of its methods timed under its name."""

    def __init__(self, service: object, spans: Spans) -> None:
        """Time into ``spans``."""
        self._service = service
        self._spans = spans

    def __getattr__(self, name: str) -> Callable[..., object]:
        return self._spans.wrapping(name, getattr(self._service, name))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Milliseconds of one reply by part, at one client; reading goes on beside keeping."""

    parts: Mapping[str, float]
    total_ms: float
    #: How many of 100 messages were answered without the dialogue.
    plain_percent: float

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """Part, milliseconds, share."""
        parts = {**self.parts, "**a reply**": self.total_ms}
        return [(name, told(spent), f"{spent / self.total_ms:.0%}") for name, spent in parts.items()]


def breakdown(house: House, *, messages: int) -> Breakdown:
    """Answer ``messages`` inside this process with a watch on every part."""
    runtime = build(house.settings)
    try:
        return asyncio.run(_broken_down(runtime, house, messages))
    finally:
        runtime.close()


async def _broken_down(runtime: Runtime, house: House, messages: int) -> Breakdown:
    spans = Spans()
    gateway = Gateway(
        # The watch has all methods of what it watches, which no type can say.
        ledger=Watched(runtime.intake, spans),  # type: ignore[arg-type]
        reports=runtime.reports,
        language=TimedLanguage(house.settings.rasa_url, spans),
        answers=Watched(runtime.answers, spans),  # type: ignore[arg-type]
        texts=runtime.texts,
        spool=Spool(house.settings.home),
    )
    # From the end of the pile, which the rounds do not reach.
    texts = endless(-messages)
    try:
        for turn in range(messages):
            if turn % TURNS_OF_A_RESIDENT == 0:
                peer = secrets.token_hex(8)
            message = InboundMessage(Channel.CLI, peer, secrets.token_hex(8), text=next(texts))
            await spans.around("total", gateway.handle(message))
    finally:
        await gateway.aclose()
    return _parts(spans, messages)


def _parts(spans: Spans, messages: int) -> Breakdown:
    names = {
        "receive": "the message kept: on disk before anything is said",
        "parse": "the message read by the model, beside it",
        "to": "the answer put together",
        "webhook": "the dialogue, for those that need it",
        "record_replies": "the answer kept",
    }
    return Breakdown(
        parts={shown: spans.total_ms(name, messages) for name, shown in names.items()},
        total_ms=spans.total_ms("total", messages),
        plain_percent=100 - 100 * spans.count("webhook") / messages,
    )
