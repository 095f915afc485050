"""What staff type into a city field is taken in one form, or refused with what is wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.city_facts import CityField, Fact, FieldKind, FieldStatus, standing, timeline
from ticketing.domain.fact_values import ValueProblem, ValueRefused, canonical

UNITS = {FieldKind.MONEY: "元/人·月", FieldKind.NUMBER: "个工作日"}


def a_field(kind: FieldKind) -> CityField:
    """A field of this kind."""
    return CityField("key", "标签", kind, UNITS.get(kind, ""), "")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FieldKind.MONEY, "780", "780"),
        (FieldKind.MONEY, " ７８０ 元 ", "780"),
        (FieldKind.MONEY, "780.50元/人·月", "780.5"),
        (FieldKind.MONEY, "1,234", "1234"),
        (FieldKind.MONEY, "0", "0"),
        (FieldKind.NUMBER, "20个工作日", "20"),
        (FieldKind.PERCENT, "60%", "60"),
        (FieldKind.PERCENT, "60％", "60"),
        (
            FieldKind.PHONE,
            "西津街道 0563-1234567；夜间 13800000000",
            "西津街道 0563-1234567；夜间 13800000000",
        ),
        (FieldKind.PHONE, "4012345（24小时）", "4012345（24小时）"),
        (FieldKind.PHONE, "12345", "12345"),
        (FieldKind.HOURS, "周一至周五 8：00-11:30，14:30-17:30", "周一至周五 8:00-11:30，14:30-17:30"),
        (FieldKind.DATE, "2026年7月1日", "2026-07-01"),
        (FieldKind.DATE, "2026/7/1", "2026-07-01"),
        (FieldKind.TEXT, "两行\n字\x00", "两行 字"),
        (FieldKind.ADDRESS, "宁城中路１号", "宁城中路1号"),
    ],
)
def test_a_value_is_kept_in_one_form(kind: FieldKind, typed: str, kept: str) -> None:
    assert canonical(a_field(kind), typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        (FieldKind.MONEY, "很多", ValueProblem.NOT_MONEY),
        (FieldKind.MONEY, "-1", ValueProblem.NOT_MONEY),
        (FieldKind.MONEY, "780.555", ValueProblem.NOT_MONEY),
        (FieldKind.MONEY, "780 到 900", ValueProblem.NOT_MONEY),
        (FieldKind.MONEY, "1e9", ValueProblem.NOT_MONEY),
        (FieldKind.MONEY, "99999999", ValueProblem.NOT_MONEY),
        (FieldKind.NUMBER, "1.5", ValueProblem.NOT_A_NUMBER),
        (FieldKind.PERCENT, "101", ValueProblem.NOT_A_SHARE),
        (FieldKind.PHONE, "打电话问", ValueProblem.NOT_A_PHONE),
        (FieldKind.PHONE, "0563-1234567 和 123456", ValueProblem.NOT_A_PHONE),
        (FieldKind.PHONE, "1380000000", ValueProblem.NOT_A_PHONE),
        (FieldKind.HOURS, "早上", ValueProblem.NOT_HOURS),
        (FieldKind.HOURS, "17:00-8:00", ValueProblem.NOT_HOURS),
        (FieldKind.HOURS, "8:00-25:00", ValueProblem.NOT_HOURS),
        (FieldKind.DATE, "2026-02-30", ValueProblem.NOT_A_DAY),
        (FieldKind.DATE, "1026-02-03", ValueProblem.NOT_A_DAY),
        (FieldKind.ADDRESS, "街上", ValueProblem.TOO_SHORT_ADDRESS),
        (FieldKind.TEXT, "  ", ValueProblem.EMPTY),
        (FieldKind.TEXT, "长" * 301, ValueProblem.TOO_LONG),
    ],
)
def test_what_is_no_value_is_refused(kind: FieldKind, typed: str, problem: ValueProblem) -> None:
    with pytest.raises(ValueRefused) as refused:
        canonical(a_field(kind), typed)

    assert refused.value.problem is problem


@given(st.sampled_from(list(FieldKind)), st.text(max_size=60))
def test_whatever_is_typed_is_kept_the_same_way_twice_or_refused(kind: FieldKind, typed: str) -> None:
    try:
        kept = canonical(a_field(kind), typed)
    except ValueRefused:
        return
    assert canonical(a_field(kind), kept) == kept


def a_fact(value: str, first: date, revision: int) -> Fact:
    """An approved value."""
    return Fact("dibao", "key", value, "某文", first, None, date(2030, 1, 1), revision)


def test_next_years_amount_waits_for_its_day_and_a_correction_replaces_what_began_later() -> None:
    this_year, next_year = a_fact("1", date(2026, 1, 1), 1), a_fact("2", date(2027, 1, 1), 2)
    correction = a_fact("3", date(2026, 6, 1), 3)

    both = timeline([this_year, next_year])
    corrected = timeline([this_year, next_year, correction])

    assert standing(both, date(2026, 12, 31)).now == this_year
    assert standing(both, date(2026, 12, 31)).coming == next_year
    assert standing(both, date(2027, 1, 1)).now == next_year
    assert standing(corrected, date(2027, 1, 1)).now == correction
    assert standing((), date(2026, 1, 1)).status is FieldStatus.EMPTY
    assert standing(both, date(2025, 1, 1)).status is FieldStatus.COMING
