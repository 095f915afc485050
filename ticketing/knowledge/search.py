"""Finds the topic a text is about by its words, without any model and without a database.

BM25 over jieba's words and pairs of characters, of what the items say, of what residents asked, and of
what the city entered. Why not PostgreSQL's full text: docs/decisions/0011-retrieval-in-memory.md.
"""

import copy
import logging
import math
import re
import threading
import unicodedata
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from ticketing.knowledge.items import PolicyItem

#: Usual BM25 saturation and length constants (Robertson & Zaragoza 2009).
K1 = 1.2
B = 0.75
#: A word of a title or a name people use says more than one inside a sentence.
NAME_WEIGHT = 4
#: A question an item brings itself, or what one of its city fields is called.
ASK_WEIGHT = 0.5
STATEMENT_WEIGHT = 0.5
#: Each character of a name people use, found whole in the text, adds this to the score.
WHOLE_NAME_BONUS = 3.0
#: A text that somebody noted for a topic, said again: more than an offer or a clear lead takes.
SAME_TEXT_BONUS = 30.0
#: Before a pair of characters, so that it is no word.
PAIR = "#"
#: Layers of what a topic is found by; others are noted by whoever knows more.
ITEM, ASKED = "item", "asked"
_HAN = re.compile(r"[\u4e00-\u9fff]+")

