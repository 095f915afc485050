"""Every class is understood at least as well as it was when its floor was written down."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import training
from tests.evaluation.data import load
from tests.evaluation.laboratory import OURS, Laboratory
from tests.evaluation.measures import Reading
from tests.evaluation.scores import ClassScore, Pairs, per_class
from tests.language_house import MODEL_HOME as HOME
from ticketing import yaml_files

FLOORS = Path(__file__).with_name("floors.yml")


@pytest.mark.model
@pytest.mark.slow
def test_no_class_falls_under_its_floor() -> None:
    data = load()
    laboratory = Laboratory(HOME / "evaluation")
    # Its vectors of the same texts are kept: two trainings at once would each make them.
    training.ensure_model(HOME)
    reading = Reading(laboratory, laboratory.trained(OURS, data.train))

    assert fallen(per_class(reading.pairs(data.test)), floors()) == {}


def test_every_class_of_the_test_part_has_a_floor_and_no_floor_is_left_over() -> None:
    assert set(floors()) == {one.intent for one in load().test}


def test_a_class_whose_messages_are_taken_for_another_is_caught() -> None:
    pairs: Pairs = [("dibao", "dibao")] * 9 + [("tekun", "dibao")] * 6 + [("tekun", "tekun")] * 4

    assert set(fallen(per_class(pairs), {"dibao": 0.7, "tekun": 0.7})) == {"tekun"}


def test_a_class_without_a_single_test_example_is_caught() -> None:
    assert fallen([], {"dibao": 0.5}) == {"dibao": 0.0}


def floors() -> Mapping[str, float]:
    """F1 on the test part that each class must reach."""
    read: Mapping[str, float] = yaml_files.load(FLOORS)
    return read


def fallen(scores: list[ClassScore], lowest: Mapping[str, float]) -> dict[str, float]:
    """Classes under their floor, and their F1."""
    reached = {score.name: score.f1 for score in scores}
    return {name: reached.get(name, 0.0) for name, floor in lowest.items() if reached.get(name, 0.0) < floor}
