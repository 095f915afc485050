"""Texts as hurried people type them: other characters of the same sound, some left out, swapped, no marks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping

#: One mistake in so many characters, one at least.
_CHARACTERS_PER_MISTAKE = 12
#: Characters that the examples have less often are nobody's first choice.
_USUAL_FROM = 20
_SAME_SOUND, _LEFT_OUT = 0.6, 0.8
_WITHOUT_MARKS = 0.5
_SHORTEST = 4


class Mistakes:
    """Makes them by chance, the same ones in every run."""

    def __init__(self, texts: Iterable[str], readings: Mapping[str, str], chance: random.Random) -> None:
        """``texts`` tell which characters people use, ``readings`` how they sound."""
        self._chance = chance
        self._readings = readings
        self._same_sound: dict[str, list[str]] = {}
        for sign, count in Counter(sign for text in texts for sign in text).items():
            if count > _USUAL_FROM and sign in self._readings:
                self._same_sound.setdefault(self._readings[sign], []).append(sign)

    def in_text(self, text: str) -> str:
        """The text with mistakes; never empty."""
        signs = list(text)
        for _ in range(max(1, len(signs) // _CHARACTERS_PER_MISTAKE)):
            self._make_one(signs)
        if self._chance.random() < _WITHOUT_MARKS:
            signs = [sign for sign in signs if sign.isalnum()]
        return "".join(signs) or text

    def _make_one(self, signs: list[str]) -> None:
        kind, place = self._chance.random(), self._chance.randrange(len(signs))
        if kind < _SAME_SOUND:
            signs[place] = self._chance.choice(self._alike(signs[place]))
        elif len(signs) > _SHORTEST and kind < _LEFT_OUT:
            del signs[place]
        elif place + 1 < len(signs):
            signs[place], signs[place + 1] = signs[place + 1], signs[place]

    def _alike(self, sign: str) -> list[str]:
        return self._same_sound.get(self._readings.get(sign, ""), [sign])