#: Topic → what residents asked of it.
type Questions = Mapping[str, Iterable[str]]
NONE_ASKED: Questions = MappingProxyType({})


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
    """What residents may say of each topic; safe to ask from threads while another notes something."""

    def __init__(
        self,
        items: Sequence[PolicyItem],
        *,
        questions: Questions = NONE_ASKED,
    ) -> None:
        """Index the items, and ``questions`` that residents asked of them.

        Takes about a second for jieba's dictionary, and as long for five thousand questions.
        """
        names = {item.slug: _names(item) for item in items}
        self._words = Words.load(names=chain.from_iterable(names.values()), dictionary=None)
        self._lock = threading.Lock()
        #: Term → topic → weight. A topic's mapping is replaced, never changed: readers need no lock.
        self._postings: dict[str, Mapping[str, float]] = {}
        self._layers: dict[str, dict[str, Mapping[str, float]]] = {}
        self._lengths: dict[str, float] = {}
        #: Of all topics together.
        self._length = 0.0
        #: Texts noted of each topic and layer, as they are compared; replaced, never changed.
        self._noted: Mapping[tuple[str, str], frozenset[str]] = {}
        self._names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for item in items:
            for name in map(normal, names[item.slug]):
                self._names[name[:2]].append((name, item.slug))
        self._fill({item.slug: self._of_item(item, names[item.slug]) for item in items}, ITEM)
        self._fill({topic: self._of_texts(texts) for topic, texts in questions.items()}, ASKED)

    def note(self, topic: str, layer: str, texts: Iterable[str]) -> None:
        """From now on the topic is also found by ``texts``, which replace those of the same layer before.

        Whoever says one of them again finds the topic, whatever its words weigh beside all others.
        """
        told = list(texts)
        with self._lock:
            self._put(topic, layer, self._of_texts(told))
            self._noted = {**self._noted, (topic, layer): frozenset(map(normal, told))}

    def scores(self, text: str) -> list[tuple[str, float]]:
        """Topics that share a term with ``text``, best first; scores > 0, unbounded, O(postings touched).

        Comparable between texts on one index; with many more topics all scores rise, as rarity does.
        """
        said = normal(text)
        found: dict[str, float] = defaultdict(float)
        shortest, by_length = K1 * (1 - B), K1 * B * len(self._lengths) / (self._length or 1.0)
        for term in set(self._terms(said)):
            having = self._postings.get(term, {})
            rarity = self._rarity(len(having)) * (K1 + 1)
            for topic, weight in having.items():
                found[topic] += rarity * weight / (weight + shortest + by_length * self._lengths[topic])
        for topic, characters in self._named(said).items():
            found[topic] += WHOLE_NAME_BONUS * characters
        for topic in {topic for (topic, _), told in self._noted.items() if said in told}:
            found[topic] += SAME_TEXT_BONUS
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    def vector(self, text: str) -> Mapping[str, float]:
        """The terms of a text by their rarity, to compare texts with each other."""
        terms = set(self._terms(normal(text)))
        return {term: self._rarity(len(self._postings.get(term, ()))) for term in terms}

    def _fill(self, weights: Mapping[str, Mapping[str, float]], layer: str) -> None:
        """Put many topics at once, which is quadratic one by one."""
        gathered: dict[str, dict[str, float]] = {term: dict(of) for term, of in self._postings.items()}
        for topic, terms in weights.items():
            self._layers.setdefault(topic, {})[layer] = terms
            self._measure(topic)
            for term, weight in terms.items():
                mine = gathered.setdefault(term, {})
                mine[topic] = mine.get(topic, 0.0) + weight
        self._postings = dict(gathered)

    def _put(self, topic: str, layer: str, terms: Mapping[str, float]) -> None:
        layers = self._layers.setdefault(topic, {})
        before = layers.get(layer, {})
        layers[layer] = terms
        self._measure(topic)
        for term in before.keys() | terms.keys():
            weight = sum(one.get(term, 0.0) for one in layers.values())
            others = {slug: had for slug, had in self._postings.get(term, {}).items() if slug != topic}
            self._postings[term] = {**others, topic: weight} if weight else others

    def _measure(self, topic: str) -> None:
        length = sum(sum(one.values()) for one in self._layers[topic].values())
        self._length += length - self._lengths.get(topic, 0.0)
        self._lengths[topic] = length

    def _of_item(self, item: PolicyItem, names: Iterable[str]) -> Mapping[str, float]:
        weights: dict[str, float] = defaultdict(float)
        for name in names:
            for term in set(self._terms(normal(name))):
                weights[term] += NAME_WEIGHT
        for text in (*item.asks.values(), *(one.label for one in item.city_fields.values())):
            for term in set(self._terms(normal(text))):
                weights[term] += ASK_WEIGHT
        for section in item.sections.values():
            for statement in section.statements:
                for term in self._terms(normal(statement.text)):
                    weights[term] += STATEMENT_WEIGHT
        return weights

    def _of_texts(self, texts: Iterable[str]) -> Mapping[str, float]:
        """The hundredth question with a word says less than the first."""
        counts = Counter(term for text in texts for term in set(self._terms(normal(text))))
        return {term: math.log1p(count) for term, count in counts.items()}

    def _terms(self, said: str) -> Iterator[str]:
        """Words, and pairs of characters beside them: what jieba cuts wrongly is found by these."""
        yield from self._words.of(said)
        for run in _HAN.findall(said):
            yield from (f"{PAIR}{run[at : at + 2]}" for at in range(len(run) - 1))

    def _rarity(self, having: int) -> float:
        return math.log(1 + (len(self._lengths) - having + 0.5) / (having + 0.5))

    def _named(self, said: str) -> Mapping[str, int]:
        """Topic → characters of the longest name people use that stands whole in the text."""
        found: dict[str, int] = {}
        for at in range(len(said)):
            for name, topic in (*self._names.get(said[at : at + 2], ()), *self._names.get(said[at], ())):
                if said.startswith(name, at):
                    found[topic] = max(found.get(topic, 0), len(name))
        return found


def normal(text: str) -> str:
    """Full-width, half-width and capital letters are one."""
    return unicodedata.normalize("NFKC", text).lower()


def _tokenizer() -> Tokenizer:
    """A fresh tokenizer; reading the dictionary takes half a second, copying what was read none."""
    fresh = copy.copy(_read_dictionary())
    fresh.FREQ = dict(fresh.FREQ)
    return fresh


@cache
def _read_dictionary() -> Tokenizer:
    """A tokenizer that nobody teaches anything, without jieba's own noise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Imported here because it pulls in setuptools and warns of it: 0.4 s and a line on stderr
        # in every process, for a search that most of them never make.
        import jieba  # noqa: PLC0415
    # It reports the building of its cache at debug level to a stderr handler of its own.
    logging.getLogger("jieba").setLevel(logging.WARNING)
    tokenizer: Tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def _names(item: PolicyItem) -> tuple[str, ...]:
    return tuple(dict.fromkeys([item.title, item.name, *item.also]))
