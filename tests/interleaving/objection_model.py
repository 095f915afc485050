"""One ticket that is sent back: who decides, and what others do meanwhile; each looks first, acts later.

The model says what must come of it. ``Fault`` switches single rules off: the search has to notice.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ticketing.domain.lifecycle import FINISHED, OPEN, TRANSITIONS, WAITING, WORKING, Move, Status
from ticketing.domain.objections import Coordination, ObjectionState, must_coordinate

#: The house's rule (data/units/objections.yml).
OBJECTIONS_MAX = 3
A, B, ABOVE, TOP = "a", "b", "above", "top"
NEXT = {A: B, B: A, ABOVE: A, TOP: A}
UP = {A: ABOVE, B: ABOVE, ABOVE: TOP}


class Op(StrEnum):
    """What a person does."""

    RETURN = "return"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    COORDINATE = "coordinate"
    CLAIM = "claim"
    #: Dispatched by hand, to B.
    TRANSFER = "dispatch"
    ESCALATE = "escalate"
    REFER = "refer"
    MERGE = "merge"
    RESOLVE = "resolve"
    CLOSE = "close"


class Fault(StrEnum):
    """A rule left out on purpose."""

    DECIDES_TWICE = "decides_twice"
    DECIDES_HIS_OWN = "decides_his_own"
    CLAIM_LEAVES_IT_OPEN = "claim_leaves_it_open"
    END_LEAVES_IT_OPEN = "end_leaves_it_open"
    RETURNS_AGAIN = "returns_again"
    DECISION_LEAVES_IT_ASKED = "decision_leaves_it_asked"


@dataclass(frozen=True, slots=True)
class Objection:
    """Who sent it back, from where, and what was decided by whom."""

    unit: str
    by: int
    state: ObjectionState = ObjectionState.OPEN
    decided_by: int | None = None
    #: How often.
    decided: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """The ticket and its objections."""

    status: Status = Status.DISPATCHED
    unit: str = A
    owner: int | None = None
    level: int = 0
    objections: tuple[Objection, ...] = ()
    coordination: Coordination = Coordination.NONE
    #: A body was asked and has not answered.
    asked: bool = False
    version: int = 0
    #: A decision took it from somebody who was working on it.
    taken_away: bool = False

    @property
    def open(self) -> Objection | None:
        """The newest objection that waits for a decision."""
        return next((one for one in reversed(self.objections) if one.state is ObjectionState.OPEN), None)

    @property
    def returned_by(self) -> tuple[str, ...]:
        """Units that sent it back."""
        return tuple(one.unit for one in self.objections)


NO_FAULTS: frozenset[Fault] = frozenset()


def act(world: World, who: int, op: Op, *, seen: int, faults: frozenset[Fault] = NO_FAULTS) -> World | None:
    """The world after an act of a person who saw the ticket at this version; None when it is refused."""
    if op in {Op.UPHOLD, Op.DISMISS, Op.COORDINATE}:
        return _decide(world, who, op, faults)
    move = Move(op)
    is_stale = op is not Op.CLAIM and seen != world.version
    if is_stale or world.status not in TRANSITIONS[move][0]:
        return None
    if op is Op.RETURN:
        return _return(world, who, faults)
    if op is Op.CLAIM:
        leaves = Fault.CLAIM_LEAVES_IT_OPEN in faults
        return _changed(world if leaves else _overtaken(world), status=Status.CLAIMED, owner=who)
    if op in {Op.TRANSFER, Op.ESCALATE}:
        return _hand_on(world, op)
    return _go_on(world, who, move, faults)


def _return(world: World, who: int, faults: frozenset[Fault]) -> World | None:
    if world.coordination is Coordination.ASKED and Fault.RETURNS_AGAIN not in faults:
        return None
    objections = (*world.objections, Objection(world.unit, who))
    sent = replace(world, objections=objections)
    asked = Coordination.ASKED if _bounces(sent, NEXT[world.unit]) else world.coordination
    return _changed(sent, status=Status.RETURNED, owner=None, coordination=asked)


def _bounces(world: World, to: str) -> bool:
    return must_coordinate(world.returned_by, to, objections_max=OBJECTIONS_MAX)


def _decide(world: World, who: int, op: Op, faults: frozenset[Fault]) -> World | None:
    again = Fault.DECIDES_TWICE in faults and bool(world.objections)
    objection = world.open or (world.objections[-1] if again else None)
    if objection is None or (objection.by == who and Fault.DECIDES_HIS_OWN not in faults):
        return None
    to = objection.unit if op is Op.DISMISS else NEXT[objection.unit]
    if op is Op.UPHOLD and _bounces(world, to):
        return _changed(world, coordination=Coordination.ASKED)
    state = ObjectionState.DISMISSED if op is Op.DISMISS else ObjectionState.UPHELD
    settled = replace(objection, state=state, decided_by=who, decided=objection.decided + 1)
    is_said = op is Op.COORDINATE or world.coordination is Coordination.ASKED
    keeps = Fault.DECISION_LEAVES_IT_ASKED in faults and op is not Op.COORDINATE
    return _changed(
        world,
        status=Status.DISPATCHED,
        unit=to,
        owner=None,
        objections=tuple(settled if one is objection else one for one in world.objections),
        coordination=Coordination.DECIDED if is_said and not keeps else world.coordination,
        taken_away=world.taken_away or world.owner is not None,
    )


def _hand_on(world: World, op: Op) -> World | None:
    if op is Op.ESCALATE:
        if world.unit not in UP:
            return None
        # Going up does not answer what a supervisor was asked.
        kept = world if world.coordination is Coordination.ASKED else _overtaken(world)
        up = UP[world.unit]
        return _changed(kept, status=Status.DISPATCHED, unit=up, owner=None, level=world.level + 1)
    is_asked = world.coordination is Coordination.ASKED
    said = Coordination.DECIDED if is_asked else world.coordination
    return _changed(_overtaken(world), status=Status.DISPATCHED, unit=B, owner=None, coordination=said)


def _go_on(world: World, who: int, move: Move, faults: frozenset[Fault]) -> World | None:
    refused = {
        Move.RESOLVE: world.owner != who or world.asked,
        Move.MERGE: world.asked,
    }
    if refused.get(move, False):
        return None
    status = TRANSITIONS[move][1]
    ends = status in FINISHED and Fault.END_LEAVES_IT_OPEN not in faults
    asked = world.asked or move is Move.REFER
    return _changed(_overtaken(world) if ends else world, status=status, asked=asked)


def _overtaken(world: World) -> World:
    """The ticket was taken, or went on, before anybody decided."""
    if world.open is None:
        return world
    settled = replace(world.open, state=ObjectionState.OVERTAKEN)
    is_asked = world.coordination is Coordination.ASKED
    return replace(
        world,
        objections=tuple(settled if one is world.open else one for one in world.objections),
        coordination=Coordination.NONE if is_asked else world.coordination,
    )


def _changed(world: World, **values: object) -> World:
    return replace(world, version=world.version + 1, **values)  # type: ignore[arg-type]  # the fields' own types


def broken(world: World) -> set[str]:
    """Names of the promises that a world breaks."""
    is_open = [one.state is ObjectionState.OPEN for one in world.objections]
    found = {
        "one owner": world.status in OPEN and (world.status in WORKING) != (world.owner is not None),
        "one objection at a time": sum(is_open) > 1,
        "decided once": any(one.decided > 1 for one in world.objections),
        "decided by another": any(one.by == one.decided_by for one in world.objections),
        "open only while it waits": any(is_open) and world.status not in WAITING,
        "sent back is decided about": world.status is Status.RETURNED and not any(is_open),
        "asked while there is what to say": world.coordination is Coordination.ASKED and not any(is_open),
        "no decision takes it away": world.taken_away,
    }
    return {name for name, wrong in found.items() if wrong}
