"""The policy items of a folder, loaded once: answers, titles and search."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from ticketing.domain.city_facts import Standing, Timelines, standing
from ticketing.domain.eligibility import Check
from ticketing.domain.errors import PolicyNotFound
from ticketing.domain.item_forms import FormGiven
from ticketing.knowledge.answers import BUTTONS_MAX, Composer
from ticketing.knowledge.items import PolicyItem, Shelf
from ticketing.knowledge.reading import digests, load_shelf
from ticketing.knowledge.search import NONE_ASKED, Questions, SearchIndex
from ticketing.knowledge.spoken import plain

#: Aspects whose answer carries the button that starts a guided check; None is the overview.
CHECKED_UNDER = frozenset({None, "definition", "eligibility"})
#: Layer of the search with what the city states.
CITY = "city"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resident reads, and the questions they may tap next."""

    text: str
    buttons: tuple[str, ...]
    topic: str
    title: str
    aspect: str | None
    #: Names the state of the files it was written from.
    revision: str
    #: City field → id of the entry it states.
    facts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic found by its words; a higher ``score`` is better, and only comparable within one search."""

    topic: str
    title: str
    score: float


class CityFacts(Protocol):
    """What the city entered and approved, kept up to date by whoever provides it."""

    def of(self, topic: str) -> Timelines:
        """Timelines by field; empty for a topic without any."""
        ...

    def changes(self) -> int:
        """Rises with every approval that ``of`` tells of."""
        ...


class NothingEntered:
    """A city that has not said anything yet."""

    def of(self, topic: str) -> Timelines:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return MappingProxyType({})

    def changes(self) -> int:
        """None yet."""
        return 0


class Forms(Protocol):
    """Application forms the city gives out, kept up to date by whoever provides it."""

    def of(self, topic: str) -> tuple[FormGiven, ...]:
        """Forms of a topic."""
        ...


class NothingGiven:
    """A city that gives out no forms."""

    def of(self, topic: str) -> tuple[FormGiven, ...]:  # noqa: ARG002 - the protocol's
        """None."""
        return ()


class Knowledge:
    """The items of the files joined with what the city entered; safe to share between threads."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        city: CityFacts | None = None,
        forms: Forms | None = None,
        checks: Mapping[str, Check] = MappingProxyType({}),
        questions: Callable[[], Questions] = lambda: NONE_ASKED,
        revisions: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Keep what was read; ``checks`` are the guided checks by topic.

        ``questions`` gives what residents asked of the topics, when the search first needs it;
        ``revisions`` names the state of each topic's files.
        """
        self.shelf = shelf
        self.checks = checks
        self._city = city or NothingEntered()
        self._forms = forms or NothingGiven()
        self._questions = questions
        self._revisions = revisions
        self._indexed: dict[str, Timelines] = {}
        self._indexed_at = 0

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        city: CityFacts | None = None,
        questions: Callable[[], Questions] = lambda: NONE_ASKED,
    ) -> "Knowledge":
        """Read a policies folder; raises DataFault naming everything wrong with it."""
        return cls(
            load_shelf(folder),
            city=city,
            questions=questions,
            revisions=digests(folder),
        )

    def answer(self, topic: str, aspect: str | None, *, today: date) -> Answer:
        """Answer as of ``today``, the overview without an aspect; raises PolicyNotFound."""
        item = self.item(topic)
        composer = self.composer(topic, today=today)
        return Answer(
            text=composer.text(aspect),
            buttons=(*self._start(item, aspect, today), *composer.buttons(aspect))[:BUTTONS_MAX],
            topic=topic,
            title=item.title,
            aspect=aspect,
            revision=self._revisions.get(topic, ""),
            facts=composer.facts(aspect),
        )

    def started_by(self, text: str) -> str | None:
        """Topic whose guided check this button starts, tapped or typed; None for any other text."""
        said = plain(text)
        return next((one.topic for one in self.checks.values() if plain(one.start) == said), None)

    def _start(self, item: PolicyItem, aspect: str | None, today: date) -> tuple[str, ...]:
        """The button that starts the check of a topic, while its law is known to hold."""
        check = self.checks.get(item.slug)
        is_wanted = aspect in CHECKED_UNDER and today <= item.last_day
        return (check.start,) if check is not None and is_wanted else ()

    def composer(self, topic: str, *, today: date) -> Composer:
        """Whatever writes answers of one topic as of ``today``; raises PolicyNotFound."""
        item = self.item(topic)
        return Composer(self.shelf, item, today, self._city.of(topic), self._forms.of(topic))

    def forms(self, topic: str) -> tuple[FormGiven, ...]:
        """Application forms the city gives out for a topic."""
        return self._forms.of(topic)

    def standings(self, topic: str, *, today: date) -> dict[str, Standing]:
        """How every city field of a topic stands; raises PolicyNotFound."""
        entered = self._city.of(topic)
        return {key: standing(entered.get(key, ()), today) for key in self.item(topic).city_fields}

    def search(self, text: str, limit: int) -> list[Hit]:
        """Topics nearest to ``text`` by its words, best first; empty when no word is known.

        What the city states of a topic finds it too, from its approval on.
        """
        if self._city.changes() != self._indexed_at:
            self._index_city()
        return [Hit(topic, self.title(topic), score) for topic, score in self._index.scores(text)[:limit]]

    def also_asked(self, topic: str, layer: str, texts: Iterable[str]) -> None:
        """From now on the search finds the topic by these too, instead of those of the same layer before."""
        self._index.note(topic, layer, texts)

    def vector(self, text: str) -> Mapping[str, float]:
        """The words of a text by their rarity, to compare questions with each other."""
        return self._index.vector(text)

    def _index_city(self) -> None:
        """Bring what the city states into the search."""
        self._indexed_at = self._city.changes()
        for topic in self.shelf.items:
            entered = self._city.of(topic)
            if entered is not self._indexed.get(topic):
                self._indexed[topic] = entered
                self._index.note(topic, CITY, (line[-1].value for line in entered.values() if line))

    def title(self, topic: str) -> str:
        """Title of a topic; raises PolicyNotFound."""
        return self.item(topic).title

    def topics(self) -> tuple[str, ...]:
        """Slugs of all topics, in order of their names."""
        return tuple(self.shelf.items)

    def item(self, topic: str) -> PolicyItem:
        """One item; raises PolicyNotFound."""
        if topic not in self.shelf.items:
            raise PolicyNotFound(topic=topic)
        return self.shelf.items[topic]

    # Built at the first search: jieba's dictionary costs most of a second that a command line need not pay.
    @cached_property
    def _index(self) -> SearchIndex:
        return SearchIndex(tuple(self.shelf.items.values()), questions=self._questions())
