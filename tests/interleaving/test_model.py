"""Whatever the order: one owner, no orphan, no double escalation, no lost note."""

from itertools import combinations_with_replacement, product

import pytest

from tests.interleaving.explore import NO_FAULTS, Explored, explore, script
from tests.interleaving.model import Fault, Op, State, Ticket
from ticketing.domain.lifecycle import Status

WAITING_START = State((Ticket(), Ticket()))
WORKED_START = State((Ticket(Status.IN_PROGRESS, owner=0), Ticket()))
STARTS = (WAITING_START, WORKED_START)
#: What three people do at once: the acts in which they can get into one another's way.
THREE = (Op.CLAIM, Op.NOTE, Op.RETURN, Op.ESCALATE, Op.MERGE, Op.MERGE_BACK, Op.RESOLVE)


def two_people(faults: frozenset[Fault] = NO_FAULTS) -> Explored:
    """Two people with up to two acts one and one act the other, from both beginnings."""
    found = Explored()
    for start, first, second, other in product(STARTS, Op, Op, Op):
        explore(start, [script(0, (first, second)), script(1, (other,))], found, faults)
    return found


def three_people(faults: frozenset[Fault] = NO_FAULTS) -> Explored:
    """Three people with one act each."""
    found = Explored()
    for start, ops in product(STARTS, combinations_with_replacement(THREE, 3)):
        explore(start, [script(who, (op,)) for who, op in enumerate(ops)], found, faults)
    return found


def test_two_people_in_every_order_break_no_promise() -> None:
    found = two_people()

    assert found.broken == {}
    assert found.schedules == 2 * 11**3 * 15
    assert len(found.states) > 100


def test_three_people_in_every_order_break_no_promise() -> None:
    found = three_people()

    assert found.broken == {}
    assert found.schedules == 2 * 84 * 90


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        (Fault.CLAIM_TAKES_AWAY, "one owner"),
        (Fault.RETURN_KEEPS_OWNER, "one owner"),
        (Fault.MERGE_INTO_MERGED, "no orphan"),
        (Fault.ESCALATE_TWICE, "no double escalation"),
        (Fault.LATE_NOTE_DROPPED, "no lost note"),
    ],
)
def test_a_rule_left_out_is_found(fault: Fault, promise: str) -> None:
    assert promise in two_people(frozenset({fault})).broken
