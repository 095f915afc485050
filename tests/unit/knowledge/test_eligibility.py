"""The guided check in words, on the shipped data."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from ticketing.bootstrap import DATA
from ticketing.domain.city_facts import Fact, Timelines
from ticketing.domain.eligibility import Outcome
from ticketing.domain.errors import CalendarEnds
from ticketing.knowledge.answers import BUTTONS_MAX
from ticketing.knowledge.check_files import load_checks
from ticketing.knowledge.eligibility import Eligibility, Verdict
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.reading import load_shelf
from ticketing.texts import Texts

TODAY = date(2026, 11, 24)
SHELF = load_shelf(DATA / "policies")
CHECKS = load_checks(DATA / "eligibility", SHELF)
TEXTS = Texts.load(DATA / "texts")


class Entered:
    """A city that has entered these fields."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def changes(self) -> int:
        """It never changes."""
        return 1

    def of(self, topic: str) -> Timelines:
        found: Mapping[str, tuple[Fact, ...]] = {
            key.partition("__")[2]: (
                Fact(topic, key, value, "宁民〔2026〕1号", date(2026, 7, 1), None, None, 1),
            )
            for key, value in self._values.items()
            if key.partition("__")[0] == topic
        }
        return MappingProxyType(found)


def weekend(day: date) -> bool:
    return day.weekday() >= 5


def checks(*, is_rest_day: Callable[[date], bool] = weekend, **entered: str) -> Eligibility:
    return Eligibility(a_knowledge(**entered), TEXTS, is_rest_day=is_rest_day)


def a_knowledge(**entered: str) -> Knowledge:
    return Knowledge(SHELF, city=Entered(**entered), checks=CHECKS)


def outcome_of(eligibility: Eligibility, topic: str, *says: str) -> Verdict:
    """The verdict after these words; "-" skips, "yes" and "no" are typed ones."""
    answers: dict[str, str] = {}
    for text in says:
        said = {"yes": "affirm", "no": "deny"}.get(text, "")
        heard = eligibility.hear(topic, answers, text, said=said, today=TODAY)
        answers = eligibility.skip(topic, answers) if text == "-" else heard or {}
        assert answers, text
    assert eligibility.ask(topic, answers, today=TODAY) is None
    return eligibility.verdict(topic, answers, today=TODAY)


def test_a_verdict_says_why_by_which_article_what_to_bring_where_and_who_decides() -> None:
    verdict = outcome_of(checks(), "dibao", "比标准低", "应该符合")

    assert verdict.outcome is Outcome.LIKELY
    for expected in (
        "可能符合",
        "人均收入低于当地低保标准",
        "《社会救助法》第18条",
        "带什么",
        "去哪里",
        "由办理的部门审核决定",
    ):
        assert expected in verdict.text


def test_an_unlikely_verdict_names_the_condition_and_other_help_and_forbids_nobody_to_apply() -> None:
    verdict = outcome_of(checks(), "dibao", "不比标准低", "no")

    assert verdict.outcome is Outcome.UNLIKELY
    assert "可能不符合" in verdict.text
    assert "✗" in verdict.text
    assert "随时都可以去申请" in verdict.text
    assert "temporary_aid" in verdict.instead


def test_what_was_skipped_is_what_remains_to_be_seen() -> None:
    verdict = outcome_of(checks(), "dibao", "比标准低", "-")

    assert verdict.outcome is Outcome.MORE
    assert "？ 还要看：家里的财产符合规定" in verdict.text


def test_a_question_shows_what_the_city_entered() -> None:
    asked = checks(dibao__monthly_standard="700").ask("dibao", {}, today=TODAY)
    unfilled = checks().ask("dibao", {}, today=TODAY)

    assert asked is not None
    assert unfilled is not None
    assert "700元/人·月" in asked.text
    assert "宁民〔2026〕1号" in asked.text
    assert "700" not in unfilled.text


