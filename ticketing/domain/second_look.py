"""The second look: a conversation that raised nothing is read again as a whole when it has gone quiet.

What is doubtful goes to a person the same day. Nothing here decides that somebody is safe.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.domain.clock import BEIJING
from ticketing.domain.data_rows import row
from ticketing.domain.errors import DataFault
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Channel, Risk

HOURS_OF_A_DAY = 24
PERCENT = 100


class Doubt(StrEnum):
    """Why a person is to look; the words are ``looks.doubt_<doubt>``, gravest first."""

    #: The words speak of danger when they are read together.
    WORDS = "words"
    #: The model holds danger possible, but not likely enough to open a ticket by itself.
    MODEL = "model"
    #: A picture, a voice message or a file that nobody looked at.
    UNSEEN = "unseen"
    #: The person stopped in the middle of a report.
    UNFINISHED = "unfinished"
    #: The model could not read it.
    UNREAD = "unread"


class Outcome(StrEnum):
    """What a person made of it; the words are ``looks.outcome_<outcome>``."""

    NO_DANGER = "no_danger"
    TICKET = "ticket"
    TAKEN_OVER = "taken_over"


@dataclass(frozen=True, slots=True)
class LookRules:
    """What the city may set about the second look."""

    #: How long nothing must have been said.
    quiet_for: timedelta
    #: From which probability of danger on a person looks, in hundredths.
    doubtful_from: int
    #: After how long a conversation that the model could not be asked about goes to a person unread.
    unread_after: timedelta
    #: How soon a person has looked; then the supervisors are told.
    seen_within: timedelta
    #: Hours of Beijing between which supervisors are told.
    day_begins: int
    day_ends: int

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "LookRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "second_look.yml")
        found = cls(
            quiet_for=timedelta(minutes=rules.number("quiet_minutes")),
            doubtful_from=rules.number("doubtful_from_percent"),
            unread_after=timedelta(minutes=rules.number("unread_after_minutes")),
            seen_within=timedelta(hours=rules.number("seen_within_hours")),
            day_begins=rules.number("day_begins_hour"),
            day_ends=rules.number("day_ends_hour"),
        )
        if not 0 <= found.day_begins < found.day_ends < HOURS_OF_A_DAY:
            raise DataFault(detail="second_look.yml: the day must begin before it ends")
        if not 0 < found.doubtful_from <= PERCENT:
            raise DataFault(detail="second_look.yml: doubtful_from_percent must be 1 to 100")
        return found

    def due_at(self, found_at: datetime) -> datetime:
        """By when somebody has looked: the same day for all that is found by day.

        What falls into the night is due at the day's end if it was found by day, else in the morning.
        """
        there, due = found_at.astimezone(BEIJING), (found_at + self.seen_within).astimezone(BEIJING)
        end = there.replace(hour=self.day_ends, minute=0, second=0, microsecond=0)
        begin = there.replace(hour=self.day_begins, minute=0, second=0, microsecond=0)
        if there >= end:
            return max(due, begin + timedelta(days=1)).astimezone(found_at.tzinfo)
        return min(max(due, begin), end).astimezone(found_at.tzinfo)


@dataclass(frozen=True, slots=True)
class Unread:
    """What was said in one conversation since the last look."""

    conversation_id: str
    #: Up to when it was looked at before; None: never.
    looked_at: datetime | None
    #: When the newest of these messages came.
    said_until: datetime
    #: The resident's texts, oldest first.
    texts: tuple[str, ...]
    #: Something without words came that no person has looked at.
    has_unseen: bool
    #: The bot was still asking the questions of a report.
    is_unfinished: bool
    #: What tickets that came of it, or are open, are about.
    covered: frozenset[Category]


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to doubt, found in some words."""

    doubt: Doubt
    #: Hundredths: how likely somebody is in danger.
    score: int = 0
    category: Category | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """All reasons to doubt a conversation together; without any there is nothing to look at."""

    doubts: tuple[Doubt, ...]
    score: int
    category: Category | None
    evidence: tuple[str, ...]


#: Most pieces of evidence shown, and characters of each.
EVIDENCE_MAX = 6
EVIDENCE_CHARACTERS = 80


def verdict_of(unread: Unread, signs: Iterable[Sign]) -> Verdict:
    """Put the signs together, with what the ledger itself tells.

    What a ticket of the conversation is about already is no doubt; a danger of another kind is.
    """
    kept = sorted(
        (sign for sign in signs if sign.category not in unread.covered),
        key=lambda sign: (list(Doubt).index(sign.doubt), -sign.score),
    )
    if not unread.covered & AT_RISK_CATEGORIES:
        kept += [Sign(Doubt.UNSEEN)] if unread.has_unseen else []
        kept += [Sign(Doubt.UNFINISHED)] if unread.is_unfinished else []
    evidence = dict.fromkeys(words[:EVIDENCE_CHARACTERS] for sign in kept for words in sign.evidence)
    return Verdict(
        doubts=tuple(doubt for doubt in Doubt if any(sign.doubt is doubt for sign in kept)),
        score=max((sign.score for sign in kept), default=0),
        category=next((sign.category for sign in kept if sign.category is not None), None),
        evidence=tuple(evidence)[:EVIDENCE_MAX],
    )


def danger_in(parse: Mapping[str, object]) -> tuple[Category | None, float]:
    """What danger the model sees in a text, and how likely; a parse without a word of it tells of none."""
    danger = parse.get("danger")
    if not isinstance(danger, Mapping):
        return None, 0.0
    name, confidence = danger.get("name"), danger.get("confidence")
    category = next((one for one in AT_RISK_CATEGORIES if one.value == name), None)
    if category is None or not isinstance(confidence, int | float):
        return None, 0.0
    return category, float(confidence)


@dataclass(frozen=True, slots=True)
class LookView:
    """One line of the operators' list."""

    id: int
    conversation_id: str
    channel: Channel
    found_at: datetime
    due_at: datetime
    doubts: tuple[Doubt, ...]
    category: Category | None
    score: int
    evidence: tuple[str, ...]
    last_text: str
    last_at: datetime
    is_late: bool
    closed_at: datetime | None
    closed_by: str | None
    outcome: Outcome | None
    ticket_number: str | None


@dataclass(frozen=True, slots=True)
class LookTicket:
    """What an operator makes of a doubtful conversation."""

    category: Category
    risk: Risk
    text: str
    place: str = ""
