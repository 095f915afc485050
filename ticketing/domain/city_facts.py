"""What only the city knows: typed fields of a topic, and the values its staff entered and approved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field holds; decides how a value is checked and shown."""

    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    PHONE = "phone"
    ADDRESS = "address"
    HOURS = "hours"
    DATE = "date"
    TEXT = "text"


class RevisionState(StrEnum):
    """What became of a value somebody entered."""

    #: Waits for a second person.
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    #: Another value was entered before this one was decided.
    SUPERSEDED = "superseded"


class Origin(StrEnum):
    """How a value came in."""

    FORM = "form"
    SHEET = "sheet"
    UNDO = "undo"


class FieldStatus(StrEnum):
    """How a field stands for answers."""

    #: Stated.
    CURRENT = "current"
    #: Approved for a day still to come.
    COMING = "coming"
    #: Its last day or the day of its review is over.
    PAST = "past"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class CityField:
    """A fact only the city can state."""

    key: str
    label: str
    kind: FieldKind
    #: Follows the value, with its period: 元/人·月. Empty where the value says it all.
    unit: str
    #: Who can tell while it is not filled in.
    ask: str


@dataclass(frozen=True, slots=True)
class Fact:
    """An approved value of a field; an empty ``value`` takes back what was stated before."""

    topic: str
    field: str
    value: str
    source: str
    valid_from: date
    valid_to: date | None
    review_by: date | None
    #: Id of the revision, rising with every entry.
    revision: int

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be stated as it is."""
        return min(filter(None, (self.valid_to, self.review_by)), default=None)

    def is_past(self, today: date) -> bool:
        """Whether it may no longer be stated as present."""
        return self.last_day is not None and self.last_day < today


@dataclass(frozen=True, slots=True)
class Standing:
    """What a field is on one day: stated, past, or not yet."""

    now: Fact | None = None
    past: Fact | None = None
    coming: Fact | None = None

    @property
    def status(self) -> FieldStatus:
        """In one word."""
        if self.now is not None:
            return FieldStatus.CURRENT
        if self.past is not None:
            return FieldStatus.PAST
        return FieldStatus.EMPTY if self.coming is None else FieldStatus.COMING


#: Approved values of one field in the order they take effect.
type Timeline = tuple[Fact, ...]
#: Field key → timeline, for one topic.
type Timelines = Mapping[str, Timeline]


def timeline(facts: Iterable[Fact]) -> Timeline:
    """Of values in the order of their entry: each replaces from its first day on what was entered before."""
    line: list[Fact] = []
    for fact in facts:
        line = [*(one for one in line if one.valid_from < fact.valid_from), fact]
    return tuple(line)


def standing(line: Timeline, today: date) -> Standing:
    """How a field stands on ``today``."""
    begun = [fact for fact in line if fact.valid_from <= today]
    coming = next((fact for fact in line if fact.valid_from > today and fact.value), None)
    if not begun or not begun[-1].value:
        return Standing(coming=coming)
    last = begun[-1]
    return Standing(past=last, coming=coming) if last.is_past(today) else Standing(now=last, coming=coming)


@dataclass(frozen=True, slots=True)
class Revision:
    """A value somebody entered, and what became of it."""

    id: int
    topic: str
    field: str
    #: 1, 2, 3 … within the field.
    number: int
    #: Empty: what was stated before is taken back.
    value: str
    source: str
    valid_from: date
    valid_to: date | None
    review_by: date | None
    note: str
    origin: Origin
    state: RevisionState
    entered_by: int
    entered_name: str
    entered_at: datetime
    decided_name: str | None
    decided_at: datetime | None
    reason: str

    @property
    def fact(self) -> Fact:
        """As answers use it."""
        return Fact(
            self.topic,
            self.field,
            self.value,
            self.source,
            self.valid_from,
            self.valid_to,
            self.review_by,
            self.id,
        )


@dataclass(frozen=True, slots=True)
class Renewal:
    """Something that ran out and waits for its owner."""

    id: int
    kind: str
    topic: str
    key: str
    unit: str
    due_on: date
    opened_at: datetime