def test_survivors_benefit_is_worked_out_in_money_once_the_city_entered_the_base() -> None:
    says = ("企业职工养老保险", "因病或非因工", "已经退休", "二十三", "6年")

    with_base = outcome_of(checks(survivor_benefit__base="4000.50"), "survivor_benefit", *says)
    without = outcome_of(checks(), "survivor_benefit", *says)

    assert "4000.50元×2＝8001.00元" in with_base.text
    assert "4000.50元×11＝44005.50元" in with_base.text
    assert "缴费满23年，是17个月；已经领了6年养老金" in without.text
    assert "抚恤金：收入数×11" in without.text
    assert "元×" not in without.text


def test_the_days_of_a_divorce_are_counted_and_moved_with_the_working_shown() -> None:
    says = ("双方都愿意离", "都谈妥了", "yes", "yes", "2026-11-26")

    verdict = outcome_of(checks(), "divorce_registration", *says)

    assert "2026年11月27日到2026年12月28日" in verdict.text
    assert "数到2026年12月26日，那天放假" in verdict.text
    assert "2026年12月29日到2027年1月27日" in verdict.text
    assert "第203条" in verdict.text


def test_where_the_calendar_ends_the_count_is_given_and_the_doubt_told() -> None:
    def ends(day: date) -> bool:
        raise CalendarEnds(year=day.year)

    says = ("双方都愿意离", "都谈妥了", "yes", "yes", "明天去申请")
    verdict = outcome_of(checks(is_rest_day=ends), "divorce_registration", *says)

    assert "放不放假国家还没公布" in verdict.text


@pytest.mark.parametrize("typed", ["十八", "18", "18年", "满18年"])
def test_years_are_understood_in_digits_and_in_words(typed: str) -> None:
    answers = {"scheme": "employee", "cause": "illness", "status": "working"}

    assert checks().hear("survivor_benefit", answers, typed, said="", today=TODAY) == {
        **answers,
        "paid": "18",
    }


@pytest.mark.parametrize("typed", ["很多年", "200", "18到20", ""])
def test_what_is_no_number_of_years_is_asked_again(typed: str) -> None:
    answers = {"scheme": "employee", "cause": "illness", "status": "working"}

    assert checks().hear("survivor_benefit", answers, typed, said="", today=TODAY) is None


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-12-01", "2026-12-01"), ("12月1日", "2026-12-01"), ("1月5号", "2027-01-05")]
)
def test_a_day_is_understood_as_people_write_it(typed: str, day: str) -> None:
    answers = {"willing": "both", "agreed": "agreed", "place": "mainland", "capacity": "both"}

    heard = checks().hear("divorce_registration", answers, typed, said="", today=TODAY)

    assert heard is not None
    assert heard["day"] == day


@pytest.mark.parametrize("typed", ["2020-01-01", "2026-13-40", "下个月"])
def test_a_day_that_is_none_or_far_away_is_asked_again(typed: str) -> None:
    answers = {"willing": "both", "agreed": "agreed", "place": "mainland", "capacity": "both"}

    assert checks().hear("divorce_registration", answers, typed, said="", today=TODAY) is None


def test_a_button_is_offered_where_it_helps_and_not_under_law_that_may_be_over() -> None:
    knowledge, start = a_knowledge(), "看看我符不符合低保"
    over = SHELF.items["dibao"].last_day + timedelta(days=1)

    assert knowledge.answer("dibao", "eligibility", today=TODAY).buttons[0] == start
    assert knowledge.answer("dibao", None, today=TODAY).buttons[0] == start
    assert start not in knowledge.answer("dibao", "amount", today=TODAY).buttons
    assert start not in knowledge.answer("dibao", "eligibility", today=over).buttons
    assert len(knowledge.answer("dibao", None, today=TODAY).buttons) <= BUTTONS_MAX


def test_the_button_starts_its_own_check_whatever_stands_around_it() -> None:
    assert checks().started_by("看看我符不符合低保。") == "dibao"
    assert checks().started_by("低保") is None
