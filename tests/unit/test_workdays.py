"""The state's working days, moved days included, and a loud end where they are not known."""

from datetime import date
from pathlib import Path

import pytest

from ticketing.domain.errors import CalendarEnds, DataFault
from ticketing.workdays import WorkCalendar, disagreements

YEAR_2031 = """
source: made up for this test
holidays: [2031-01-01, 2031-01-02]
workdays: [2031-01-04]
"""


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 1, 1), False, id="new-year"),
        pytest.param(date(2026, 2, 17), False, id="spring-festival"),
        pytest.param(date(2026, 2, 14), True, id="saturday-worked-for-spring-festival"),
        pytest.param(date(2026, 11, 23), True, id="plain-monday"),
        pytest.param(date(2026, 11, 22), False, id="plain-sunday"),
    ],
)
def test_offices_work_as_the_state_council_announced(day: date, *, works: bool) -> None:
    assert WorkCalendar().is_workday(day) == works


def test_a_year_not_announced_yet_is_a_fault_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(CalendarEnds) as caught:
        WorkCalendar(tmp_path).is_workday(date(2031, 3, 4))

    assert caught.value.params == {"year": 2031}


def test_a_year_is_added_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "2031.yml").write_text(YEAR_2031, encoding="utf-8")
    calendar = WorkCalendar(tmp_path)

    days = [date(2031, 1, day) for day in (1, 2, 3, 4, 5, 6)]

    assert [calendar.is_workday(day) for day in days] == [False, False, True, True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("holidays: [2031-01-01]", id="no-source"),
        pytest.param("source: x\nholidays: [2030-01-01]", id="another-year"),
        pytest.param("source: x\nholidays: [New Year]", id="not-a-day"),
    ],
)
def test_a_calendar_file_that_is_not_right_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "2031.yml").write_text(text, encoding="utf-8")

    with pytest.raises(DataFault):
        WorkCalendar(tmp_path)


def test_the_last_known_day_is_the_end_of_the_last_announced_year(tmp_path: Path) -> None:
    calendar = WorkCalendar(tmp_path)

    assert calendar.last_known_day(date(2024, 5, 1)).strftime("%m-%d") == "12-31"
    assert calendar.last_known_day(date(2031, 5, 1)) == date(2031, 4, 30)


def test_both_sources_agree_on_every_day_or_the_day_is_named() -> None:
    assert list(disagreements(WorkCalendar())) == []


def test_a_day_on_which_the_sources_differ_is_named(tmp_path: Path) -> None:
    second = tmp_path / "second.yml"
    second.write_text("source: x\nyears:\n  2025:\n    holidays: []\n    workdays: []\n", encoding="utf-8")

    assert date(2025, 1, 1) in set(disagreements(WorkCalendar(), second))
    assert date(2025, 1, 26) in set(disagreements(WorkCalendar(), second))


def test_a_year_that_is_needed_soon_and_not_announced_is_named(tmp_path: Path) -> None:
    calendar = WorkCalendar(tmp_path)

    assert calendar.missing_year(date(2026, 3, 1)) is None
    assert calendar.missing_year(date(2026, 12, 15)) == 2027


def test_the_calendar_says_which_release_and_which_files_it_is_made_of(tmp_path: Path) -> None:
    (tmp_path / "2031.yml").write_text(YEAR_2031, encoding="utf-8")

    assert WorkCalendar(tmp_path).version.startswith("chinesecalendar ")
    assert WorkCalendar(tmp_path).version.endswith("+ 2031.yml")
