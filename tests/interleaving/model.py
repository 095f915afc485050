"""The ticket desk as a few pure rules: two tickets, several people, each looking first and acting later.

A person sees a ticket (its version) and acts on what was seen; in between others may act. The model says what
must come of it. ``Faults`` switches single rules off, to show that the search would notice.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ticketing.domain.lifecycle import OPEN, TRANSITIONS, WAITING, WORKING, Move, Status

#: The unit's level at which nobody is above.
TOP = 2
#: The two tickets: the one worked on, and the other that it may be a repeat of.
HERE, THERE = 0, 1


class Op(StrEnum):
    """What a person does; all but ``merge_back`` to the first ticket."""

    CLAIM = "claim"
    NOTE = "note"
    REFER = "refer"
    RESUME = "resume"
    RETURN = "return"
    TRANSFER = "dispatch"
    ESCALATE = "escalate"
    MERGE = "merge"
    #: The second ticket into the first.
    MERGE_BACK = "merge_back"
    RESOLVE = "resolve"
    CLOSE = "close"


class Fault(StrEnum):
    """A rule left out on purpose."""

    CLAIM_TAKES_AWAY = "claim_takes_away"
    MERGE_INTO_MERGED = "merge_into_merged"
    ESCALATE_TWICE = "escalate_twice"
    LATE_NOTE_DROPPED = "late_note_dropped"
    RETURN_KEEPS_OWNER = "return_keeps_owner"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What counts of a ticket."""

    status: Status = Status.DISPATCHED
    owner: int | None = None
    level: int = 0
    notes: int = 0
    merged_into: int | None = None
    #: How many bodies were asked and have not answered.
    asked: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Both tickets, and what is remembered to judge them by."""

    tickets: tuple[Ticket, Ticket]
    #: Versions of the first ticket that an escalation was based on, one for each that succeeded.
    escalated_from: tuple[int, ...] = ()
    notes_written: int = 0
    #: Somebody lost a ticket to a claim without it being free.
    taken_away: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act."""

    state: State
    done: bool


def act(state: State, who: int, op: Op, *, seen: tuple[int, int], faults: frozenset[Fault]) -> Outcome:
    """One act of a person who saw the tickets at these versions."""
    if op is Op.NOTE:
        return _note(state, seen, faults)
    if op is Op.CLAIM:
        return _claim(state, who, faults)
    if op in {Op.MERGE, Op.MERGE_BACK}:
        return _merge(state, HERE if op is Op.MERGE else THERE, seen, faults)
    return _move(state, who, op, seen=seen, faults=faults)


def _note(state: State, seen: tuple[int, int], faults: frozenset[Fault]) -> Outcome:
    ticket = state.tickets[HERE]
    written = replace(state, notes_written=state.notes_written + 1)
    if Fault.LATE_NOTE_DROPPED in faults and seen[HERE] != ticket.version:
        return Outcome(written, done=True)
    return _with(written, HERE, replace(ticket, notes=ticket.notes + 1))


def _claim(state: State, who: int, faults: frozenset[Fault]) -> Outcome:
    ticket = state.tickets[HERE]
    free = ticket.status in WAITING
    if not free and not (Fault.CLAIM_TAKES_AWAY in faults and ticket.status in WORKING):
        return Outcome(state, done=False)
    judged = replace(state, taken_away=state.taken_away or ticket.owner not in {None, who})
    return _with(judged, HERE, replace(ticket, status=Status.CLAIMED, owner=who))


def _merge(state: State, which: int, seen: tuple[int, int], faults: frozenset[Fault]) -> Outcome:
    ticket, into = state.tickets[which], state.tickets[1 - which]
    careful = Fault.MERGE_INTO_MERGED not in faults
    if ticket.status not in OPEN or ticket.asked or (careful and into.status not in OPEN):
        return Outcome(state, done=False)
    if careful and seen[which] != ticket.version:
        return Outcome(state, done=False)
    merged = _with(state, which, replace(ticket, status=Status.MERGED, merged_into=1 - which)).state
    return _with(merged, 1 - which, into)


def _move(state: State, who: int, op: Op, *, seen: tuple[int, int], faults: frozenset[Fault]) -> Outcome:
    ticket = state.tickets[HERE]
    blind = op is Op.ESCALATE and Fault.ESCALATE_TWICE in faults
    refused = (
        (seen[HERE] != ticket.version and not blind)
        or ticket.status not in TRANSITIONS[Move(op)][0]
        or (op is Op.RESOLVE and (ticket.owner != who or ticket.asked > 0))
        or (op is Op.ESCALATE and ticket.level >= TOP)
    )
    if refused:
        return Outcome(state, done=False)
    if op is Op.ESCALATE:
        state = replace(state, escalated_from=(*state.escalated_from, seen[HERE]))
        ticket = replace(ticket, level=ticket.level + 1)
    if op in {Op.RETURN, Op.TRANSFER, Op.ESCALATE}:
        keeps = op is Op.RETURN and Fault.RETURN_KEEPS_OWNER in faults
        status = TRANSITIONS[Move(op)][1]
        return _with(state, HERE, replace(ticket, status=status, owner=ticket.owner if keeps else None))
    asked = {Op.REFER: ticket.asked + 1, Op.RESUME: 0}.get(op, ticket.asked)
    return _with(state, HERE, replace(ticket, status=TRANSITIONS[Move(op)][1], asked=asked))


def _with(state: State, which: int, ticket: Ticket) -> Outcome:
    changed = replace(ticket, version=ticket.version + 1)
    pair = (changed, state.tickets[1]) if which == HERE else (state.tickets[0], changed)
    return Outcome(replace(state, tickets=pair), done=True)


def broken(state: State) -> set[str]:
    """Names of the promises that a state breaks."""
    first, second = state.tickets
    found = {
        "one owner": state.taken_away
        or any((one.status in WORKING) != (one.owner is not None) for one in (first, second) if is_open(one)),
        "no orphan": first.merged_into is not None and second.merged_into is not None,
        "no double escalation": len(set(state.escalated_from)) != len(state.escalated_from),
        "no lost note": first.notes != state.notes_written,
    }
    return {name for name, wrong in found.items() if wrong}


def is_open(ticket: Ticket) -> bool:
    """Whether somebody still has to do something about it."""
    return ticket.status in OPEN
