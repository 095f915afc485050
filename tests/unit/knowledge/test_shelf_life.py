"""The clock past every date of the base, and every figure changed: nothing stale, nothing written twice."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.knowledge.policies import FOLDER, KNOWLEDGE, TODAY
from ticketing import yaml_files
from ticketing.domain.city_facts import Fact, FieldKind, Timelines
from ticketing.knowledge.check import problems, trace
from ticketing.knowledge.items import ASPECTS
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.reading import load_shelf
from ticketing.knowledge.shelf_life import expiries, over

SHELF = KNOWLEDGE.shelf
#: What each kind of city field may say, unlike anything in the files.
FILLED = {
    FieldKind.MONEY: "98765",
    FieldKind.NUMBER: "98765",
    FieldKind.PERCENT: "87.65",
    FieldKind.DATE: "2026-02-03",
    FieldKind.PHONE: "0563-9876543",
    FieldKind.ADDRESS: "测试路98765号",
    FieldKind.HOURS: "周一 9:08-17:06",
    FieldKind.TEXT: "测试文字98765",
}
ENDS = (date(2026, 12, 31), date(2027, 2, 10), date(2028, 3, 1))
#: The days around every end there is in the files and in the city's facts.
DAYS = sorted(
    {
        day + timedelta(days=step)
        for day in {*(one.day for one in expiries(SHELF)), *ENDS}
        for step in (0, 1, 400)
    }
)
QUESTIONS = [(topic, aspect) for topic in SHELF.items for aspect in (None, *ASPECTS)]


class FilledCity:
    """A city that filled in everything, with three different last days."""

    def changes(self) -> int:
        """It never changes."""
        return 1

    def of(self, topic: str) -> Timelines:
        """One fact for each field."""
        fields = SHELF.items[topic].city_fields.values()
        return {
            field.key: (
                Fact(
                    topic,
                    field.key,
                    FILLED[field.kind],
                    "某民〔2026〕1号",
                    date(2026, 1, 1),
                    ENDS[number % 3] if number % 2 else None,
                    ENDS[(number + 1) % 3],
                    number,
                ),
            )
            for number, field in enumerate(fields)
        }


FULL = Knowledge(SHELF, city=FilledCity())


def stale(topic: str, aspect: str | None, on: date) -> Iterator[str]:
    """Statements and city facts that are over on a day, but stand in the answer as if they held."""
    item, composer = SHELF.items[topic], FULL.composer(topic, today=on)
    lines = FULL.answer(topic, aspect, today=on).text.split("\n")
    for statement in composer.section(aspect).statements:
        end = over(SHELF, item, statement, today=on)
        day = "" if end is None else composer.day(end.day)
        if end is not None and not all(
            f"到{day}" in line and "为止" in line for line in lines if statement.text in line
        ):
            yield statement.text
    for key in composer.section(aspect).city:
        fact = FULL.standings(topic, today=on)[key].past
        if fact is None:
            continue
        shown = composer.shown(item.city_fields[key], fact.value)
        mine = [line for line in lines if line.startswith(item.city_fields[key].label) and shown in line]
        assert fact.last_day is not None
        if not mine or not all(f"到{composer.day(fact.last_day)}为止" in line for line in mine):
            yield f"{key}: {mine}"


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_past_any_date_nothing_is_stated_without_its_until(on: date) -> None:
    assert [found for question in QUESTIONS for found in stale(*question, on)] == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(QUESTIONS), st.dates(min_value=TODAY, max_value=date(2040, 1, 1)))
def test_on_any_day_nothing_is_stated_without_its_until(question: tuple[str, str | None], on: date) -> None:
    assert list(stale(*question, on)) == []


def test_once_everything_is_over_no_answer_states_anything_as_present() -> None:
    on = date(2040, 1, 1)

    for topic, aspect in QUESTIONS:
        lines = FULL.answer(topic, aspect, today=on).text.split("\n")
        told = [
            line
            for line in lines
            if not line.startswith(("依据：", "核对日期：", "下一步：", "主要看这些文件："))
        ]
        assert all("为止" in line for line in told), (topic, aspect, told)


VALUES = yaml_files.load(FOLDER / "shared" / "values.yml")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base, to be spoilt."""
    folder = tmp_path_factory.mktemp("base") / "policies"
    shutil.copytree(FOLDER, folder)
    return folder


