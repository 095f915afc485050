"""The duty to report: over every path of the lifecycle no child's ticket ends without proof."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import ticketing
from ticketing.domain.child_guard import GUARDED, MINOR, YES, ChildRules, Proof, refuse_unproved
from ticketing.domain.errors import ReportMissing
from ticketing.domain.lifecycle import DONE, FINISHED, TRANSITIONS, Move, Status, is_allowed, target
from ticketing.domain.vocabulary import Category
from ticketing.knowledge.care import load_care

RULES: ChildRules = load_care(Path(ticketing.__file__).parent / "data" / "care").children
#: Where a ticket has left the hands of those who should help.
ENDS = frozenset({Status.CLOSED, Status.MERGED, Status.RETURNED, Status.REFUSED, Status.WITHDRAWN})

type State = tuple[Status, Proof]


def steps(state: State, *, is_childs: bool, guarded: frozenset[Move] = GUARDED) -> Iterator[State]:
    """Every state one act away: each move the table and the guard let pass, and each way to give proof."""
    status, proof = state
    yield status, Proof(reported=True, waived=proof.waived)
    yield status, Proof(reported=proof.reported, waived=True)
    for move in Move:
        if not is_allowed(status, move):
            continue
        try:
            if move in guarded:
                refuse_unproved(move, is_childs=is_childs, proof=proof)
        except ReportMissing:
            continue
        # A signature counts for one ending only; a report to the police was made once for all.
        waived = proof.waived and move is not Move.REOPEN
        yield target(status, move), Proof(reported=proof.reported, waived=waived)


def reachable(*, is_childs: bool, guarded: frozenset[Move] = GUARDED) -> set[State]:
    """All states there are, by whatever path."""
    found: set[State] = {(Status.NEW, Proof())}
    frontier = set(found)
    while frontier:
        after = {s for one in frontier for s in steps(one, is_childs=is_childs, guarded=guarded)}
        frontier = after - found
        found |= frontier
    return found


def unproved_ends(states: set[State]) -> set[Status]:
    """Ends reached without proof."""
    return {status for status, proof in states if status in ENDS and not proof.is_given}


def test_no_path_at_all_ends_a_childs_ticket_without_proof() -> None:
    states = reachable(is_childs=True)

    assert unproved_ends(states) == set()
    assert {status for status, _ in states} == set(Status)


def test_others_tickets_end_without_any() -> None:
    assert unproved_ends(reachable(is_childs=False)) == ENDS


@pytest.mark.parametrize("forgotten", sorted(GUARDED))
def test_forgetting_any_one_guarded_move_opens_a_path_that_the_search_finds(forgotten: Move) -> None:
    assert unproved_ends(reachable(is_childs=True, guarded=GUARDED - {forgotten})) != set()


def test_every_move_into_an_end_is_guarded() -> None:
    assert {move for move, (_, end) in TRANSITIONS.items() if end in ENDS} == GUARDED
    assert ENDS >= FINISHED - DONE


def test_a_child_report_and_a_marked_minor_at_risk_are_childrens_cases() -> None:
    assert RULES.is_childs(Category.CHILD_PROTECTION, {})
    assert not RULES.is_childs(Category.SELF_HARM, {})
    for category in RULES.minor_categories:
        assert RULES.is_childs(category, {MINOR: YES})
    assert not RULES.is_childs(Category.COMPLAINT, {MINOR: YES})


def test_the_nine_situations_are_nine_and_named_once() -> None:
    assert len({one.slug for one in RULES.situations}) == 9
    assert len({one.slug for one in RULES.guardianship}) == len(RULES.guardianship) == 6
