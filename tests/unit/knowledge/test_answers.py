"""Every question about every topic gets an answer that is short, sourced, dated and says what to do next."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.knowledge.policies import (
    FOLDER,
    KNOWLEDGE,
    TODAY,
    City,
    Data,
    a_fact,
    a_value,
    answered,
    documents,
    folder_with,
    item,
    section,
)
from ticketing.domain.city_facts import Fact
from ticketing.domain.errors import DataFault, PolicyNotFound
from ticketing.knowledge.items import ASPECTS, BASIS_ASPECT, Section
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.reading import load_shelf

SHELF = load_shelf(FOLDER)
#: Characters; aimed at 160. The longest is the formula of the survivors' benefit.
STATEMENT_MAX = 160
#: With basis, missing city facts and the next step.
ANSWER_MAX = 360
QUESTIONS = [(topic, aspect) for topic in KNOWLEDGE.topics() for aspect in (None, *ASPECTS)]


@pytest.mark.parametrize(("topic", "aspect"), QUESTIONS)
def test_every_answer_is_dated_and_says_what_to_do_next(topic: str, aspect: str | None) -> None:
    lines = answered(topic, aspect).split("\n")

    assert len(lines) >= 3
    assert lines[-2].endswith("核对日期：2026年11月23日。")
    assert lines[-1].startswith("下一步：")


@pytest.mark.parametrize(("topic", "aspect"), QUESTIONS)
def test_every_answer_names_its_basis_or_says_what_is_not_known(topic: str, aspect: str | None) -> None:
    text = answered(topic, aspect)
    part = section_of(topic, aspect)
    is_cited = any(statement.citations for statement in part.statements)
    says_what_is_missing = "尚未录入" in text or {one.confidence for one in part.statements} == {"CITY"}

    named = "文件：《" if aspect == BASIS_ASPECT else "\n依据："
    assert named in text if is_cited or aspect == BASIS_ASPECT else says_what_is_missing


@pytest.mark.parametrize(("topic", "aspect"), QUESTIONS)
def test_every_answer_is_short_enough_for_a_phone(topic: str, aspect: str | None) -> None:
    statement = "".join(one.text for one in section_of(topic, aspect).statements)

    assert len(statement) <= STATEMENT_MAX
    assert len(answered(topic, aspect)) <= ANSWER_MAX


@pytest.mark.parametrize("topic", KNOWLEDGE.topics())
def test_the_first_answer_offers_likely_questions(topic: str) -> None:
    answer = KNOWLEDGE.answer(topic, None, today=TODAY)

    assert 3 <= len(answer.buttons) <= 4
    assert len(set(answer.buttons)) == len(answer.buttons)


def test_the_aspect_just_answered_is_not_offered_again() -> None:
    buttons = KNOWLEDGE.answer("dibao", "materials", today=TODAY).buttons

    assert "低保要什么材料" not in buttons
    assert "低保谁能领" in buttons


def test_an_unknown_topic_is_refused_by_name() -> None:
    with pytest.raises(PolicyNotFound):
        KNOWLEDGE.answer("lottery", None, today=TODAY)


def test_an_aspect_nobody_knows_gets_the_overview() -> None:
    assert answered("dibao", "colour") == answered("dibao")


def test_an_answer_carries_its_topic_title_and_aspect() -> None:
    answer = KNOWLEDGE.answer("dibao", "amount", today=TODAY)

    assert (answer.topic, answer.aspect) == ("dibao", "amount")
    assert answer.title == KNOWLEDGE.title("dibao") == "城乡最低生活保障（低保）"


def test_a_city_fact_that_is_missing_is_said_to_be_missing(tmp_path: Path) -> None:
    text = made_up(folder_with(tmp_path, item(overview={"city": ["standard"]})))

    assert (
        text.split("\n")[0] == "本地标准：本市尚未录入，不能乱说，请打12345问清楚，也可以在这里说“转人工”。"
    )


def test_a_city_fact_that_is_filled_in_is_told_with_paper_and_day(tmp_path: Path) -> None:
    text = made_up(folder_with(tmp_path, item(overview={"city": ["standard"]})), a_fact())

    assert text.split("\n")[0] == "本地标准：800元/月（某民〔2026〕1号，2026年7月1日起）。"


def test_a_city_fact_is_not_told_before_its_first_day(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item(overview={"city": ["standard"]}))
    coming = a_fact("900", revision=2, valid_from=date(2027, 1, 1))

    assert made_up(folder, coming).split("\n")[:2] == [
        "本地标准：2027年1月1日起是900元/月（某民〔2026〕1号）。",
        "本地标准：本市尚未录入，不能乱说，请打12345问清楚，也可以在这里说“转人工”。",
    ]
    assert made_up(folder, a_fact(), coming).startswith("本地标准：800元/月")
    assert made_up(folder, a_fact(), coming, today=date(2027, 1, 1)).startswith("本地标准：900元/月")


@pytest.mark.parametrize(
    "fact",
    [a_fact(valid_to=date(2026, 12, 31)), a_fact(review_by=date(2026, 12, 31))],
    ids=["valid_to", "review_by"],
)
def test_a_city_fact_past_its_day_is_told_as_past_with_where_to_ask(tmp_path: Path, fact: Fact) -> None:
    folder = folder_with(tmp_path, item(overview={"city": ["standard"]}))

    on_the_day = made_up(folder, fact, today=date(2026, 12, 31))
    after = made_up(folder, fact, today=date(2027, 1, 1))

    assert on_the_day.startswith("本地标准：800元/月（")
    assert after.startswith(
        "本地标准：到2026年12月31日为止是800元/月（某民〔2026〕1号），之后的还没有核实，请打12345问现在的。"
    )


def test_a_city_fact_taken_back_is_missing_again(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item(overview={"city": ["standard"]}))

    text = made_up(folder, a_fact(), a_fact("", revision=2, valid_from=date(2026, 11, 1)))

    assert "尚未录入" in text
    assert "800" not in text


def test_a_figure_past_its_day_is_told_as_past_alone(tmp_path: Path) -> None:
    both = {"say": [*section("要等{days}。")["say"], *section("另有一句。")["say"]]}  # type: ignore[misc]
    folder = folder_with(tmp_path, item(overview=both), values=a_value(valid_to="2026-11-30"))

    assert made_up(folder).startswith("要等30天。另有一句。\n")
    assert made_up(folder, today=date(2026, 12, 1)).split("\n")[:2] == [
        "注意：里面的数只到2026年11月30日有效，下面是到那天为止的说法，现在怎样请打12345问：要等30天。",
        "另有一句。",
    ]


def test_documents_and_days_are_quoted_from_where_they_stand(tmp_path: Path) -> None:
    values: Data = {"days": {"date": "2026-05-06", "confidence": "S1", "basis": ["law 第1条"]}}
    one = section("{law.in_force_from}起，按{law.number}，{days}为准，即{days.year}。")

    text = made_up(
        folder_with(tmp_path, item(overview=one), papers=documents(number="某字1号"), values=values)
    )

    assert text.startswith("2026年7月1日起，按某字1号，2026年5月6日为准，即2026年。")


def test_after_its_review_day_an_answer_says_until_when_it_was_checked(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item())

    assert "注意" not in made_up(folder, today=date(2027, 5, 31))
    assert made_up(folder, today=date(2027, 6, 1)).startswith("注意：这条只核对到2027年5月31日")


def test_after_the_end_of_its_basis_an_answer_says_so(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item(), papers=documents(in_force_to="2026-12-31"))

    assert made_up(folder, today=date(2027, 1, 1)).startswith("注意：《某某法》到2026年12月31日就不再有效了")


def test_articles_of_one_document_are_named_together(tmp_path: Path) -> None:
    twice = section(basis=["law 第1条", "law 第2条", "law 第1条"])

    text = made_up(folder_with(tmp_path, item(overview=twice)))

    assert "依据：《某某法》第1条、第2条（2026年7月1日起施行）；核对日期：2026年11月23日。" in text


def test_a_document_without_a_title_of_its_own_has_no_title_marks(tmp_path: Path) -> None:
    papers = documents(title="某热线的通知", descriptive=True, number="某字1号")

    text = made_up(folder_with(tmp_path, item(), papers=papers))

    assert "依据：某热线的通知第1条（某字1号，2026年7月1日起施行）；" in text


def test_a_shared_answer_is_taken_over_and_added_to(tmp_path: Path) -> None:
    text = made_up(folder_with(tmp_path, item(overview={"use": "usual", **section("再加一句。")})))

    assert text.startswith("大家都一样的话。再加一句。\n")


def test_loading_names_every_fault_at_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, item(area="天上", region="moon"))

    with pytest.raises(DataFault) as refused:
        Knowledge.load(folder)

    assert "dibao.yml area" in str(refused.value)
    assert "dibao.yml region" in str(refused.value)


def section_of(topic: str, aspect: str | None) -> Section:
    one = SHELF.items[topic]
    return one.overview if aspect is None else one.aspects.get(aspect, Section((), (), ""))


def made_up(folder: Path, *facts: Fact, today: date = TODAY) -> str:
    return Knowledge.load(folder, city=City(facts)).answer("dibao", None, today=today).text
