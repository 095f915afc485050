"""The duty to report: over every path of the lifecycle no child's ticket ends without proof."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
ENDS = frozenset(
    {
        Status.RESOLVED,
        Status.CLOSED,
        Status.MERGED,
        Status.RETURNED,
        Status.REFUSED,
        Status.WITHDRAWN,
    }
)


@dataclass(frozen=True)
class State:
    """What counts of a ticket; it may turn out only later that it is about a child."""

    status: Status
    proof: Proof
    is_childs: bool


def steps(state: State, guarded: frozenset[Move]) -> Iterator[State]:
    """Every state one act away: the moves that table and guard let pass, each proof, and finding out."""
    yield replace(state, proof=replace(state.proof, reported=True))
    yield replace(state, proof=replace(state.proof, waived=True))
    yield replace(state, is_childs=True)
    for move in Move:
        if not is_allowed(state.status, move):
            continue
        try:
            if move in guarded:
                refuse_unproved(move, is_childs=state.is_childs, proof=state.proof)
        except ReportMissing:
            continue
        # A signature counts for one ending only; a report to the police was made once for all.
        waived = state.proof.waived and move is not Move.REOPEN
        yield State(target(state.status, move), replace(state.proof, waived=waived), state.is_childs)


def walked(*, is_childs: bool, guarded: frozenset[Move] = GUARDED) -> set[tuple[State, State]]:
    """All steps there are, by whatever path."""
    found: set[tuple[State, State]] = set()
    seen: set[State] = set()
    frontier = {State(Status.NEW, Proof(), is_childs)}
    while frontier:
        seen |= frontier
        taken = {(one, after) for one in frontier for after in steps(one, guarded)}
        found |= taken
        frontier = {after for _, after in taken} - seen
    return found


def unproved_ends(walk: set[tuple[State, State]]) -> set[Status]:
    """Ends that a child's ticket was brought to without proof."""
    return {
        after.status
        for before, after in walk
        if before.is_childs
        and after.status in ENDS
        and after.status is not before.status
        and not before.proof.is_given
    }


@pytest.mark.parametrize("is_childs", [True, False], ids=["from-the-first", "found-out-later"])
def test_no_path_at_all_ends_a_childs_ticket_without_proof(is_childs: bool) -> None:
    walk = walked(is_childs=is_childs)

    assert unproved_ends(walk) == set()
    assert {after.status for _, after in walk} == set(Status)


def test_others_tickets_end_without_any() -> None:
    ended = {
        after.status
        for before, after in walked(is_childs=False)
        if not before.is_childs and not before.proof.is_given and after.status in ENDS
    }

    assert ended == ENDS


@pytest.mark.parametrize("forgotten", sorted(GUARDED))
def test_forgetting_any_one_guarded_move_opens_a_path_that_the_search_finds(forgotten: Move) -> None:
    assert unproved_ends(walked(is_childs=False, guarded=GUARDED - {forgotten})) != set()


def test_every_move_into_an_end_is_guarded() -> None:
    assert {move for move, (_, end) in TRANSITIONS.items() if end in ENDS} == GUARDED
    assert FINISHED - DONE | {Status.RESOLVED} <= ENDS


def test_a_child_report_and_a_marked_minor_at_risk_are_childrens_cases() -> None:
    assert RULES.is_childs(Category.CHILD_PROTECTION, {})
    assert not RULES.is_childs(Category.SELF_HARM, {})
    for category in RULES.minor_categories:
        assert RULES.is_childs(category, {MINOR: YES})
    assert not RULES.is_childs(Category.COMPLAINT, {MINOR: YES})


def test_the_nine_situations_are_nine_and_named_once() -> None:
    assert len({one.slug for one in RULES.situations}) == 9
    assert len({one.slug for one in RULES.guardianship}) == len(RULES.guardianship) == 6
