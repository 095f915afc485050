"""The services behind the actions: what they are asked for, and the one Runtime of this process."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

from ticketing.bootstrap import build
from ticketing.domain.places import Place
from ticketing.domain.talk_words import TalkWords
from ticketing.domain.ticket import Field, FillOutcome, StoredReply, TicketGiven, TicketView
from ticketing.domain.triage import Question
from ticketing.domain.vocabulary import Category
from ticketing.knowledge.eligibility import Asked, Verdict
from ticketing.services.retrieving import Lookup
from ticketing.settings import Settings

_building = threading.Lock()


class Answers(Protocol):
    """Policy answers."""

    def to(self, questions: Sequence[Question], *, titled: bool) -> tuple[StoredReply, ...]:
        """One reply to each question."""
        ...


class Search(Protocol):
    """Policies by words."""

    def look_up(self, text: str, aspect: str | None) -> Lookup:
        """What comes nearest to a text that was not understood."""
        ...


class Reports(Protocol):
    """What a resident does with a report."""

    def open_report(self, conversation_id: str, *, category: Category, text: str) -> TicketGiven:
        """Open ticket of this category, or a new one."""
        ...

    def fill(self, number: str, *, field: str, value: str) -> FillOutcome:
        """Keep one answer."""
        ...

    def current(self, conversation_id: str) -> TicketView | None:
        """Newest ticket of the conversation."""
        ...

    def progress(self, conversation_id: str, *, number: str | None, code: str | None) -> TicketView:
        """How a ticket stands."""
        ...

    def add(self, conversation_id: str, *, text: str, number: str | None, code: str | None) -> TicketView:
        """Keep something the resident adds."""
        ...

    def withdraw(self, conversation_id: str, *, number: str | None, code: str | None) -> TicketView:
        """Take a report back."""
        ...

    def retract(self, conversation_id: str) -> TicketView | None:
        """Note that the resident says it was not true."""
        ...

    def rate(
        self, conversation_id: str, *, score: int, number: str | None, code: str | None, comment: str
    ) -> TicketView:
        """Keep a grade."""
        ...

    def place_named(self, text: str) -> Place:
        """The place that a text names."""
        ...

    def note(
        self, conversation_id: str, number: str, *, relation: str | None = None, told_time: str | None = None
    ) -> None:
        """Keep whom it is about and when it was, unless known."""
        ...

    def correct(self, conversation_id: str, number: str, *, field: Field, value: str) -> FillOutcome:
        """Put one answer right."""
        ...

    def day_of(self, told_time: str) -> str:
        """A told time as a day."""
        ...

    def question_after(self, conversation_id: str) -> StoredReply | None:
        """What is still to be asked after a grade."""
        ...


class Checks(Protocol):
    """Guided checks."""

    def started_by(self, text: str) -> str | None:
        """Topic whose check this button starts."""
        ...

    def opening(self) -> str:
        """What is said before the first question."""
        ...

    def ask(self, topic: str, answers: Mapping[str, str]) -> Asked | None:
        """The next question."""
        ...

    def hear(self, topic: str, answers: Mapping[str, str], text: str, *, said: str) -> dict[str, str] | None:
        """The answers with what a text says."""
        ...

    def skip(self, topic: str, answers: Mapping[str, str]) -> dict[str, str]:
        """The answers with the present question left open."""
        ...

    def again(self, topic: str, answers: Mapping[str, str]) -> str:
        """What is said when an answer fits none of the options."""
        ...

    def verdict(self, topic: str, answers: Mapping[str, str]) -> Verdict:
        """What the answers come to."""
        ...


class Texts(Protocol):
    """Sentences by key."""

    def get(self, key: str, **params: str | int) -> str:
        """Sentence with its placeholders filled."""
        ...


class Services(Protocol):
    """The part of a Runtime that actions use; a test gives a fake one."""

    @property
    def answers(self) -> Answers:
        """Policy answers."""
        ...

    @property
    def search(self) -> Search:
        """Policies by words."""
        ...

    @property
    def checks(self) -> Checks:
        """Guided checks."""
        ...

    @property
    def reports(self) -> Reports:
        """Tickets of residents."""
        ...

    @property
    def talk(self) -> TalkWords:
        """What residents say beside what they were asked."""
        ...

    @property
    def texts(self) -> Texts:
        """Sentences by key."""
        ...


#: Built at the first message, not at import: the action server imports every module.
ServicesSource = Callable[[], Services]


def services() -> Services:
    """The Runtime of this process, built once whichever thread comes first."""
    with _building:
        return _runtime()


@cache
def _runtime() -> Services:
    return build(Settings.from_env())
