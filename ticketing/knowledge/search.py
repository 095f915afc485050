"""Finds the topic a text is about by its words, without any model: BM25 over jieba's words."""

import logging
import math
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ticketing.knowledge.items import PolicyItem

#: Usual BM25 saturation and length constants (Robertson & Zaragoza 2009).
K1 = 1.2
B = 0.75
#: A word of a title or a name people use says more than one inside a sentence.
NAME_WEIGHT = 4
#: Each character of a name people use, found whole in the text, adds this to the score.
WHOLE_NAME_BONUS = 2.0


@dataclass(frozen=True, slots=True)
class Passage:
    """All words of a topic, and its names for whole matches."""

    topic: str
    counts: Mapping[str, int]
    length: int
    names: tuple[str, ...]


class Tokenizer(Protocol):
    """The part of jieba's tokenizer used here."""

    #: How often each word of the dictionary was counted; empty before the dictionary is read.
    FREQ: Mapping[str, int]

    def initialize(self) -> None:
        """Read the dictionary now."""

    def cut(self, sentence: str, *, HMM: bool) -> Iterable[str]:  # noqa: N803 - jieba's name
        """Words of a text, each character once; without HMM only those of the dictionary."""

    def cut_for_search(self, text: str) -> Iterable[str]:
        """Words of a text, long ones also in their parts."""

    def add_word(self, word: str) -> None:
        """Learn a word."""

    def load_userdict(self, path: str) -> None:
        """Learn the words of a dictionary file."""


@dataclass(frozen=True, slots=True)
class Words:
    """Cuts text with a tokenizer of our own, so that nobody's dictionary leaks into another's."""

    tokenizer: Tokenizer

    @classmethod
    def load(cls, *, names: Iterable[str], dictionary: Path | None) -> "Words":
        """Tokenizer that knows ``names`` and the dictionary files of a folder, if one is given."""
        tokenizer = _tokenizer()
        for path in sorted(dictionary.glob("*.txt")) if dictionary else ():
            tokenizer.load_userdict(str(path))
        for name in names:
            tokenizer.add_word(name)
        return cls(tokenizer)

    def of(self, text: str) -> list[str]:
        """Words and the words inside them, without punctuation."""
        return [word for word in self.tokenizer.cut_for_search(text) if word.strip() and word.isalnum()]


class SearchIndex:
    """Immutable after construction."""

    def __init__(self, items: Sequence[PolicyItem], *, dictionary: Path | None = None) -> None:
        """Index the names and statements of ``items``; takes about a second for jieba's dictionary."""
        self._words = Words.load(
            names=[name for item in items for name in _names(item)], dictionary=dictionary
        )
        self._passages = [self._passage(item) for item in items]
        self._mean_length = sum(one.length for one in self._passages) / max(1, len(self._passages))
        self._topics_with = Counter(word for one in self._passages for word in one.counts)

    def scores(self, text: str) -> list[tuple[str, float]]:
        """Topics that share a word with ``text``, best first; scores > 0 and unbounded."""
        words = set(self._words.of(text))
        scored = [(one.topic, self._score(one, words) + _bonus(one, text)) for one in self._passages]
        return sorted((pair for pair in scored if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))

    def _passage(self, item: PolicyItem) -> Passage:
        counts: Counter[str] = Counter()
        for name in _names(item):
            counts.update(dict.fromkeys(self._words.of(name), NAME_WEIGHT))
        for section in item.sections.values():
            for statement in section.statements:
                counts.update(self._words.of(statement.text))
        return Passage(item.slug, counts, counts.total(), _names(item))

    def _score(self, passage: Passage, words: Iterable[str]) -> float:
        norm = K1 * (1 - B + B * passage.length / self._mean_length)
        total = 0.0
        for word in words:
            count = passage.counts.get(word, 0)
            total += self._rarity(word) * count * (K1 + 1) / (count + norm)
        return total

    def _rarity(self, word: str) -> float:
        having = self._topics_with[word]
        return math.log(1 + (len(self._passages) - having + 0.5) / (having + 0.5))


def _tokenizer() -> Tokenizer:
    """A fresh tokenizer, without jieba's own noise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Imported here because it pulls in setuptools and warns of it: 0.4 s and a line on stderr
        # in every process, for a search that most of them never make.
        import jieba  # noqa: PLC0415
    # It reports the building of its cache at debug level to a stderr handler of its own.
    logging.getLogger("jieba").setLevel(logging.WARNING)
    tokenizer: Tokenizer = jieba.Tokenizer()
    return tokenizer


def _names(item: PolicyItem) -> tuple[str, ...]:
    return tuple(dict.fromkeys([item.title, item.name, *item.also]))


def _bonus(passage: Passage, text: str) -> float:
    """Longest name people use that stands whole in the text."""
    found = [len(name) for name in passage.names if name in text]
    return WHOLE_NAME_BONUS * max(found, default=0)
