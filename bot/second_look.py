"""Reads conversations again as a whole when they have gone quiet: what no single message told is seen now.

The safety net reads what was said in windows, the model each text alone and all of them together. Neither
raises a ticket here: the doubtful go to a person.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from bot import safety_net
from bot.gateway_ports import Reader
from bot.rasa_client import RasaClient, RasaUnavailable, plain
from bot.turns import UNDERSTOOD_CHARACTERS
from ticketing.bootstrap import Runtime
from ticketing.domain.second_look import (
    PERCENT,
    Doubt,
    LookRules,
    Sign,
    Unread,
    Verdict,
    danger_in,
    verdict_of,
)
from ticketing.domain.vocabulary import Risk

#: Conversations read in one round, so that the scheduler's other duties do not wait for long.
BATCH = 20
#: The model is asked no more often about one conversation; what is beyond goes to a person.
PARSES_MAX = 200
#: After so many faults the language server counts as away for the rest of the round; one conversation that it
#: cannot take does not hold up the others.
FAULTS_MAX = 2

log = logging.getLogger(__name__)


class Looks(Protocol):
    """The list's side of the second look."""

    @property
    def rules(self) -> LookRules:
        """What the city has set."""
        ...

    def unread(self, limit: int) -> list[Unread]:
        """Conversations to be read again, the longest quiet first."""
        ...

    def note(self, unread: Unread, verdict: Verdict) -> bool:
        """Note that one was read; whether it is on the list."""
        ...


class OpenReader(Reader, Protocol):
    """A reader that holds connections."""

    async def aclose(self) -> None:
        """Give the connections back."""
        ...


class SecondReader:
    """One round of reading."""

    def __init__(self, language: Reader, looks: Looks, now: datetime) -> None:
        """Read with ``language`` and write to ``looks``; ``now`` tells how long a conversation has waited."""
        self._language = language
        self._looks = looks
        self._now = now
        self._faults: list[RasaUnavailable] = []

    async def read(self, limit: int = BATCH) -> int:
        """Read what has gone quiet; how many were put on the list.

        What the model cannot be asked about waits for the next round, and after some time for a person.
        """
        listed = 0
        for unread in await asyncio.to_thread(self._looks.unread, limit):
            signs = await self._signs(unread)
            if signs is not None:
                verdict = verdict_of(unread, signs)
                listed += await asyncio.to_thread(self._looks.note, unread, verdict)
        return listed

    async def _signs(self, unread: Unread) -> list[Sign] | None:
        """All that speaks for danger; None: not to be told yet."""
        words = list(in_words(unread.texts))
        try:
            return [*words, *(await self._in_model(unread.texts))]
        except RasaUnavailable as error:
            log.warning("a conversation could not be read again: %s", error.kind)
        if self._now - unread.said_until < self._looks.rules.quiet_for + self._looks.rules.unread_after:
            return None
        return [*words, Sign(Doubt.UNREAD)]

    async def _in_model(self, texts: Sequence[str]) -> list[Sign]:
        joined = together(texts)
        asked = [*(text for text in alone(texts) if text not in joined), *joined]
        signs = [Sign(Doubt.UNREAD)] if len(asked) > PARSES_MAX else []
        for text in asked[-PARSES_MAX:]:
            category, likely = danger_in(await self._parse(text))
            score = min(round(likely * PERCENT), PERCENT)
            if category is not None and score >= self._looks.rules.doubtful_from:
                # All of them are no evidence when one of them is.
                evidence = () if signs and text in joined else (text,)
                signs.append(Sign(Doubt.MODEL, score, category, evidence))
        return signs

    async def _parse(self, text: str) -> dict[str, object]:
        if len(self._faults) >= FAULTS_MAX:
            raise self._faults[-1]
        try:
            return dict(await self._language.parse(text))
        except RasaUnavailable as error:
            self._faults.append(error)
            raise


def in_words(texts: Sequence[str]) -> Iterator[Sign]:
    """What the safety net sees when it reads the texts one by one and as many together as it can."""
    for end in range(1, len(texts) + 1):
        found = safety_net.scan_turns(texts[max(0, end - safety_net.TURNS_READ_TOGETHER) : end])
        if found.risk is not Risk.NONE:
            yield Sign(Doubt.WORDS, PERCENT, found.category, found.evidence)


def alone(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text by itself, once, in portions that the model can read."""
    return tuple(dict.fromkeys(piece for text in texts for piece in portions(plain(text))))


def together(texts: Iterable[str]) -> tuple[str, ...]:
    """All texts as one, each once, in portions that the model can read."""
    return portions("\n".join(text for text in dict.fromkeys(plain(one) for one in texts) if text))


def portions(text: str) -> tuple[str, ...]:
    """``text`` in pieces of what the model reads at once."""
    cut = range(0, len(text), UNDERSTOOD_CHARACTERS)
    return tuple(piece for start in cut if (piece := plain(text[start : start + UNDERSTOOD_CHARACTERS])))


def look_again(runtime: Runtime, open_language: Callable[[str], OpenReader] = RasaClient) -> int:
    """The scheduler's duty: read what has gone quiet; how many conversations a person is to look at."""

    async def work() -> int:
        language = open_language(runtime.settings.rasa_url)
        try:
            return await SecondReader(language, runtime.second_looks, runtime.clock.now()).read()
        finally:
            await language.aclose()

    return asyncio.run(work())
