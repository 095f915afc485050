"""The shipped checks: no gap, no overlap, six questions at most, every condition with its source."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from bot import safety_net
from tests.house.source_files import ROOT
from tests.nlu.training_examples import NLU_FOLDER, examples_in
from ticketing.domain.eligibility import (
    QUESTIONS_MAX,
    SKIPPED,
    Check,
    Ground,
    Outcome,
    decided,
    gaps,
    open_rows,
    overlaps,
    paths,
)
from ticketing.domain.errors import DataFault
from ticketing.domain.vocabulary import Risk
from ticketing.knowledge.check_files import load_checks
from ticketing.knowledge.reading import load_shelf

FOLDER = ROOT / "ticketing" / "data" / "eligibility"
SHELF = load_shelf(ROOT / "ticketing" / "data" / "policies")
CHECKS = load_checks(FOLDER, SHELF)
WANTED = {
    "dibao",
    "tekun",
    "temporary_aid",
    "disability_allowance",
    "elderly_allowance",
    "unattended_child",
    "childcare_subsidy",
    "elderly_care_subsidy",
    "marriage_registration",
    "divorce_registration",
    "survivor_benefit",
}
each = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)


def grounds(check: Check) -> Iterator[Ground]:
    for question in check.questions:
        if question.condition is not None:
            yield question.condition
    for row in check.table:
        yield from row.notes


def texts(check: Check) -> list[str]:
    return [check.start, *(option.text for question in check.questions for option in question.options)]


def test_every_matter_whose_conditions_are_in_sourced_law_has_a_check() -> None:
    assert set(CHECKS) == WANTED


@each
def test_every_combination_of_answers_and_skips_has_exactly_one_row(check: Check) -> None:
    assert gaps(check) == []
    assert overlaps(check) == []


@each
def test_nobody_is_asked_more_than_six_questions(check: Check) -> None:
    assert max(len(answers) for answers in paths(check)) <= QUESTIONS_MAX


@each
def test_asking_only_what_matters_changes_no_outcome(check: Check) -> None:
    for answers in paths(check):
        open_questions = [one for one in check.table_questions if one.key not in answers]
        for rest in product(*(one.answers for one in open_questions)):
            whole = {**answers, **{one.key: said for one, said in zip(open_questions, rest, strict=True)}}
            assert decided(check, answers) in open_rows(check, whole)


@each
def test_whoever_skips_everything_is_told_neither_yes_nor_no(check: Check) -> None:
    skipped = {question.key: SKIPPED for question in check.table_questions}

    assert decided(check, skipped).outcome is Outcome.MORE


@each
def test_every_row_is_reached_and_every_cell_names_an_answer(check: Check) -> None:
    known = {question.key: set(question.answers) for question in check.questions}

    for row in check.table:
        assert all(allowed <= known[key] for key, allowed in row.cells.items())
    assert {id(decided(check, answers)) for answers in paths(check)} == {id(row) for row in check.table}


@each
def test_every_condition_rests_on_a_document_of_the_base(check: Check) -> None:
    for ground in grounds(check):
        assert {citation.partition(" ")[0] for citation in ground.basis} <= set(SHELF.documents)
        assert bool(ground.basis) == (ground.confidence != "CITY")
    if check.sum is not None:
        assert {citation.partition(" ")[0] for citation in check.sum.basis} <= set(SHELF.documents)


@each
def test_topics_and_city_fields_named_by_a_check_exist(check: Check) -> None:
    assert {topic for row in check.table for topic in row.instead} <= set(SHELF.items)
    fields = {question.city for question in check.questions if question.city}
    assert fields <= set(SHELF.items[check.topic].city_fields)


@each
def test_every_button_is_taught_to_the_model_and_alarms_nobody(check: Check) -> None:
    taught = {example.text for example in examples_in(NLU_FOLDER)}

    assert set(texts(check)) <= taught
    assert [text for text in texts(check) if safety_net.scan(text).risk is not Risk.NONE] == []


def test_no_two_checks_begin_alike() -> None:
    assert len({check.start for check in CHECKS.values()}) == len(CHECKS)


def test_a_condition_without_a_source_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "dibao.yml").read_text(encoding="utf-8").replace("basis: [aid_law 第18条]", "", 1)
    (tmp_path / "dibao.yml").write_text(text, encoding="utf-8")
    (tmp_path / "schema.json").write_bytes((FOLDER / "schema.json").read_bytes())

    with pytest.raises(DataFault):
        load_checks(tmp_path, SHELF)


def test_a_figure_that_is_no_value_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "divorce_registration.yml").read_text(encoding="utf-8")
    (tmp_path / "divorce.yml").write_text(text.replace("cooling_days", "forty_days"), encoding="utf-8")
    (tmp_path / "schema.json").write_bytes((FOLDER / "schema.json").read_bytes())

    with pytest.raises(DataFault, match="names no figure"):
        load_checks(tmp_path, SHELF)
