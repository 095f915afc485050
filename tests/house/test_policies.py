"""The policy items that are shipped keep their own rules, and the buttons they offer are understood."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.house.source_files import ROOT
from ticketing import yaml_files
from ticketing.domain.vocabulary import Category
from ticketing.knowledge.answers import ask_text
from ticketing.knowledge.check import problems, trace
from ticketing.knowledge.items import ASPECTS, PolicyItem
from ticketing.knowledge.reading import load_shelf

FOLDER = ROOT / "ticketing" / "data" / "policies"
TRAINING = ROOT / "nlu_data" / "nlu" / "topics"
#: The day of the last review. Expiry as of today is for `hotline policies check`: a build of an old
#: version must not turn red by itself.
REVIEWED_ON = date(2026, 11, 23)
SHELF = load_shelf(FOLDER)


def trained(topic: str) -> Iterator[str]:
    """Questions the model learns for a topic."""
    for block in yaml_files.load(TRAINING / f"{topic}.yml")["nlu"]:
        for line in block["examples"].splitlines():
            yield line.removeprefix("- ").strip()


def offered(item: PolicyItem) -> list[str]:
    """Buttons that may appear for an item."""
    return [ask_text(SHELF, item, aspect) for aspect in {*item.follow_ups, "procedure"}]


def test_the_shipped_items_have_no_problem() -> None:
    assert problems(FOLDER, today=REVIEWED_ON) == []


def test_every_topic_the_model_knows_has_an_item() -> None:
    assert {path.stem for path in TRAINING.glob("*.yml")} == set(SHELF.items)


def test_no_topic_bears_the_name_of_a_category() -> None:
    assert not {category.value for category in Category} & set(SHELF.items)


@pytest.mark.parametrize("topic", SHELF.items)
def test_a_button_is_a_question_the_model_learns(topic: str) -> None:
    assert [text for text in offered(SHELF.items[topic]) if text not in set(trained(topic))] == []


@pytest.mark.parametrize("topic", SHELF.items)
def test_wording_of_a_button_is_given_for_known_aspects_only(topic: str) -> None:
    assert set(SHELF.items[topic].asks) <= set(ASPECTS)


def test_every_document_is_used() -> None:
    used = {row.document for row in trace(FOLDER)}

    assert sorted(SHELF.documents.keys() - used) == []
