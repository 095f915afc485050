"""Answers where the model is unsure: the item whose words are nearest, with what it rests on, or nothing."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from ticketing.domain.clock import Clock, today
from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.ticket import StoredReply
from ticketing.domain.triage import Question
from ticketing.knowledge.policies import Hit, Knowledge
from ticketing.knowledge.retrieval import retrieve
from ticketing.services.answering import PolicyAnswers
from ticketing.services.learning import Learning
from ticketing.texts import Texts

#: What an editor gave to learn from is found after this long, before any training.
LOOK_EVERY_S = 60.0
#: Layer of the search with what editors gave.
EDITORS = "editors"
#: More documents would hide the titles.
DOCUMENTS_SHOWN_MAX = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What to say to a message that was not understood."""

    #: What stands before the buttons.
    text: str
    #: The answer itself, where the search is sure.
    answer: StoredReply | None
    #: To be offered as buttons, nearest first; the answered one is not among them.
    topics: tuple[str, ...]
    #: The topic that was answered.
    answered: str | None = None


class PolicySearch:
    """Finds policies by words; goes on with what it knows while the database is away."""

    def __init__(
        self,
        knowledge: Knowledge,
        answers: PolicyAnswers,
        learning: Learning,
        *,
        texts: Texts,
        clock: Clock,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Search ``knowledge`` and answer by ``answers``; ``seconds`` is a clock that only goes forward."""
        self._knowledge = knowledge
        self._answers = answers
        self._learning = learning
        self._texts = texts
        self._clock = clock
        self._seconds = seconds
        self._looking = threading.Lock()
        self._look_at_s = 0.0
        self._noted: dict[str, tuple[str, ...]] = {}

    def look_up(self, text: str, aspect: str | None) -> Lookup:
        """What comes nearest to ``text``; an answer to ``aspect`` only if there is hardly a doubt."""
        self._keep_up()
        found = retrieve(self._knowledge, text)
        if not found.hits:
            return Lookup(self._texts.get("retrieval.nothing"), None, ())
        first, *others = [hit.topic for hit in found.hits]
        if found.is_sure:
            return self._answered(found.hits[0], aspect, tuple(others))
        lines = [self._texts.get("retrieval.offer"), *map(self._line, (first, *others))]
        return Lookup("\n".join(lines), None, (first, *others))

    def look_again(self) -> None:
        """Editors gave something in this process: the next search has it."""
        self._look_at_s = 0.0

    def _answered(self, hit: Hit, aspect: str | None, others: tuple[str, ...]) -> Lookup:
        (answer,) = self._answers.to((Question(hit.topic, aspect),), titled=False)
        told = self._texts.get("retrieval.sure", title=hit.title)
        return Lookup(told, replace(answer, text=f"{told}\n{answer.text}"), others, hit.topic)

    def _line(self, topic: str) -> str:
        """A title with the document it rests on."""
        sources = self._knowledge.composer(topic, today=today(self._clock)).sources(DOCUMENTS_SHOWN_MAX)
        return self._texts.get("retrieval.offered", title=self._knowledge.title(topic), documents=sources)

    def _keep_up(self) -> None:
        """Let the search find what editors gave to learn from."""
        if self._seconds() < self._look_at_s or not self._looking.acquire(blocking=False):
            return
        try:
            self._note_editors()
        except StorageUnavailable:
            log.warning("what editors gave cannot be read; the search goes on with what it knew")
        finally:
            self._look_at_s = self._seconds() + LOOK_EVERY_S
            self._looking.release()

    def _note_editors(self) -> None:
        given: dict[str, list[str]] = defaultdict(list)
        for one in self._learning.examples_of_editors():
            given[one.topic].append(one.text)
        for topic in given.keys() | self._noted.keys():
            texts = tuple(given.get(topic, ()))
            if texts != self._noted.get(topic, ()):
                self._knowledge.also_asked(topic, EDITORS, texts)
                self._noted[topic] = texts
