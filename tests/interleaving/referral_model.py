"""One ticket shown to one unit: its owner, the unit and a supervisor, each looking first and acting later.

The model says what must come of it. ``Fault`` switches single rules off: the search has to notice.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ticketing.domain.lifecycle import Status
from ticketing.domain.referrals import LIVE, STEPS, ReferralMove, ReferralState

OWNER, UNIT, BOSS = 0, 1, 2


class Op(StrEnum):
    """What a person does."""

    REFER = "refer"
    ACCEPT = "accept"
    REJECT = "reject"
    FINISH = "finish"
    REVOKE = "revoke"
    RESUME = "resume"


#: What each of the three may try.
TRIES = ((Op.REFER, Op.REVOKE, Op.RESUME), (Op.ACCEPT, Op.REJECT, Op.FINISH), (Op.REVOKE,))


class Fault(StrEnum):
    """A rule left out on purpose."""

    #: A step is made from the state that was seen, not from the one that is.
    ACTS_ON_WHAT_WAS_SEEN = "acts_on_what_was_seen"
    STILL_SEES_IT = "still_sees_it"
    NEVER_RESUMES = "never_resumes"
    REFERS_TWICE = "refers_twice"


@dataclass(frozen=True, slots=True)
class World:
    """The ticket and the referrals made of it, and what is remembered to judge by."""

    status: Status = Status.CLAIMED
    referrals: tuple[ReferralState, ...] = ()
    sees: bool = False
    #: Steps that succeeded, by referral.
    made: tuple[tuple[int, ReferralMove], ...] = ()

    @property
    def live(self) -> tuple[int, ...]:
        """Places of the live referrals."""
        return tuple(place for place, state in enumerate(self.referrals) if state in LIVE)


@dataclass(frozen=True, slots=True)
class Step:
    """One person looks, or acts on what was last seen."""

    who: int
    #: None: looks.
    op: Op | None


def act(world: World, op: Op, *, seen: World, faults: frozenset[Fault]) -> World | None:
    """The world after an act of a person who saw ``seen``; None when it is refused."""
    if op is Op.REFER:
        return _refer(world, faults)
    if op is Op.RESUME:
        return _resume(world, faults)
    if not seen.referrals:
        return None
    return _move(world, ReferralMove(op), seen=seen, faults=faults)


def _refer(world: World, faults: frozenset[Fault]) -> World | None:
    if world.live and Fault.REFERS_TWICE not in faults:
        return None
    asked = (*world.referrals, ReferralState.IN_PROGRESS)
    return replace(world, status=Status.REFERRED, referrals=asked, sees=True)


def _resume(world: World, faults: frozenset[Fault]) -> World | None:
    if world.status is not Status.REFERRED:
        return None
    after = world
    for place in world.live:
        after = _with(after, place, ReferralMove.REVOKE, faults)
    return replace(after, status=Status.IN_PROGRESS)


def _move(world: World, move: ReferralMove, *, seen: World, faults: frozenset[Fault]) -> World | None:
    """Of the newest referral the person saw."""
    place = len(seen.referrals) - 1
    judged = seen if Fault.ACTS_ON_WHAT_WAS_SEEN in faults else world
    if judged.referrals[place] not in STEPS[move][0]:
        return None
    return _with(world, place, move, faults)


def _with(world: World, place: int, move: ReferralMove, faults: frozenset[Fault]) -> World:
    states = list(world.referrals)
    states[place] = STEPS[move][1]
    after = replace(world, referrals=tuple(states), made=(*world.made, (place, move)))
    sees = bool(after.live) or (Fault.STILL_SEES_IT in faults and world.sees)
    is_over = world.status is Status.REFERRED and not after.live and Fault.NEVER_RESUMES not in faults
    return replace(after, sees=sees, status=Status.IN_PROGRESS if is_over else after.status)


def broken(world: World) -> set[str]:
    """Names of the promises that a world breaks."""
    ends = {ReferralMove.REJECT, ReferralMove.FINISH, ReferralMove.REVOKE}
    of = [[move for place, move in world.made if place == one] for one in range(len(world.referrals))]
    found = {
        "one outcome": any(sum(move in ends for move in moves) > 1 for moves in of),
        "nothing after the end": any(move in ends for moves in of for move in moves[:-1]),
        "done only after accepting": any(
            move is ReferralMove.FINISH and ReferralMove.ACCEPT not in moves for moves in of for move in moves
        ),
        "seen only while it lives": world.sees is not bool(world.live),
        "referred while it lives": (world.status is Status.REFERRED) is not bool(world.live),
        "with one body once at a time": len(world.live) > 1,
    }
    return {name for name, wrong in found.items() if wrong}
