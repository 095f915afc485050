"""What people say about when it was becomes a day of the calendar, reckoned from the day they write."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.lexicon import entity_lexicon
from bot.nlu.moments import find_moments
from ticketing.domain.clock import BEIJING
from ticketing.domain.moments import DayPart, Moment, resolve

WORDS = entity_lexicon().moments
#: As the language model writes times, and much that it does not.
NOTATION = r"(ymd|md|[dwmyh])-?[0-9]{0,7}(\.[0-9]{1,5}){0,3}(@[a-z]{1,9}|@[0-9]{2}:[0-9]{2})?"
#: A Friday.
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=BEIJING)
INSTANTS = st.datetimes(
    min_value=datetime(2001, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2090, 12, 31),  # noqa: DTZ001
    timezones=st.just(BEIJING),
)
WEEKDAYS = st.sampled_from(
    [("一", 1), ("二", 2), ("三", 3), ("四", 4), ("五", 5), ("六", 6), ("日", 7), ("天", 7)]
)


def told(text: str, now: datetime = NOW) -> list[Moment | None]:
    """The times told in a text, for somebody who writes at ``now``."""
    return [resolve(span.value, now) for span in find_moments(text, WORDS)]


def day(text: str, now: datetime) -> date:
    """The one day told."""
    (moment,) = told(text, now)
    assert moment is not None
    assert moment.first == moment.last
    return moment.first


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("昨晚又打了", Moment(date(2026, 11, 26), date(2026, 11, 26), DayPart.EVENING)),
        ("前天下午的事", Moment(date(2026, 11, 25), date(2026, 11, 25), DayPart.AFTERNOON)),
        ("大前天", Moment(date(2026, 11, 24), date(2026, 11, 24))),
        ("今早六点他就出去了", Moment(date(2026, 11, 27), date(2026, 11, 27), at=time(6))),
        ("上周三下午三点半", Moment(date(2026, 11, 18), date(2026, 11, 18), at=time(15, 30))),
        ("上上个星期天", Moment(date(2026, 11, 15), date(2026, 11, 15))),
        ("礼拜六", Moment(date(2026, 11, 21), date(2026, 11, 21))),
        ("周五来的", Moment(date(2026, 11, 27), date(2026, 11, 27))),
        ("十一月二十号晚上8点", Moment(date(2026, 11, 20), date(2026, 11, 20), at=time(20))),
        ("12月5号", Moment(date(2025, 12, 5), date(2025, 12, 5))),
        ("上个月15号", Moment(date(2026, 10, 15), date(2026, 10, 15))),
        ("三天前", Moment(date(2026, 11, 24), date(2026, 11, 24))),
        ("两个小时前", Moment(date(2026, 11, 27), date(2026, 11, 27), at=time(7, 30))),
        ("上周", Moment(date(2026, 11, 16), date(2026, 11, 22))),
        ("上个月", Moment(date(2026, 10, 1), date(2026, 10, 31))),
        ("去年三月", Moment(date(2025, 3, 1), date(2025, 3, 31))),
        ("2026年3月8日", Moment(date(2026, 3, 8), date(2026, 3, 8))),
    ],
)
def test_the_day_is_worked_out(text: str, meant: Moment) -> None:
    assert told(text) == [meant]


@pytest.mark.parametrize(
    "text",
    [
        "以前天天打我",
        "每周三都打",
        "周一到周五",
        "下周三再说",
        "三号窗口",
        "提前天把办好",
        "打了三天",
        "三个月大",
    ],
)
def test_a_habit_and_a_duration_are_no_day(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "value", ["", "d", "x-1", "w-1.9", "md.13.1", "md.2.30", "md.2", "d-1@dawn", "d1", "d-999999"]
)
def test_what_is_no_past_time_has_no_day(value: str) -> None:
    assert resolve(value, NOW) is None or value == "d"


@given(INSTANTS, WEEKDAYS)
def test_a_day_of_last_week_lies_in_the_week_before_this(now: datetime, weekday: tuple[str, int]) -> None:
    found = day(f"上周{weekday[0]}", now)

    monday = now.date() - timedelta(days=now.weekday())
    assert found.isoweekday() == weekday[1]
    assert monday - timedelta(days=7) <= found < monday


@given(INSTANTS, WEEKDAYS)
def test_a_bare_weekday_is_the_last_one(now: datetime, weekday: tuple[str, int]) -> None:
    found = day(f"星期{weekday[0]}的事", now)

    assert found.isoweekday() == weekday[1]
    assert timedelta(0) <= now.date() - found < timedelta(days=7)


@given(INSTANTS, st.integers(1, 12), st.integers(1, 28))
def test_a_day_of_the_year_is_the_last_one(now: datetime, month: int, number: int) -> None:
    found = day(f"{month}月{number}号", now)

    assert (found.month, found.day) == (month, number)
    assert timedelta(0) <= now.date() - found <= timedelta(days=366)


@given(
    INSTANTS, st.text(alphabet="上上个周星期礼拜一三日天昨前大今去年月号点晚早下午十两3520:@ ", max_size=24)
)
def test_no_time_that_is_told_lies_ahead_or_ends_before_it_begins(now: datetime, text: str) -> None:
    for moment in told(text, now):
        assert moment is None or moment.first <= moment.last <= now.date()


@given(
    INSTANTS,
    st.from_regex(
        r"(ymd|md|[dwmyh])-?[0-9]{0,7}(\.[0-9]{1,5}){0,3}(@[a-z]{1,9}|@[0-9]{2}:[0-9]{2})?", fullmatch=True
    ),
)
def test_no_notation_breaks_it(now: datetime, value: str) -> None:
    found = resolve(value, now)

    assert found is None or found.first <= now.date()
