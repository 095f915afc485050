"""A unit that was sent a ticket says it is not its matter (退单): who decides, and when a supervisor must.

Until another unit takes the ticket, the one that received it first stays responsible (首接负责).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketing.domain.data_rows import row
from ticketing.domain.deadlines import span_of
from ticketing.domain.spans import Span


class ObjectionState(StrEnum):
    """What became of an objection."""

    OPEN = "open"
    #: The hotline agreed: the ticket went to another unit.
    UPHELD = "upheld"
    #: The hotline did not: the ticket went back to the same unit.
    DISMISSED = "dismissed"
    #: Nobody decided: the ticket was claimed, or went on by itself.
    OVERTAKEN = "overtaken"


class Coordination(StrEnum):
    """Whether a supervisor has to say who does it."""

    NONE = ""
    #: Asked; the ticket goes to no further unit before.
    ASKED = "asked"
    #: Said; only a supervisor sends the ticket away again.
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class ObjectionRules:
    """How long a decision may take, and how often a ticket may be sent back."""

    review_within: Span
    #: Where a person may be at risk.
    review_at_risk_within: Span
    coordinate_within: Span
    #: This many objections to one ticket, whoever made them, call a supervisor.
    objections_max: int
    basis: str

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "ObjectionRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "objections.yml")
        return cls(
            review_within=span_of(rules.row("review_within")),
            review_at_risk_within=span_of(rules.row("review_at_risk_within")),
            coordinate_within=span_of(rules.row("coordinate_within")),
            objections_max=rules.number("objections_max"),
            basis=rules.text("basis"),
        )


def must_coordinate(returned_by: Sequence[str], to: str, *, objections_max: int) -> bool:
    """Whether a ticket that these units sent back, the last one now, may go to ``to`` only by a supervisor.

    A→B→A: it would come to one that has sent it back already; or one sends it back a second time; or it was
    sent back often enough.
    """
    is_bounce = to in returned_by or len(set(returned_by)) < len(returned_by)
    return is_bounce or len(returned_by) >= objections_max


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """One objection as people see it."""

    id: int
    ticket_number: str
    #: Who sent it back, and who should have it in their opinion.
    unit: str
    next_unit: str
    reason: str
    raised_by_id: int
    raised_by: str
    raised_at: datetime
    due_at: datetime
    state: ObjectionState
    decided_by: str | None
    decided_at: datetime | None
    decision: str
    to_unit: str | None
    is_overdue: bool
    #: A supervisor decides.
    coordination: Coordination
    coordinator: str | None
