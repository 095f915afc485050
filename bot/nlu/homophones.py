"""Words of this field that were written with other characters of the same sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

_SHORTEST = 2
_LONGEST = 8


class Homophones:
    """Puts the usual characters in place of those that only sound like them."""

    def __init__(
        self, terms: Iterable[str], readings: Mapping[str, str], is_word: Callable[[str], bool]
    ) -> None:
        """``readings`` tells how a character sounds; what ``is_word`` knows is left as it is."""
        self._readings = readings
        self._is_word = is_word
        self._terms: dict[tuple[str, ...], str] = {}
        for term in terms:
            sounds = tuple(readings.get(sign, "") for sign in term)
            if _SHORTEST <= len(term) <= _LONGEST and all(sounds):
                self._terms.setdefault(sounds, term)
        self._lengths = sorted({len(sounds) for sounds in self._terms}, reverse=True)

    def corrected(self, text: str) -> str:
        """Text of the same length."""
        sounds = [self._readings.get(sign, "") for sign in text]
        signs = list(text)
        place = 0
        while place < len(text):
            place += self._put_right(text, sounds, signs, place)
        return "".join(signs)

    def _put_right(self, text: str, sounds: list[str], signs: list[str], place: int) -> int:
        """How many characters are done with, the longest term of this sound first."""
        for length in self._lengths:
            term = self._terms.get(tuple(sounds[place : place + length]))
            if term is None:
                continue
            written = text[place : place + length]
            if written != term and not self._is_sense(text, place, length):
                signs[place : place + length] = term
            return length
        return 1

    def _is_sense(self, text: str, place: int, length: int) -> bool:
        """Whether the characters, or two at an edge, are words of their own."""
        end = place + length
        edges = (text[place:end], text[max(0, place - 1) : place + 1], text[end - 1 : end + 1])
        return any(len(edge) > 1 and self._is_word(edge) for edge in edges)
