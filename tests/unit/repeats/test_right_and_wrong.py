"""How often the rule proposes rightly, on reports it was not fitted to."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from tests.factories import NOON
from tests.unit.domain.city import DATA
from ticketing import yaml_files
from ticketing.domain.errors import DataFault
from ticketing.domain.places import Gazetteer
from ticketing.domain.repeats import Ground, RepeatRules, Told, likeness, similarity, without_place
from ticketing.domain.vocabulary import Category
from ticketing.knowledge.areas import load_gazetteer
from ticketing.knowledge.care import load_care
from ticketing.knowledge.terms import Terms

MATTERS = yaml_files.load(Path(__file__).parent / "matters.yml")
RULES: RepeatRules = load_care(DATA / "care").repeats


@dataclass(frozen=True)
class Counted:
    """Pairs by what they are and what the rule says."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """How many proposals are right."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """How many repeats are proposed."""
        return self.right / (self.right + self.missed)


def reports(half: str, gazetteer: Gazetteer, terms: Terms) -> Iterator[tuple[int, Told]]:
    """Every report with the matter it is about, compared as the house compares them."""
    for matter, one in enumerate(MATTERS[half]):
        for report in one["reports"]:
            words = {"text": report} if isinstance(report, str) else report
            place = gazetteer.find(words["text"])
            yield (
                matter,
                Told(
                    category=Category(one["category"]),
                    terms=without_place(terms.of(words["text"]), place.name),
                    filed_at=NOON,
                    contact=words.get("contact", ""),
                    town=place.town,
                    village=place.village,
                ),
            )


def count(told: list[tuple[int, Told]]) -> Counted:
    """Judge every pair of reports."""
    right = wrong = missed = 0
    for (one, first), (other, second) in combinations(told, 2):
        is_proposed = likeness(first, second, RULES).score >= RULES.threshold
        right += is_proposed and one == other
        wrong += is_proposed and one != other
        missed += not is_proposed and one == other
    return Counted(right, wrong, missed)


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms(empty_words=RULES.empty_words)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DATA / "areas")


#: Measured: 23 of 29 proposals right and 2 repeats missed on the fitted half, 19 of 19 and 7 on the other.
FLOORS = [
    pytest.param("fit", 0.79, 0.92, id="fitted"),
    pytest.param("held", 0.95, 0.73, id="only-measured"),
]


@pytest.mark.parametrize(("half", "precision", "recall"), FLOORS)
def test_proposals_are_mostly_right_and_few_repeats_are_missed(
    half: str, precision: float, recall: float, *, terms: Terms, gazetteer: Gazetteer
) -> None:
    counted = count(list(reports(half, gazetteer, terms)))

    assert counted.precision >= precision
    assert counted.recall >= recall


def test_likeness_is_the_same_from_both_sides_and_a_report_is_most_like_itself(
    terms: Terms, gazetteer: Gazetteer
) -> None:
    told = [one for _, one in reports("fit", gazetteer, terms)]

    for one, other in combinations(told, 2):
        assert likeness(one, other, RULES).score == pytest.approx(likeness(other, one, RULES).score)
        assert similarity(one.terms, other.terms) <= similarity(one.terms, one.terms) == pytest.approx(1)


def test_another_town_counts_against_and_no_place_counts_for_nothing(terms: Terms) -> None:
    words = terms.of("村口的桥栏杆断了，小孩天天走")
    here = Told(Category.OTHER_DEPARTMENT, words, NOON, town="xijin")

    def score(town: str | None) -> float:
        return likeness(here, Told(Category.OTHER_DEPARTMENT, words, NOON, town=town), RULES).score

    assert score("xijin") > score(None) > score("nanshan")


def test_the_words_shown_are_those_that_say_most(terms: Terms) -> None:
    one = Told(Category.FUNERAL_COMPLAINT, terms.of("殡仪馆收了三千多的整容费，要求退"), NOON)
    other = Told(Category.FUNERAL_COMPLAINT, terms.of("殡仪馆乱收整容费三千多"), NOON)

    found = likeness(one, other, RULES)

    assert "殡仪馆" in found.shared
    assert Ground.SAME_WORDS in found.grounds


def test_a_weight_left_out_is_a_fault_of_the_data() -> None:
    with pytest.raises(DataFault):
        RepeatRules.from_mapping({"weights": {}, "threshold": 1, "within_days": 1, "shown_max": 1})
