"""Who of staff read what about whom: kept beside what was done, and without a word of what was read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.domain.data_rows import row
from ticketing.domain.errors import DataFault
from ticketing.domain.finding import NUMBER

#: Network logs are kept for six months at least (网络安全法); the database holds this a second time.
KEEP_DAYS_MIN = 183
#: As many as one request's row names; a list has far fewer.
SUBJECTS_MAX = 500
#: An id is digits, letters and dashes: nothing a person typed gets into a record.
_ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)


class Way(StrEnum):
    """How somebody came to read; the words are ``reads.way_<way>``."""

    PAGE = "page"
    #: A list shows many at once.
    LIST = "list"
    SEARCH = "search"
    #: Whole rows leave the house in a file.
    EXPORT = "export"
    #: One file that belongs to a person's matter.
    FILE = "file"
    #: Shown unasked, while something else was done.
    SUGGESTION = "suggestion"
    #: A conversation with a resident.
    CHAT = "chat"
    TELEGRAM = "telegram"
    #: By a program.
    API = "api"


class Outcome(StrEnum):
    """What came of it; the words are ``reads.outcome_<outcome>``."""

    SHOWN = "shown"
    #: Shown without what tells who somebody is.
    MASKED = "masked"
    REFUSED = "refused"
    #: There is no such ticket, or none that this person may know of.
    NOT_FOUND = "not_found"


class About(StrEnum):
    """What a subject is."""

    TICKET = "ticket"
    CONVERSATION = "conversation"
    #: A service that was ordered.
    ORDER = "order"
    #: A file of a resident's.
    FILE = "file"
    #: A call or errand that has no ticket.
    TASK = "task"
    #: Questions of residents, shown to editors without names.
    QUESTION = "question"
    #: The rows of a month.
    MONTH = "month"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing about people that was read, by its id."""

    about: About
    key: str
    #: Whether what tells who somebody is was left out.
    masked: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether the key can be an id of its kind: what stands in an address may be anything."""
        if self.about is About.TICKET:
            return NUMBER.fullmatch(self.key.lower()) is not None
        return _ID.fullmatch(self.key) is not None

    def __str__(self) -> str:
        """As it is kept."""
        return f"{self.about}:{self.key}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One request that read, or wanted to."""

    way: Way
    #: The page's address as it is written in the code, or the command: no address anybody typed.
    page: str
    outcome: Outcome
    subjects: tuple[Subject, ...] = ()
    #: The page asks again by itself while it is open: what was shown already is not written again.
    is_refresh: bool = False


def reading_of(way: Way, page: str, subjects: Iterable[Subject], *, is_refresh: bool = False) -> Reading:
    """What was shown; masked only if everything was."""
    found = tuple(sorted(set(subjects)))[:SUBJECTS_MAX]
    is_masked = all(subject.masked for subject in found)
    return Reading(way, page, Outcome.MASKED if is_masked else Outcome.SHOWN, found, is_refresh=is_refresh)


@dataclass(frozen=True, slots=True)
class ReadView:
    """One record as people see it."""

    id: int
    at: datetime
    staff_name: str
    unit: str
    way: Way
    page: str
    outcome: Outcome
    #: Numbers of the tickets it names.
    tickets: tuple[str, ...]
    #: How many other things it names.
    others: int


@dataclass(frozen=True, slots=True)
class ReadSearch:
    """Which records are looked for; what is None does not matter."""

    staff_id: int | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    outcome: Outcome | None = None
    ticket: str | None = None
    #: Only records before this one: the next page.
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReadRules:
    """What the city may set about the records."""

    keep_for: timedelta
    #: Where the figure comes from, as shown.
    basis: str
    #: For how long a page that asks again by itself is still the same look.
    same_look: timedelta

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "ReadRules":
        """Rules of the data file; raises DataFault, also for a time shorter than the law's."""
        rules = row(data, "reads.yml")
        days = rules.number("keep_days")
        if days < KEEP_DAYS_MIN:
            raise DataFault(detail=f"reads.yml: keep_days must be at least {KEEP_DAYS_MIN}")
        minutes = timedelta(minutes=rules.number("same_look_minutes"))
        return cls(timedelta(days=days), rules.text("basis"), minutes)
