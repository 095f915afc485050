"""How well a model does on messages that none learns from, as a resident's first message is read."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.gateway import assessed
from bot.gateway_ports import Reader
from bot.rasa_client import RasaClient
from ticketing.domain.training import HeldOut, Verdict
from ticketing.domain.triage import Assessment
from ticketing.domain.vocabulary import Risk, Talk

#: Labelled by somebody who had seen neither the training data nor the word lists.
HELD_OUT = Path(__file__).parent / "evaluation_set" / "held_out.jsonl"
#: A model that is just being loaded, or a busy machine, may take its time here.
PATIENCE_S = 60.0

#: Told how many messages were read.
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """The messages to measure by, and how many were left out."""

    messages: tuple[HeldOut, ...]
    omitted: int


def held_out(file: Path = HELD_OUT) -> tuple[HeldOut, ...]:
    """All of the set, in its order."""
    return tuple(_message(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())


def without(messages: Sequence[HeldOut], taught: Sequence[str]) -> Part:
    """Leave out what was taught word for word: it would measure memory only."""
    known = {_spoken(text) for text in taught}
    rest = tuple(message for message in messages if _spoken(message.text) not in known)
    return Part(rest, len(messages) - len(rest))


def verdicts(url: str, messages: Sequence[HeldOut], told: Told) -> list[Verdict]:
    """The assistant's verdicts with the language server at ``url``; raises RasaUnavailable.

    One message after the other: whoever measures must not be in residents' way.
    """

    async def all_of_them() -> list[Verdict]:
        async with RasaClient(url, reply_timeout_s=PATIENCE_S) as language:
            return [await _told(language, message, done, told) for done, message in enumerate(messages)]

    return asyncio.run(all_of_them())


def label_of(verdict: Assessment) -> str:
    """The primary label: category before topic before talk."""
    return str(verdict.category or verdict.topic or verdict.talk or Talk.UNCLEAR)


async def _told(language: Reader, message: HeldOut, done: int, told: Told) -> Verdict:
    verdict = await assessed(language, message.text)
    told(done + 1)
    return Verdict(label_of(verdict), verdict.risk is not Risk.NONE)


def _spoken(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).lower()


def _message(data: Mapping[str, str | None]) -> HeldOut:
    label = data["category"] or data["topic"] or data["talk"]
    return HeldOut(str(data["text"]), str(label), data["risk"] != Risk.NONE)
