"""What an answer rests on survives the ledger and the dialogue; what is none of ours is nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.answer_marks import MARK, AnswerMark, Gap, mark_of, payload_of
from ticketing.domain.feedback import Reason, Verdict, Vote, vote_of

WORDS = st.text(min_size=1, max_size=30)
MARKS = st.builds(
    AnswerMark,
    topic=WORDS,
    aspect=st.none() | WORDS,
    revision=st.text(max_size=12),
    facts=st.dictionaries(WORDS, st.integers(min_value=1), max_size=5),
) | st.builds(AnswerMark, gap=st.sampled_from(Gap))


@given(MARKS)
def test_a_mark_comes_back_as_it_went(mark: AnswerMark) -> None:
    assert mark_of(json.loads(json.dumps(payload_of(mark)))) == mark


@pytest.mark.parametrize(
    "payload",
    [
        *(None, {}, [], "mark", {MARK: None}, {MARK: []}, {MARK: {}}),
        *({MARK: {"topic": 7}}, {MARK: {"gap": "moon"}}, {MARK: {"topic": "x" * 65}}),
    ],
)
def test_anything_else_is_no_mark(payload: object) -> None:
    assert mark_of(payload) is None


@pytest.mark.parametrize("facts", [7, {"a": "7"}, {"a": True}, {str(one): 1 for one in range(51)}])
def test_odd_facts_are_none(facts: object) -> None:
    mark = mark_of({MARK: {"topic": "dibao", "facts": facts}})

    assert mark is not None
    assert mark.facts == {}


def test_what_is_no_answer_keeps_nothing() -> None:
    assert payload_of(None) == {}


def test_a_vote_is_up_down_or_down_with_a_reason() -> None:
    assert vote_of("up") == Vote(Verdict.UP)
    assert vote_of("down") == Vote(Verdict.DOWN)
    assert [vote_of(f"down.{reason}") for reason in Reason] == [Vote(Verdict.DOWN, one) for one in Reason]
    assert [vote_of(word) for word in ("", "up.wrong", "down.moon", "sideways", ".", "None")] == [None] * 6
