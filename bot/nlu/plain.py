"""The form of a text that is learned from and looked up."""

from __future__ import annotations

from bot.nlu.lexicon import entity_lexicon, homophones, simplified_signs
from bot.nlu.normalise import normalised


class Plain:
    """One form for all: simplified, folded, phones replaced by a word, words of this field spelt right."""

    def __init__(self) -> None:
        """Load the lexicons."""
        self._stand_ins = entity_lexicon().stand_ins
        self._simplified = simplified_signs()
        self._homophones = homophones()

    def of(self, text: str) -> str:
        """The text in that form; positions are not kept."""
        plain = normalised(text.translate(self._simplified), self._stand_ins)
        return self._homophones.corrected(plain)
