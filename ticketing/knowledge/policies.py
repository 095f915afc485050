"""The policy items of a folder, loaded once: answers, titles and search."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from ticketing.domain.errors import PolicyNotFound
from ticketing.knowledge.answers import Composer
from ticketing.knowledge.items import PolicyItem, Shelf
from ticketing.knowledge.reading import load_shelf
from ticketing.knowledge.search import SearchIndex


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resident reads, and the questions they may tap next."""

    text: str
    buttons: tuple[str, ...]
    topic: str
    title: str
    aspect: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic found by its words; a higher ``score`` is better, and only comparable within one search."""

    topic: str
    title: str
    score: float


class Knowledge:
    """Immutable; safe to share between threads."""

    def __init__(self, shelf: Shelf, *, dictionary: Path | None = None) -> None:
        """Keep what was read; ``dictionary`` is a folder of words for the search."""
        self._shelf = shelf
        self._dictionary = dictionary

    @classmethod
    def load(cls, folder: Path, *, dictionary: Path | None = None) -> "Knowledge":
        """Read a policies folder; raises DataFault naming everything wrong with it."""
        return cls(load_shelf(folder), dictionary=dictionary)

    def answer(self, topic: str, aspect: str | None, *, today: date) -> Answer:
        """Answer as of ``today``, the overview without an aspect; raises PolicyNotFound."""
        item = self._item(topic)
        composer = Composer(self._shelf, item, today)
        return Answer(
            text=composer.text(aspect),
            buttons=composer.buttons(aspect),
            topic=topic,
            title=item.title,
            aspect=aspect,
        )

    def search(self, text: str, limit: int) -> list[Hit]:
        """Topics nearest to ``text`` by its words, best first; empty when no word is known."""
        return [Hit(topic, self.title(topic), score) for topic, score in self._index.scores(text)[:limit]]

    def title(self, topic: str) -> str:
        """Title of a topic; raises PolicyNotFound."""
        return self._item(topic).title

    def topics(self) -> tuple[str, ...]:
        """Slugs of all topics, in order of their names."""
        return tuple(self._shelf.items)

    def _item(self, topic: str) -> PolicyItem:
        if topic not in self._shelf.items:
            raise PolicyNotFound(topic=topic)
        return self._shelf.items[topic]

    # Built at the first search: jieba's dictionary costs most of a second that a command line need not pay.
    @cached_property
    def _index(self) -> SearchIndex:
        return SearchIndex(tuple(self._shelf.items.values()), dictionary=self._dictionary)
