"""However often a ticket is refused, it ends before a named decider after few steps."""

from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.objections import must_coordinate

UNITS = "ABCDE"
MAX = 3


@given(st.lists(st.tuples(st.sampled_from(UNITS), st.booleans(), st.sampled_from(UNITS)), min_size=MAX))
def test_when_everyone_refuses_a_supervisor_is_asked_after_at_most_three_times(
    plays: list[tuple[str, bool, str]],
) -> None:
    """Each unit that gets it names another; the hotline agrees, or sends it elsewhere or back."""
    holder, returned_by, is_asked = "A", list[str](), False
    for wish, agrees, elsewhere in plays:
        returned_by.append(holder)
        to = wish if agrees else elsewhere
        is_asked = must_coordinate(returned_by, wish, objections_max=MAX) or (
            to != holder and must_coordinate(returned_by, to, objections_max=MAX)
        )
        if is_asked:
            break
        holder = to

    assert is_asked
    assert len(returned_by) <= MAX


def test_there_and_back_again_calls_the_supervisor_at_once() -> None:
    assert not must_coordinate(["A"], "B", objections_max=MAX)
    assert must_coordinate(["A", "B"], "A", objections_max=MAX)


def test_a_second_refusal_of_the_same_unit_calls_the_supervisor() -> None:
    assert must_coordinate(["A", "A"], "B", objections_max=MAX)
