"""From what a model made of a text to the assistant's verdict, by the way of ``hotline predict``."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.gateway import assessed
from tests.evaluation.laboratory import Parse
from ticketing.domain.triage import Assessment

FALLBACK = "nlu_fallback"


@dataclass(frozen=True, slots=True)
class KeptLanguage:
    """A language server whose answers are already known."""

    answers: Mapping[str, Mapping[str, object]]

    async def parse(self, text: str) -> Mapping[str, object]:
        """The kept answer."""
        return self.answers[text]


@dataclass(frozen=True, slots=True)
class Guess:
    """The model's likeliest intent, before thresholds and the safety net."""

    intent: str
    confidence: float


def guess_of(parse: Parse) -> Guess:
    """The likeliest intent."""
    return Guess(*ranking_of(parse)[0])


def ranking_of(parse: Parse) -> list[tuple[str, float]]:
    """Intents and their confidence, likeliest first; that Rasa's fallback stands before them is undone."""
    ranking = parse.answer["intent_ranking"]
    if not isinstance(ranking, list):
        raise TypeError(type(ranking).__name__)
    return [(row["name"], row["confidence"]) for row in ranking if row["name"] != FALLBACK]


def verdicts(texts: Iterable[str], parses: Mapping[str, Parse]) -> list[Assessment]:
    """The assistant's verdict on each text as a lone message."""
    language = KeptLanguage({text: parse.answer for text, parse in parses.items()})

    async def all_of_them() -> list[Assessment]:
        return [await assessed(language, text) for text in texts]

    return asyncio.run(all_of_them())
