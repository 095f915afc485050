"""The figures mean what their names say."""

from pathlib import Path

import pytest

from tests.evaluation.outside import load, right_answers
from tests.evaluation.scores import (
    Pairs,
    accuracy,
    calibration,
    calibration_error,
    confusions,
    macro_f1,
    per_class,
    percentile,
)
from tests.nlu.training_examples import intents_of_kind

PAIRS: Pairs = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b")]


def test_accuracy_counts_the_right_ones() -> None:
    assert accuracy(PAIRS) == 0.75
    assert accuracy([]) == 0


def test_each_class_has_its_own_figures() -> None:
    first, second = per_class(PAIRS)

    assert (first.name, first.precision, first.support) == ("a", 1.0, 3)
    assert first.recall == pytest.approx(2 / 3)
    assert (second.name, second.precision, second.recall, second.support) == ("b", 0.5, 1.0, 1)
    assert macro_f1([first, second]) == pytest.approx((0.8 + 2 / 3) / 2)


def test_the_largest_confusion_comes_first() -> None:
    assert confusions([*PAIRS, ("a", "b"), ("b", "c")]) == [("a", "b", 2), ("b", "c", 1)]


def test_a_model_that_is_as_right_as_it_says_has_no_calibration_error() -> None:
    honest = [(0.75, True)] * 3 + [(0.75, False)]
    boastful = [(0.95, False)] * 4

    assert calibration_error(calibration(honest)) == pytest.approx(0)
    assert calibration_error(calibration(boastful)) == pytest.approx(0.95)


def test_full_confidence_is_in_the_last_step() -> None:
    assert [step.count for step in calibration([(1.0, True), (0.0, False)])] == [1, 1]


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 3
    assert percentile([1], 0.95) == 1


def test_coarse_labels_are_mapped_to_slugs_of_ours() -> None:
    known = set(intents_of_kind("topic", "at_risk", "category"))

    assert {
        slug for answers in right_answers().values() for slug in answers.any | answers.wrong
    } - known == set()


def test_messages_that_are_not_there_are_passed_over(tmp_path: Path) -> None:
    assert list(load(tmp_path).texts) == []
