"""The words of a report with how much each says, for comparing reports."""

import math
from collections.abc import Mapping
from functools import cached_property, lru_cache

from ticketing.knowledge.search import Words

#: Shorter words (single characters) say too little of a matter.
CHARACTERS_MIN = 2
#: A word this rare or rarer in the dictionary's corpus (of about 60 million words) says all it can.
RAREST = 20
COMMONEST = 60_000
#: Texts whose words are kept at hand: a busy day's.
KEPT = 4096


class Terms:
    """Cuts reports into words; the dictionary is read at the first report, not before."""

    def __init__(self, *, empty_words: frozenset[str]) -> None:
        """``empty_words`` say nothing of a matter."""
        self._empty = empty_words
        self.of = lru_cache(maxsize=KEPT)(self._of)

    def _of(self, text: str) -> Mapping[str, float]:
        """Words of ``text`` with their weights, from 0 for the commonest to 1 for rare ones."""
        words = set(self._words.of(text)) - self._empty
        return {word: self._weight(word) for word in words if len(word) >= CHARACTERS_MIN}

    def _weight(self, word: str) -> float:
        """By how rare the word is in general; a word the dictionary does not know is rare."""
        count = min(max(self._words.tokenizer.FREQ.get(word, 0), RAREST), COMMONEST)
        return math.log(COMMONEST / count) / math.log(COMMONEST / RAREST)

    @cached_property
    def _words(self) -> Words:
        words = Words.load(names=(), dictionary=None)
        words.tokenizer.initialize()
        return words
