"""What a resident's answer leads to, and which results tell him anything."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

import ticketing
from tests.factories import NOON
from ticketing.domain.closure import GRADES, Answer, Consequence, Standing, consequence
from ticketing.domain.errors import ResultNotPlain
from ticketing.domain.lifecycle import DONE, Status
from ticketing.domain.plain_result import refuse_empty
from ticketing.knowledge.care import load_care

CARE = load_care(Path(ticketing.__file__).parent / "data" / "care")
RULES = CARE.closing
ASKED = Standing(Status.RESOLVED, rounds=0, asked_at=NOON)
BAD = Answer(1)
ALL = [Answer(grade, solved) for grade, solved in product((None, *GRADES), (None, True, False))]


def follows(answer: Answer, standing: Standing, after: timedelta = timedelta(hours=1)) -> Consequence:
    """What an answer leads to some time after it was asked for."""
    return consequence(answer, standing, RULES, now=standing.asked_at + after)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Answer(5), Consequence.CLOSE),
        (Answer(3), Consequence.CLOSE),
        (Answer(solved=True), Consequence.CLOSE),
        (Answer(2), Consequence.BACK_TO_WORK),
        (Answer(solved=False), Consequence.BACK_TO_WORK),
        # Kind words about what is not settled, and hard words about what is.
        (Answer(5, solved=False), Consequence.BACK_TO_WORK),
        (Answer(1, solved=True), Consequence.BACK_TO_WORK),
    ],
)
def test_content_and_settled_closes_and_anything_else_goes_back(answer: Answer, found: Consequence) -> None:
    assert follows(answer, ASKED) is found


def test_no_discontented_answer_to_the_newest_result_is_without_consequence() -> None:
    for answer, status, rounds, days in product(ALL, DONE, range(4), (1, 100)):
        found = follows(answer, Standing(status, rounds, NOON), timedelta(days=days))
        if not RULES.is_content(answer):
            assert found in {Consequence.BACK_TO_WORK, Consequence.SUPERVISE}


def test_after_the_set_number_of_rounds_and_when_it_comes_late_a_supervisor_takes_over() -> None:
    assert follows(BAD, replace(ASKED, rounds=RULES.rounds_max)) is Consequence.SUPERVISE
    assert follows(BAD, ASKED, RULES.answer_within + timedelta(seconds=1)) is Consequence.SUPERVISE


def test_an_answer_while_the_work_goes_on_again_moves_nothing() -> None:
    for status in set(Status) - DONE:
        assert follows(BAD, replace(ASKED, status=status)) is Consequence.KEEP
    assert follows(BAD, replace(ASKED, is_of_earlier_result=True)) is Consequence.KEEP


@pytest.mark.parametrize(
    "result",
    [
        "已处理",
        "已办结，情况属实。",
        "NG20261123-0001 已按规定办理完毕",
        "经核实，该问题已妥善处理。",
        "…",
        "好的 OK",
    ],
)
def test_words_of_office_are_refused(result: str) -> None:
    with pytest.raises(ResultNotPlain):
        refuse_empty(result, CARE.results)


@pytest.mark.parametrize(
    "result", ["路灯已经修好，今晚就亮", "孩子已由外婆照料", "低保批下来了，下月起每月打卡", "轮椅明天送到"]
)
def test_plain_words_pass(result: str) -> None:
    refuse_empty(result, CARE.results)
