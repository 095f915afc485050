"""Two models on the same messages: what counts, what blocks, what must have been seen, gravest first."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.data_rows import row
from ticketing.domain.training import (
    CHANGES_KEPT,
    Comparison,
    HeldOut,
    Verdict,
    compared,
    comparison_data,
    comparison_of,
)

LABELS = ("dibao", "self_harm", "unclear")
RIGHT_RAISE, SILENT = Verdict("self_harm", is_raised=True), Verdict("unclear", is_raised=False)
ROWS = st.lists(
    st.tuples(
        st.builds(HeldOut, st.text(max_size=8), st.sampled_from(LABELS), st.booleans()),
        st.builds(Verdict, st.sampled_from(LABELS), st.booleans()),
        st.builds(Verdict, st.sampled_from(LABELS), st.booleans()),
    ),
    max_size=30,
)


def in_danger(text: str = "不想活了") -> HeldOut:
    return HeldOut(text, "self_harm", is_at_risk=True)


def of_rows(rows: list[tuple[HeldOut, Verdict, Verdict]]) -> Comparison:
    return compared([one[0] for one in rows], [one[1] for one in rows], [one[2] for one in rows])


@given(ROWS)
def test_it_is_blocked_exactly_when_fewer_people_at_risk_are_found(
    rows: list[tuple[HeldOut, Verdict, Verdict]],
) -> None:
    at_risk = [(old.is_raised, new.is_raised) for message, old, new in rows if message.is_at_risk]

    comparison = of_rows(rows)

    assert comparison.is_blocked == (sum(new for _, new in at_risk) < sum(old for old, _ in at_risk))
    assert not comparison.is_blocked or comparison.needs_consent


@given(ROWS)
def test_nothing_gets_worse_unseen(rows: list[tuple[HeldOut, Verdict, Verdict]]) -> None:
    comparison = of_rows(rows)

    worse = any(
        (old.label == message.label) > (new.label == message.label)
        or (old.is_raised == message.is_at_risk) > (new.is_raised == message.is_at_risk)
        for message, old, new in rows
    )
    if not worse:
        assert not comparison.needs_consent
    if comparison.lost or comparison.false_alarms.change > 0:
        assert comparison.needs_consent


@given(ROWS)
def test_what_is_kept_of_it_is_read_back_the_same(rows: list[tuple[HeldOut, Verdict, Verdict]]) -> None:
    comparison = of_rows(rows)

    written = json.dumps(comparison_data(comparison))

    assert comparison_of(row(json.loads(written), "test")) == comparison


def test_one_person_found_does_not_make_up_for_another_who_is_lost() -> None:
    comparison = compared([in_danger("甲"), in_danger("乙")], [RIGHT_RAISE, SILENT], [SILENT, RIGHT_RAISE])

    assert not comparison.is_blocked
    assert [change.message.text for change in comparison.lost] == ["甲"]
    assert comparison.needs_consent


def test_the_worst_is_told_first_and_never_cut_off() -> None:
    better = [HeldOut(f"变好{n}", "dibao", is_at_risk=False) for n in range(CHANGES_KEPT)]
    messages = [*better, in_danger("漏掉的")]
    before = [SILENT] * len(better) + [RIGHT_RAISE]
    after = [Verdict("dibao", is_raised=False)] * len(better) + [SILENT]

    comparison = compared(messages, before, after)

    assert comparison.changes[0].message.text == "漏掉的"
    assert len(comparison.changes) == CHANGES_KEPT
    assert comparison.changed == CHANGES_KEPT + 1


def test_classes_that_dropped_are_told_worst_first() -> None:
    messages = [HeldOut("a", "dibao", is_at_risk=False)] * 3 + [HeldOut("b", "unclear", is_at_risk=False)]
    right = [Verdict(message.label, is_raised=False) for message in messages]
    wrong = [Verdict("tekun", is_raised=False)] * 4

    worse = compared(messages, right, wrong).worse_classes

    assert [(name, measure.change) for name, measure in worse] == [("dibao", -3), ("unclear", -1)]
