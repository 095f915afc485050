"""The lifecycle table: no way around it, and no status without a way out but the final ones."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.errors import TransitionRefused
from ticketing.domain.lifecycle import FINISHED, OPEN, TRANSITIONS, Move, Status, is_allowed, mermaid, target

MERGED_IS_FINAL = {Status.MERGED}


@given(st.lists(st.sampled_from(list(Move)), max_size=30))
def test_whatever_is_tried_a_finished_ticket_comes_back_only_by_reopening(moves: Sequence[Move]) -> None:
    status = Status.NEW
    for move in moves:
        if is_allowed(status, move):
            before, status = status, target(status, move)
            reopened = before in FINISHED and status in OPEN
            assert not reopened or move is Move.REOPEN


@pytest.mark.parametrize("status", sorted(OPEN))
def test_from_every_open_status_a_ticket_can_be_resolved_in_the_end(status: Status) -> None:
    reached, frontier = {status}, {status}
    while frontier:
        frontier = {target(one, move) for one in frontier for move in Move if is_allowed(one, move)} - reached
        reached |= frontier

    assert Status.CLOSED in reached


@pytest.mark.parametrize("status", sorted(FINISHED - MERGED_IS_FINAL))
def test_nothing_but_a_merged_ticket_is_beyond_return(status: Status) -> None:
    assert status in {Status.RESOLVED, Status.CALLED_BACK} or is_allowed(status, Move.REOPEN)


def test_every_status_but_the_first_is_reached_by_some_move() -> None:
    assert {destination for _, destination in TRANSITIONS.values()} == set(Status) - {Status.NEW}


def test_a_move_the_table_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(TransitionRefused) as refused:
        target(Status.CLOSED, Move.CLAIM)

    assert refused.value.params == {"status": Status.CLOSED, "move": Move.CLAIM}


def test_the_diagram_has_an_arrow_for_every_way() -> None:
    arrows = [line for line in mermaid().splitlines() if "-->" in line]

    assert len(arrows) == 1 + sum(len(sources) for sources, _ in TRANSITIONS.values())