def answers(knowledge: Knowledge) -> dict[tuple[str, str | None], str]:
    """Every answer there is."""
    return {question: knowledge.answer(*question, today=TODAY).text for question in QUESTIONS}


BEFORE = answers(KNOWLEDGE)


def quoting(key: str) -> set[tuple[str, str | None]]:
    """Questions whose answer quotes a value."""
    return {
        (topic, aspect)
        for topic, aspect in QUESTIONS
        for statement in KNOWLEDGE.composer(topic, today=TODAY).section(aspect).statements
        if key in statement.quotes
    }


@pytest.mark.parametrize("key", VALUES)
def test_a_figure_changed_in_its_one_place_changes_every_answer_that_quotes_it(copy: Path, key: str) -> None:
    changed = dict(VALUES[key])
    if "date" in changed:
        changed["date"] = changed["date"].replace(year=2031)
        fresh = "2031年"
    else:
        changed["number"] = 7013
        fresh = f"7013{changed.get('unit', '')}"
    (copy / "shared" / "values.yml").write_text(
        yaml.safe_dump({**VALUES, key: changed}, allow_unicode=True), encoding="utf-8"
    )

    after = answers(Knowledge.load(copy))

    differing = {question for question in QUESTIONS if after[question] != BEFORE[question]}
    assert differing == quoting(key) != set()
    assert all(fresh in after[question] for question in differing)


@pytest.mark.parametrize(
    "slug", [slug for slug, one in SHELF.documents.items() if one.in_force_from or one.number]
)
def test_a_documents_day_or_number_changed_changes_every_answer_that_shows_it(
    tmp_path: Path, slug: str
) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(FOLDER, folder)
    path = folder / "shared" / "documents.yml"
    papers = yaml_files.load(path)
    shown = []
    if papers[slug].get("number"):
        shown.append(papers[slug]["number"])
        papers[slug]["number"] = "某〔1999〕7号"
    if papers[slug].get("in_force_from"):
        papers[slug]["in_force_from"] = date(2001, 2, 3)
    path.write_text(yaml.safe_dump(papers, allow_unicode=True), encoding="utf-8")

    after = answers(Knowledge.load(folder))

    titled = f"《{SHELF.documents[slug].title}》"
    if SHELF.documents[slug].descriptive:
        titled = SHELF.documents[slug].title
    for question, text in BEFORE.items():
        basis = "".join(line for line in text.split("\n") if line.startswith("依据") or "主要看" in line)
        if titled in basis:
            assert after[question] != text, question
    assert not [one for one in after.values() for number in shown if number in one]


def test_a_number_taken_from_the_directory_fails_the_check(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(FOLDER, folder)
    path = folder / "shared" / "directory.yml"
    numbers = yaml_files.load(path)
    used = [number for number in numbers if number != "12345"]

    for number in used:
        rest = {key: value for key, value in numbers.items() if key != number}
        path.write_text(yaml.safe_dump(rest, allow_unicode=True), encoding="utf-8")
        found = problems(folder, today=TODAY)
        told = any(number in text for text in BEFORE.values())
        assert bool(found) == told, (number, found[:3])


def test_a_city_value_changed_changes_every_answer_that_tells_it() -> None:
    for topic, item in SHELF.items.items():
        for aspect in (None, *ASPECTS):
            composer = FULL.composer(topic, today=TODAY)
            text = FULL.answer(topic, aspect, today=TODAY).text
            for key in composer.section(aspect).city:
                field = item.city_fields[key]
                assert composer.shown(field, FILLED[field.kind]) in text, (topic, aspect, key)


def test_no_sentence_of_the_base_has_a_figure_of_its_own() -> None:
    written = [
        (item.slug, statement.template)
        for item in load_shelf(FOLDER).items.values()
        for section in item.sections.values()
        for statement in section.statements
        if re.search(r"\d", re.sub(r"\{[^}]*\}|1[12]\d(?!\d)|12[0-9]{3}", "", statement.template))
    ]

    assert written == []


def test_every_fact_told_has_a_basis() -> None:
    unsourced = [row for row in trace(FOLDER) if row.confidence != "CITY" and not row.document]

    assert unsourced == []
