"""The guided check in words: what is asked, what an answer is taken for, and what comes out.

It keeps nothing: whoever asks brings the answers along and drops them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ticketing.domain.eligibility import (
    QUESTIONS_MAX,
    SKIPPED,
    Answers,
    Check,
    Ground,
    Means,
    Outcome,
    Question,
    Row,
    decided,
    next_question,
)
from ticketing.knowledge.items import Document
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.spoken import Spoken
from ticketing.knowledge.sums import Sums
from ticketing.texts import Texts


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a resident reads it, and its buttons."""

    text: str
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out, and which topics may help instead."""

    outcome: Outcome
    text: str
    instead: tuple[str, ...]


class Eligibility:
    """Immutable; safe to share between threads."""

    def __init__(self, knowledge: Knowledge, texts: Texts, *, is_rest_day: Callable[[date], bool]) -> None:
        """Ask by the checks of ``knowledge``; ``is_rest_day`` may raise CalendarEnds."""
        self._checks = knowledge.checks
        self._knowledge = knowledge
        self._texts = texts
        self._spoken = Spoken(texts)
        self._sums = Sums(knowledge, texts, is_rest_day)

    def started_by(self, text: str) -> str | None:
        """Topic whose check this button starts."""
        return self._knowledge.started_by(text)

    def opening(self) -> str:
        """What is said before the first question."""
        return self._texts.get("eligibility.opening", most=QUESTIONS_MAX)

    def ask(self, topic: str, answers: Answers, *, today: date) -> Asked | None:
        """The next question; None when all is asked."""
        question = next_question(self._checks[topic], answers)
        if question is None:
            return None
        text = self._texts.get("eligibility.question", number=len(answers) + 1, ask=question.ask)
        text = "\n".join([text, *self._city_fact(topic, question.city, today)])
        return Asked(text, tuple(option.text for option in question.options))

    def _city_fact(self, topic: str, key: str, today: date) -> Iterable[str]:
        """What the city says on a question; nothing while it says nothing."""
        if not key:
            return ()
        field = self._knowledge.item(topic).city_fields[key]
        stands = self._knowledge.standings(topic, today=today)[key]
        return self._knowledge.composer(topic, today=today).field_lines(field, stands)

    def hear(
        self, topic: str, answers: Answers, text: str, *, said: str, today: date
    ) -> dict[str, str] | None:
        """The answers with what ``text`` says to the present question; None if it says nothing to it.

        ``said`` is the intent of a bare yes or no.
        """
        question = next_question(self._checks[topic], answers)
        value = None if question is None else self._spoken.value(question, text, said=said, today=today)
        return None if question is None or value is None else {**answers, question.key: value}

    def skip(self, topic: str, answers: Answers) -> dict[str, str]:
        """The answers with the present question left open."""
        question = next_question(self._checks[topic], answers)
        return dict(answers) if question is None else {**answers, question.key: SKIPPED}

    def again(self, topic: str, answers: Answers) -> str:
        """What is said when an answer fits none of the options."""
        question = next_question(self._checks[topic], answers)
        kind = "" if question is None or question.options else f"_{question.kind}"
        return self._texts.get(f"eligibility.again{kind}")

    def verdict(self, topic: str, answers: Answers, *, today: date) -> Verdict:
        """What the answers come to, with reasons, what to bring and where to go."""
        check = self._checks[topic]
        found = decided(check, answers)
        title = self._knowledge.title(topic)
        texts = self._texts
        lines = [
            texts.get(f"eligibility.verdict_{found.outcome}", title=title),
            texts.get("eligibility.why"),
            *self._reasons(check, answers, found),
            *self._sums.lines(check, answers, basis=self._basis, today=today),
            *self._ways(topic, found.outcome, today),
            texts.get("eligibility.decision"),
        ]
        return Verdict(found.outcome, "\n".join(lines), found.instead)

    def _reasons(self, check: Check, answers: Answers, found: Row) -> Iterator[str]:
        """Every condition that was asked about, and what the row adds."""
        asked = [question for question in check.table_questions if question.key in answers]
        if all(answers[question.key] == SKIPPED for question in asked):
            yield self._texts.get("eligibility.nothing_said")
        for question in asked:
            if question.condition is not None:
                yield self._line(_means(question, answers[question.key]).value, question.condition)
        for note in found.notes:
            yield self._line("note", note)

    def _line(self, key: str, ground: Ground) -> str:
        basis = self._basis(ground.basis)
        return self._texts.get(f"eligibility.{key}", condition=ground.text, basis=basis)

    def _basis(self, citations: tuple[str, ...]) -> str:
        """Documents with their articles, in brackets; nothing for what the city has to say."""
        articles: dict[str, list[str]] = {}
        for citation in citations:
            document, _, article = citation.partition(" ")
            articles.setdefault(document, []).append(article)
        if not articles:
            return ""
        cited = [
            self._cited(self._knowledge.shelf.documents[slug], found) for slug, found in articles.items()
        ]
        documents = self._texts.get("eligibility.basis_joint").join(cited)
        return self._texts.get("eligibility.basis", documents=documents)

    def _cited(self, document: Document, articles: list[str]) -> str:
        phrases = self._knowledge.shelf.phrases
        kind = "described" if document.descriptive else "document"
        joined = phrases["list_joint"].join(filter(None, articles))
        return phrases[kind].format(title=document.title, articles=joined, notes="")

    def _ways(self, topic: str, outcome: Outcome, today: date) -> Iterator[str]:
        """What to bring and where to go; what to bring only for whom it makes sense."""
        if outcome is not Outcome.UNLIKELY:
            yield self._texts.get("eligibility.bring", text=self._core(topic, "materials", today))
        yield self._texts.get("eligibility.go", text=self._core(topic, "place", today))

    def _core(self, topic: str, aspect: str, today: date) -> str:
        """An answer without what frames it: basis, day of review, next step."""
        composer = self._knowledge.composer(topic, today=today)
        section = composer.section(aspect)
        return "".join([*composer.statements(section), *composer.city_lines(section.city)])


def _means(question: Question, answer: str) -> Means:
    option = question.option(answer)
    return Means.OPEN if option is None else option.means
