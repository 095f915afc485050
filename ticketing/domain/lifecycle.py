"""Which move is allowed from which status: one table, from which the diagram in the docs is made."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ticketing.domain.errors import TransitionRefused


class Status(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    DISPATCHED = "dispatched"
    CLAIMED = "claimed"
    IN_PROGRESS = "in_progress"
    REFERRED = "referred"
    RETURNED = "returned"
    RESOLVED = "resolved"
    CALLED_BACK = "called_back"
    CLOSED = "closed"
    MERGED = "merged"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What someone does to a ticket so that its status may change."""

    DISPATCH = "dispatch"
    CLAIM = "claim"
    START = "start"
    RESOLVE = "resolve"
    CALL_BACK = "call_back"
    CLOSE = "close"
    RETURN = "return"
    REFER = "refer"
    RESUME = "resume"
    ESCALATE = "escalate"
    REOPEN = "reopen"
    MERGE = "merge"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


WAITING = frozenset({Status.NEW, Status.DISPATCHED, Status.RETURNED})
WORKING = frozenset({Status.CLAIMED, Status.IN_PROGRESS, Status.REFERRED})
OPEN = WAITING | WORKING
DONE = frozenset({Status.RESOLVED, Status.CALLED_BACK, Status.CLOSED})
FINISHED = DONE | {Status.MERGED, Status.REFUSED, Status.WITHDRAWN}

TRANSITIONS: Mapping[Move, tuple[frozenset[Status], Status]] = MappingProxyType(
    {
        Move.DISPATCH: (WAITING | WORKING, Status.DISPATCHED),
        Move.CLAIM: (WAITING, Status.CLAIMED),
        Move.START: (frozenset({Status.CLAIMED}), Status.IN_PROGRESS),
        Move.REFER: (WORKING, Status.REFERRED),
        Move.RESUME: (frozenset({Status.REFERRED}), Status.IN_PROGRESS),
        Move.RETURN: (frozenset({Status.DISPATCHED, Status.CLAIMED, Status.IN_PROGRESS}), Status.RETURNED),
        Move.ESCALATE: (OPEN, Status.DISPATCHED),
        Move.RESOLVE: (WORKING, Status.RESOLVED),
        Move.CALL_BACK: (frozenset({Status.RESOLVED}), Status.CALLED_BACK),
        Move.CLOSE: (frozenset({Status.RESOLVED, Status.CALLED_BACK}), Status.CLOSED),
        Move.REOPEN: (DONE | {Status.REFUSED, Status.WITHDRAWN}, Status.DISPATCHED),
        Move.MERGE: (OPEN, Status.MERGED),
        Move.REFUSE: (WAITING | {Status.CLAIMED}, Status.REFUSED),
        Move.WITHDRAW: (OPEN, Status.WITHDRAWN),
    }
)


def is_allowed(status: Status, move: Move) -> bool:
    """Whether the table has a way by ``move`` from ``status``."""
    return status in TRANSITIONS[move][0]


def target(status: Status, move: Move) -> Status:
    """Status after ``move``; raises TransitionRefused when the table has no such way."""
    if not is_allowed(status, move):
        raise TransitionRefused(status=status, move=move)
    return TRANSITIONS[move][1]


def mermaid() -> str:
    """The table as a Mermaid state diagram, for the documents."""
    arrows = [
        f"    {source} --> {destination}: {move}"
        for move, (sources, destination) in TRANSITIONS.items()
        for source in sorted(sources)
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> new", *arrows])
