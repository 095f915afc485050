"""Long sentences and rare words make an item hard; the name of the matter itself does not."""

from dataclasses import replace

import pytest

from ticketing.bootstrap import DATA
from ticketing.knowledge.items import PolicyItem, Section, Statement
from ticketing.knowledge.readability import Grader, worst_first
from ticketing.knowledge.reading import load_shelf

SHELF = load_shelf(DATA / "policies")


@pytest.fixture(scope="module")
def grader() -> Grader:
    """With jieba's dictionary."""
    return Grader.load()


def an_item(*sentences: str) -> PolicyItem:
    statements = tuple(Statement(text, "S1", ()) for text in sentences)
    return replace(SHELF.items["dibao"], overview=Section(statements, (), ""), aspects={})


def test_the_same_words_in_shorter_sentences_are_easier(grader: Grader) -> None:
    long = an_item("老人到村里问一问，孩子到学校问一问，大家到窗口问一问。")
    short = an_item("老人到村里问一问。孩子到学校问一问。大家到窗口问一问。")

    assert grader.grade(short).score < grader.grade(long).score
    assert grader.grade(short).sentence_characters == 8


def test_rare_words_make_an_item_harder_and_are_named(grader: Grader) -> None:
    plain, rare = an_item("老人可以到村里申请补助。"), an_item("老人可以申请行政复议。")

    assert grader.grade(rare).rare_words == ("行政复议",)
    assert grader.grade(rare).score > grader.grade(plain).score


def test_the_name_of_the_matter_is_not_counted_as_rare(grader: Grader) -> None:
    assert "最低生活保障" not in grader.grade(an_item("最低生活保障可以申请。")).rare_words


def test_the_list_begins_with_the_hardest(grader: Grader) -> None:
    scores = [grade.score for grade in worst_first(grader, SHELF.items)]

    assert scores == sorted(scores, reverse=True)
    assert len(scores) == len(SHELF.items)


def test_an_item_without_a_sentence_is_no_error(grader: Grader) -> None:
    assert grader.grade(an_item()).score == 0
