"""Each rule of the check is broken once; the real folder breaks none."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.knowledge.policies import (
    FOLDER,
    TODAY,
    Data,
    a_value,
    aspects,
    documents,
    folder_with,
    item,
    section,
)
from ticketing.knowledge.check import check, problems, trace


def with_amount(answer: Data) -> Data:
    """An item whose answer to ``amount`` is seeded."""
    return item(aspects=aspects(amount=answer))


SEEDED_ITEMS = {
    "missing aspect": (item(aspects={"definition": section()}), "dibao: missing aspect eligibility"),
    "expired": (item(review_by="2026-11-22"), "dibao: expired: to be reviewed by 2026-11-22"),
    "verified tomorrow": (item(verified_on="2026-11-24"), "dibao: verified in the future: 2026-11-24"),
    "unknown slug": (item(slug="lottery"), "dibao.yml slug: 'lottery' is not one of ['dibao']"),
    "unknown aspect": (
        item(aspects={"colour": section()}),
        "dibao.yml aspects: 'colour' is not one of",
    ),
    "unknown field": (item(colour="red"), "dibao.yml: Additional properties are not allowed"),
    "unknown basis": (with_amount(section(basis=["rumour 第1条"])), "dibao.amount: unknown basis rumour"),
    "unknown shared answer": (with_amount({"use": "rare"}), "no shared answer rare"),
    "unknown city field": (with_amount({"city": ["moon"]}), "dibao.amount: unknown city field moon"),
    "related without item": (
        item(related=["dibao"], slug="dibao", follow_ups=["amount", "amount"]),
        "dibao.yml follow_ups",
    ),
    "statement without basis": (with_amount(section(basis=[])), "dibao.amount: statement without basis"),
    "heard of only": (
        with_amount(section(confidence="S3")),
        "dibao.amount: confidence S3 may not be stated",
    ),
    "from memory": (
        with_amount(section(confidence="M-high")),
        "dibao.amount: confidence M-high may not be stated",
    ),
    "history": (with_amount(section(confidence="SEED")), "dibao.amount: confidence SEED may not be stated"),
    "figure marked CITY": (
        with_amount(section("每月发650元。", confidence="CITY")),
        "dibao.amount: a figure marked CITY",
    ),
    "figure in words marked CITY": (
        with_amount(section("要等三十天。", confidence="CITY", basis=[])),
        "dibao.amount: a figure marked CITY",
    ),
    "figure without basis": (
        with_amount(section("每月发650元。", basis=[])),
        "dibao.amount: a figure without basis",
    ),
    "figure in the next step": (item(next="交20元就行了。"), "dibao.next: a figure without basis"),
    "figure in a section's next step": (
        with_amount({**section(), "next": "三个工作日后再来。"}),
        "dibao.amount.next: a figure without basis",
    ),
    "figure in a label": (
        item(city_fields={"standard": {"label": "标准（650元）", "type": "money"}}),
        "dibao.city_fields.standard: a figure without basis",
    ),
    "figure in a title": (item(title="最多领650元"), "dibao.title: a figure without basis"),
    "figure in a button": (item(asks={"amount": "能领650元吗"}), "dibao.asks.amount: a figure without basis"),
    "amount without a unit": (
        item(city_fields={"standard": {"label": "本地标准", "type": "money"}}),
        "dibao.city_fields.standard: money without a unit",
    ),
    "field told nowhere": (
        item(
            city_fields={
                "standard": {"label": "标准", "type": "text"},
                "moon": {"label": "月亮", "type": "text"},
            }
        ),
        "dibao.city_fields.moon: told in no answer",
    ),
    "figure written out": (
        with_amount(section("要等30天。")),
        "dibao.amount: figure 30 is written out: quote it from values.yml",
    ),
    "figure written out in words": (
        with_amount(section("要等三十天。")),
        "dibao.amount: figure 三十天 is written out: quote it from values.yml",
    ),
    "figure that does not exist": (with_amount(section("要等{weeks}。")), "nothing to quote as {weeks}"),
    "half a brace": (with_amount(section("要等{days。")), "a brace that quotes nothing"),
    "number outside the directory": (
        with_amount(section("打12349问。")),
        "dibao.amount: number 12349 is not in the directory",
    ),
    "a landline": (
        with_amount(section("打0563-4012345问。")),
        "dibao.amount: number 0563-4012345 is not in the directory",
    ),
    "address in a statement": (
        with_amount(section("看https://example.cn/a。")),
        "dibao.amount: an address in a statement",
    ),
}


@pytest.mark.parametrize("fault", SEEDED_ITEMS)
def test_a_fault_of_an_item_is_found(fault: str, tmp_path: Path) -> None:
    seeded, complaint = SEEDED_ITEMS[fault]

    found = problems(folder_with(tmp_path, seeded), today=TODAY)

    assert any(complaint in problem for problem in found), found


SEEDED_DOCUMENTS = {
    "missing source": (documents(source=""), "documents.yml law: missing source"),
    "copy site": (
        documents(url="https://siseiken.net/News/show/1.html"),
        "documents.yml law: not a site of the issuing body: siseiken.net",
    ),
    "host that only looks official": (
        documents(url="https://gov.cn.copy.com/1"),
        "documents.yml law: not a site of the issuing body: gov.cn.copy.com",
    ),
    "address hidden in the source": (
        documents(source="见www.copy.com"),
        "documents.yml law: an address belongs into url",
    ),
    "no longer in force": (
        documents(in_force_to="2026-01-01"),
        "dibao.definition: basis law ended on 2026-01-01",
    ),
}


@pytest.mark.parametrize("fault", SEEDED_DOCUMENTS)
def test_a_fault_of_a_document_is_found(fault: str, tmp_path: Path) -> None:
    papers, complaint = SEEDED_DOCUMENTS[fault]

    found = problems(folder_with(tmp_path, item(), papers=papers), today=TODAY)

    assert any(problem.startswith(complaint) for problem in found), found


def test_a_figure_that_only_a_plan_backs_is_found(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, with_amount(section("共发了431万元。")), papers=documents(kind="plan"))

    assert "dibao.amount: a figure that only a plan backs" in problems(folder, today=TODAY)


SEEDED_VALUES = {
    "quoted nowhere": (a_value(), section(), "values.yml days: quoted nowhere"),
    "of an unknown document": (
        a_value(basis=["rumour"]),
        section("要等{days}。"),
        "values.yml days: unknown basis rumour",
    ),
    "told without its document": (
        a_value(),
        section("要等{days}。", basis=["other"]),
        "dibao.amount: quotes days without citing its document",
    ),
    "out of date": (
        a_value(valid_to="2026-11-22"),
        section("要等{days}。"),
        "values.yml days: expired on 2026-11-22",
    ),
    "a number and a day at once": (a_value(date="2026-01-01"), section(), "values.yml days"),
    "heard of only": (a_value(confidence="S3"), section(), "values.yml days.confidence"),
}


@pytest.mark.parametrize("fault", SEEDED_VALUES)
def test_a_fault_of_a_figure_is_found(fault: str, tmp_path: Path) -> None:
    values, answer, complaint = SEEDED_VALUES[fault]
    papers = {**documents(), "other": documents()["law"]}

    found = problems(folder_with(tmp_path, with_amount(answer), papers=papers, values=values), today=TODAY)

    assert any(problem.startswith(complaint) for problem in found), found


def test_an_allowance_nobody_needs_any_more_is_found(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item())
    (folder / "shared" / "prose.yml").write_text("三更: 说的是半夜", encoding="utf-8")

    assert problems(folder, today=TODAY) == ["prose.yml 三更: allowed, but written nowhere"]


def test_words_allowed_with_a_reason_are_no_figure(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, with_amount(section("说第三次时再来。")))
    assert problems(folder, today=TODAY)

    (folder / "shared" / "prose.yml").write_text("第三次: 步骤的先后", encoding="utf-8")

    assert problems(folder, today=TODAY) == []


def test_a_topic_without_an_item_is_found(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item())
    (folder / "dibao.yml").unlink()

    assert problems(folder, today=TODAY) == ["dibao: no item for this topic"]


def test_a_file_not_named_after_its_slug_is_found(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item())
    (folder / "dibao.yml").rename(folder / "other.yml")

    assert problems(folder, today=TODAY) == ["dibao: file is not named after its slug"]


def test_a_file_that_is_no_yaml_is_found(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item())
    (folder / "dibao.yml").write_text("a: [", encoding="utf-8")

    assert "dibao.yml: cannot be read: ParserError" in problems(folder, today=TODAY)


def test_a_folder_without_policies_is_told_apart_from_a_sound_one(tmp_path: Path) -> None:
    assert problems(tmp_path, today=TODAY) == [f"{tmp_path}: no policies here: schema.json is missing"]


def test_a_sound_folder_has_no_problem(tmp_path: Path) -> None:
    assert check(folder_with(tmp_path, item()), today=TODAY) == []


def test_a_directory_number_is_no_figure(tmp_path: Path) -> None:
    spoken = with_amount(section("打12345或110问。", confidence="CITY", basis=[]))

    assert problems(folder_with(tmp_path, spoken), today=TODAY) == []


def test_the_trace_leads_from_each_statement_to_its_article() -> None:
    rows = [row for row in trace(FOLDER) if (row.topic, row.aspect) == ("temporary_aid", "place")]

    assert [(row.document, row.article, row.confidence) for row in rows] == [("aid_law", "第37条", "S1")]


def test_the_real_folder_would_fail_once_its_review_day_has_passed() -> None:
    found = problems(FOLDER, today=date(2027, 2, 1))

    assert "elderly_care_subsidy: expired: to be reviewed by 2027-01-31" in found
