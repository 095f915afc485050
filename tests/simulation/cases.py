"""What the simulation itself knows of the tickets, to be held against what the house says of them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.simulation.traffic import Matter
from ticketing.domain.vocabulary import Category, Risk


@dataclass(slots=True)
class Case:
    """One ticket; the house knows the rest."""

    number: str
    matter: Matter
    opened_at: datetime
    conversation_id: str | None
    #: The unit whose queue it lies in, the first one it was dispatched to.
    unit: str
    first_unit: str
    due_at: datetime
    #: By when somebody was to have taken it.
    take_by_at: datetime | None
    claimed_at: datetime | None = None
    #: However often it was claimed afterwards; how many levels up that was.
    first_claimed_at: datetime | None = None
    claimed_level: int = 0
    is_merged: bool = False
    #: The ticket worked on instead while it is merged.
    kept: "Case | None" = None
    #: Merged by mistake and parted.
    was_mistaken: bool = False
    was_returned: bool = False
    was_reopened: bool = False

    @property
    def risk(self) -> Risk:
        """Of the matter."""
        return self.matter.risk

    @property
    def at_risk(self) -> bool:
        """Whether people are woken for it."""
        return self.risk is not Risk.NONE

    @property
    def is_childs(self) -> bool:
        """Whether it is about a child."""
        return self.matter.category is Category.CHILD_PROTECTION

    @property
    def taken_at(self) -> datetime | None:
        """When somebody first had it; of a merged one, when somebody had the ticket worked on instead."""
        if self.first_claimed_at is None and self.is_merged and self.kept is not None:
            kept_at = self.kept.taken_at
            return None if kept_at is None else max(kept_at, self.opened_at)
        return self.first_claimed_at

    @property
    def is_untaken(self) -> bool:
        """Whether it still waits for somebody."""
        return self.claimed_at is None and not self.is_merged


@dataclass(slots=True)
class DayTally:
    """What happened on one day."""

    requests: int = 0
    tickets: int = 0
    merged: int = 0
    escalated: int = 0
    #: When the day ended.
    overdue: int = 0
    #: Minutes callers waited for a free operator, each.
    call_waits_min: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What was counted outside the house."""

    requests: int = 0
    answered_by_telephone: int = 0
    answered_in_writing: int = 0
    tickets: int = 0
    returned: int = 0
    reopened: int = 0
    merged: int = 0
    merged_by_mistake: int = 0
    parted: int = 0
    #: Parted, and the deadline was not what it had been.
    parted_wrong: int = 0
    proposals_right: int = 0
    proposals_wrong: int = 0
    #: Tickets of which an open one about the same matter existed; the first proposal was one; any was.
    repeats_compared: int = 0
    repeats_first: int = 0
    repeats_found: int = 0
    escalated_to: Counter[str] = field(default_factory=Counter)
    days: dict[date, DayTally] = field(default_factory=dict)

    def day(self, day: date) -> DayTally:
        """The tally of one day."""
        return self.days.setdefault(day, DayTally())
