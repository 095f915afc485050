"""Whether a benefit may be meant for somebody: a decision table, and which question to ask next; pure.

A table has one row for every combination of answers, a skipped question being an answer too. Questions are
asked only while more than one row is still possible.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from ticketing.domain.reckoning import DivorceRule, PensionRule

#: The answer of whoever does not want to say, or does not know.
SKIPPED = "-"
#: Nobody is asked more than this.
QUESTIONS_MAX = 6

#: Question key → option key, or SKIPPED, or what was typed for a number or a day.
type Answers = Mapping[str, str]


class Outcome(StrEnum):
    """What a row says; the decision is the office's in every case."""

    LIKELY = "likely"
    UNLIKELY = "unlikely"
    #: It depends on something that the answers do not tell, or only the city can say.
    MORE = "more"


class Means(StrEnum):
    """What an answer says of the condition its question is about."""

    MET = "met"
    UNMET = "unmet"
    OPEN = "open"


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    #: Whole years; for the computation, never in a table.
    YEARS = "years"
    #: A day; for the computation, never in a table.
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Ground:
    """A sentence and what it rests on, as ``document article``."""

    text: str
    confidence: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One button; ``text`` is what a tap sends."""

    key: str
    text: str
    means: Means
    #: Intent of a typed yes or no that comes to the same; empty for none.
    said: str = ""
    #: Of a day: how many days from today.
    days: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the condition of the law that it is about."""

    key: str
    kind: Kind
    ask: str
    options: tuple[Option, ...]
    #: None for a question that only serves the computation.
    condition: Ground | None
    #: Field of the city whose value is shown with the question; empty for none.
    city: str = ""
    #: Serves the computation at the end; the table does not know it.
    for_sum: bool = False
    #: Asked only when these answers were given.
    only_if: Mapping[str, frozenset[str]] | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """Everything that may stand for it in a table."""
        return (*(option.key for option in self.options), SKIPPED)

    def option(self, key: str) -> Option | None:
        """One of its options."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; a question that ``cells`` does not name may have any answer."""

    cells: Mapping[str, frozenset[str]]
    outcome: Outcome
    #: Further sentences that this row adds.
    notes: tuple[Ground, ...] = ()
    #: Topics that may help instead.
    instead: tuple[str, ...] = ()

    def fits(self, answers: Answers) -> bool:
        """Whether no answer speaks against it."""
        return all(
            answers[key] in allowed for key, allowed in self.cells.items() if answers.get(key) is not None
        )


@dataclass(frozen=True, slots=True)
class Sum:
    """What is computed at the end, by whose figures."""

    rule: PensionRule | DivorceRule
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The questions of one topic and what their answers come to."""

    topic: str
    #: What the button under an answer says, and sends.
    start: str
    questions: tuple[Question, ...]
    table: tuple[Row, ...]
    sum: Sum | None = None

    @property
    def table_questions(self) -> tuple[Question, ...]:
        """Those that the table knows."""
        return tuple(question for question in self.questions if not question.for_sum)

    def question(self, key: str) -> Question:
        """By key; raises KeyError."""
        return next(question for question in self.questions if question.key == key)


def open_rows(check: Check, answers: Answers) -> tuple[Row, ...]:
    """Rows that are still possible."""
    return tuple(row for row in check.table if row.fits(answers))


def next_question(check: Check, answers: Answers) -> Question | None:
    """What to ask now; None when the row is certain and nothing is left to compute."""
    rows = open_rows(check, answers)
    if len(rows) > 1:
        return next((one for one in check.table_questions if _divides(one, rows, answers)), None)
    if not rows or rows[0].outcome is Outcome.UNLIKELY:
        return None
    others = (one for one in check.questions if one.for_sum and one.key not in answers)
    return next((one for one in others if _wanted(one, answers)), None)


def decided(check: Check, answers: Answers) -> Row:
    """The row of these answers, what was not asked counting as skipped where it must."""
    rows = open_rows(check, answers)
    if len(rows) == 1:
        return rows[0]
    whole = {one.key: answers.get(one.key, SKIPPED) for one in check.table_questions}
    return open_rows(check, whole)[0]


def combinations(check: Check) -> Iterator[dict[str, str]]:
    """Every way to answer all questions of the table."""
    questions = check.table_questions
    for chosen in product(*(one.answers for one in questions)):
        yield dict(zip((one.key for one in questions), chosen, strict=True))


def gaps(check: Check) -> list[dict[str, str]]:
    """Combinations that no row covers."""
    return [answers for answers in combinations(check) if not open_rows(check, answers)]


def overlaps(check: Check) -> list[dict[str, str]]:
    """Combinations that several rows cover."""
    return [answers for answers in combinations(check) if len(open_rows(check, answers)) > 1]


def paths(check: Check, answers: Answers | None = None) -> Iterator[dict[str, str]]:
    """Every interview as it would go, from the first question to the end."""
    said = dict(answers or {})
    question = next_question(check, said)
    if question is None:
        yield said
        return
    for answer in question.answers:
        yield from paths(check, {**said, question.key: answer})


def _divides(question: Question, rows: Sequence[Row], answers: Answers) -> bool:
    """Whether its answer would tell some of the rows from the others."""
    return question.key not in answers and any(question.key in row.cells for row in rows)


def _wanted(question: Question, answers: Answers) -> bool:
    return all(answers.get(key) in allowed for key, allowed in (question.only_if or {}).items())
