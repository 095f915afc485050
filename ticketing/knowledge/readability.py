"""How plainly an item is written: how long its sentences are, and how many of its words are rarely met.

The list of words is of newspapers and books: a homely word may count as rare, so the words are shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ticketing.knowledge.items import PolicyItem
from ticketing.knowledge.search import Words

#: A word that the frequency list of jieba's dictionary counts less often is rare.
RARE_BELOW = 10
#: Rare words weigh this many characters for each hundredth of all words.
RARE_WEIGHT = 1.5
#: Up to this score an item is plain, up to the next it is passable, above that it is hard.
PLAIN_TO, PASSABLE_TO = 30.0, 35.0
_SENTENCE = re.compile(r"[^\u3002\uff01\uff1f\uff1b\n]+")
_NOT_SAID = re.compile(r"[\d\s\W]+")


@dataclass(frozen=True, slots=True)
class Grade:
    """One item; a higher ``score`` is harder to read."""

    topic: str
    title: str
    score: float
    #: Mean length of a sentence in characters.
    sentence_characters: float
    #: Part of all words that are rare, 0 to 1.
    rare_share: float
    longest: str
    rare_words: tuple[str, ...]

    @property
    def level(self) -> str:
        """``plain``, ``passable`` or ``hard``."""
        if self.score <= PLAIN_TO:
            return "plain"
        return "passable" if self.score <= PASSABLE_TO else "hard"


@dataclass(frozen=True, slots=True)
class Grader:
    """Grades by a cutter of words and a list of how often each is met."""

    words: Words
    frequency: Mapping[str, int]

    @classmethod
    def load(cls) -> "Grader":
        """With jieba's own dictionary; takes about a second."""
        words = Words.load(names=(), dictionary=None)
        words.tokenizer.initialize()
        return cls(words, words.tokenizer.FREQ)

    def grade(self, item: PolicyItem) -> Grade:
        """Of everything an item states."""
        sentences = list(_sentences(item))
        said = [word for sentence in sentences for word in self._words(sentence)]
        names = "".join([item.title, *item.also])
        rare = [word for word in said if word not in names and self._is_rare(word)]
        length = sum(map(_length, sentences)) / max(1, len(sentences))
        share = len(rare) / max(1, len(said))
        return Grade(
            topic=item.slug,
            title=item.title,
            score=round(length + RARE_WEIGHT * 100 * share, 1),
            sentence_characters=round(length, 1),
            rare_share=round(share, 3),
            longest=max(sentences, key=_length, default=""),
            rare_words=tuple(dict.fromkeys(rare)),
        )

    def _words(self, sentence: str) -> list[str]:
        """Words of more than one character; what a single one means everybody knows."""
        cut = self.words.tokenizer.cut(sentence, HMM=False)
        return [word for word in cut if len(word) > 1 and not _NOT_SAID.search(word)]

    def _is_rare(self, word: str) -> bool:
        return self.frequency.get(word, 0) < RARE_BELOW


def worst_first(grader: Grader, items: Mapping[str, PolicyItem]) -> list[Grade]:
    """All items, the hardest first."""
    return sorted((grader.grade(item) for item in items.values()), key=lambda grade: -grade.score)


def _sentences(item: PolicyItem) -> Iterator[str]:
    for section in item.sections.values():
        for statement in section.statements:
            yield from (found for found in _SENTENCE.findall(statement.text) if _length(found))


def _length(sentence: str) -> int:
    """Characters that are read aloud."""
    return sum(1 for one in sentence if one.isalnum())
