"""Answers to policy questions as a resident reads them; the only place where they are put together."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from ticketing.domain.answer_marks import AnswerMark
from ticketing.domain.clock import Clock, today
from ticketing.domain.ticket import StoredReply
from ticketing.domain.triage import Question
from ticketing.knowledge.policies import Answer
from ticketing.texts import Texts


class Knowledge(Protocol):
    """Policy answers."""

    def topics(self) -> tuple[str, ...]:
        """Slugs of all topics."""
        ...

    def answer(self, topic: str, aspect: str | None, *, today: date) -> Answer:
        """Answer to one question; raises PolicyNotFound."""
        ...

    def started_by(self, text: str) -> str | None:
        """Topic whose guided check this button starts."""
        ...


class PolicyAnswers:
    """Says what the policies say, as of today; needs no database."""

    def __init__(self, knowledge: Knowledge, texts: Texts, clock: Clock) -> None:
        """Ask ``knowledge``."""
        self._knowledge = knowledge
        self._topics = frozenset(knowledge.topics())
        self._texts = texts
        self._clock = clock

    def knows(self, topic: str) -> bool:
        """Whether there are policies on this topic."""
        return topic in self._topics

    def leads_on(self, text: str) -> bool:
        """Whether this is the button of a guided check: no question to answer, but one to ask."""
        return self._knowledge.started_by(text) is not None

    def to(self, questions: Sequence[Question], *, titled: bool) -> tuple[StoredReply, ...]:
        """One reply to each question in the order asked; ``titled`` where it is not plain whose it is.

        Raises PolicyNotFound.
        """
        on = today(self._clock)
        answers = [self._knowledge.answer(one.topic, one.aspect, today=on) for one in questions]
        return tuple(
            StoredReply(self._titled(answer) if titled else answer.text, answer.buttons, mark_for(answer))
            for answer in answers
        )

    def _titled(self, answer: Answer) -> str:
        return self._texts.get("policy.titled", title=answer.title, answer=answer.text)


def mark_for(answer: Answer) -> AnswerMark:
    """What an answer rests on."""
    return AnswerMark(answer.topic, answer.aspect, answer.revision, answer.facts)
