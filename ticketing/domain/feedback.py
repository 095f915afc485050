"""What residents say of answers, and questions that were answered badly or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ticketing.domain.errors import TicketingError


class AnswerNotFound(TicketingError):
    """The line is no answer about policies, or not one in this conversation."""

    code = "answer_not_found"


class GroupNotFound(TicketingError):
    """There is no such group of questions."""

    code = "group_not_found"


class GroupChanged(TicketingError):
    """Somebody else decided about the group since the page was opened."""

    code = "group_changed"


class Verdict(StrEnum):
    """In one word."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """Why an answer is no good."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    OFF_TOPIC = "off_topic"
    HARD = "hard"
    OTHER = "other"


class GroupState(StrEnum):
    """What an editor did about a group."""

    OPEN = "open"
    HANDLED = "handled"
    #: An item is to be written.
    DRAFT = "draft"
    #: Its questions were given to an item to learn from.
    EXAMPLES = "examples"


@dataclass(frozen=True, slots=True)
class Vote:
    """A resident's word on one answer."""

    verdict: Verdict
    #: Only of a bad one, and only if told.
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class VoteCount:
    """Votes on one item in a period."""

    topic: str
    up: int = 0
    down: int = 0
    reasons: Mapping[Reason, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """An answer somebody found no good."""

    topic: str
    aspect: str | None
    reason: Reason | None
    at: datetime
    #: What was asked, without what tells who asked.
    question: str
    #: What was answered.
    answer: str
    revision: str
    facts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of the ledger that has no group yet."""

    message_id: int
    text: str
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike."""

    id: int
    leader: str
    state: GroupState
    topic: str | None
    note: str
    decided_name: str | None
    decided_at: datetime | None
    version: int
    #: People who asked in this period and in the one before; after the decision; ever.
    people: int
    people_before: int
    people_since: int
    unanswered: int
    bad: int


def vote_of(word: str) -> Vote | None:
    """``up``, ``down`` or ``down.<reason>``; None for anything else."""
    verdict, _, reason = word.partition(".")
    if verdict not in set(Verdict) or (reason and (verdict != "down" or reason not in set(Reason))):
        return None
    return Vote(Verdict(verdict), Reason(reason) if reason else None)
