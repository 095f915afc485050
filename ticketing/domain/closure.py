"""The end of a matter as the resident sees it: asked once for each result, and what an answer leads to.

"Are you content?" and "is it settled?" are two questions, kept apart: a kind answer about a matter that is
not settled is still work to be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.domain.data_rows import row
from ticketing.domain.lifecycle import DONE, Status

#: Grades of the national good-or-bad rating: 5 very content to 1 very discontented.
GRADES = (5, 4, 3, 2, 1)


class Reach(StrEnum):
    """What came of ringing the resident back; the words are ``closing.reach_<reach>``."""

    REACHED = "reached"
    #: Nobody answered; tried again, a set number of times.
    NOT_REACHED = "not_reached"
    #: Does not want to be asked.
    REFUSED = "refused"


class Consequence(StrEnum):
    """What an answer leads to."""

    #: Content and settled: the ticket closes.
    CLOSE = "close"
    #: Back to its unit, while a supervisor keeps an eye on it.
    BACK_TO_WORK = "back_to_work"
    #: It was worked on again often enough, or is long past: a supervisor takes it in hand himself.
    SUPERVISE = "supervise"
    #: Kept, and nothing else happens.
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resident said to a result; None for what was not said."""

    grade: int | None = None
    solved: bool | None = None


def told(answer: Answer) -> dict[str, str]:
    """An answer as the history keeps it, from which the month is counted; empty for what was not said."""
    score = "" if answer.grade is None else str(answer.grade)
    return {"score": score, "solved": {True: "yes", False: "no", None: ""}[answer.solved]}


@dataclass(frozen=True, slots=True)
class ClosingRules:
    """What happens around the end of a ticket."""

    #: How soon a call nobody answered is returned.
    missed_call_within: timedelta
    #: From this grade on the resident counts as content.
    content_from: int
    #: So often a discontented answer sends a ticket back to work by itself.
    rounds_max: int
    #: An answer after this is late: kept, but nothing happens by itself.
    answer_within: timedelta
    #: So often a resident who does not answer the telephone is tried.
    tries_max: int
    #: How long until the next try.
    try_again_after: timedelta

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "ClosingRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "closing.yml")
        return cls(
            missed_call_within=timedelta(minutes=rules.number("missed_call_minutes")),
            content_from=rules.number("content_from_grade"),
            rounds_max=rules.number("rounds_max"),
            answer_within=timedelta(days=rules.number("answer_within_days")),
            tries_max=rules.number("tries_max"),
            try_again_after=timedelta(hours=rules.number("try_again_after_hours")),
        )

    def is_content(self, answer: Answer) -> bool:
        """Whether nothing is left to be done: neither discontented nor unsettled."""
        return (answer.grade is None or answer.grade >= self.content_from) and answer.solved is not False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a matter stands when an answer comes."""

    status: Status
    #: How often it was opened again because of an answer.
    rounds: int
    #: When the answer was asked for.
    asked_at: datetime
    #: The answer is to an earlier result: the ticket was opened again since, or has another result by now.
    is_of_earlier_result: bool = False


def consequence(answer: Answer, standing: Standing, rules: ClosingRules, *, now: datetime) -> Consequence:
    """What an answer leads to; a discontented one is never without consequence unless work goes on already.

    The newest answer to the newest result counts. An answer to an earlier result is kept with that result.
    """
    if standing.is_of_earlier_result or standing.status not in DONE:
        return Consequence.KEEP
    is_late = now - standing.asked_at > rules.answer_within
    if rules.is_content(answer):
        is_open = standing.status is not Status.CLOSED
        return Consequence.CLOSE if is_open else Consequence.KEEP
    if is_late or standing.rounds >= rules.rounds_max:
        return Consequence.SUPERVISE
    return Consequence.BACK_TO_WORK


@dataclass(frozen=True, slots=True)
class CallBack:
    """One try to ask the resident by telephone, as it is to be recorded."""

    reach: Reach
    text: str
    answer: Answer = Answer()


@dataclass(frozen=True, slots=True)
class CallBackView:
    """One recorded try."""

    at: datetime
    by: str
    reach: Reach
    text: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ClosureView:
    """One result told to the resident, and all that came of it."""

    round: int
    resolved_at: datetime
    resolved_by: str
    result: str
    #: Exactly what the resident was sent.
    told: str
    answer: Answer
    comment: str
    answered_at: datetime | None
    is_late: bool
    closed_at: datetime | None
    reopened_at: datetime | None
    call_backs: tuple[CallBackView, ...]
