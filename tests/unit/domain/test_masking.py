"""What tells who somebody is does not stay in a text; what a question needs does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.bootstrap import load_masking
from ticketing.domain.data_rows import row
from ticketing.domain.editor_examples import MARKUP, learnable
from ticketing.domain.errors import DataFault
from ticketing.domain.masking import Masking

MASKING = load_masking()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("电话13856301234，低保怎么办", "电话＊，低保怎么办"),
        ("电话 138 5630 1234", "电话 ＊"),
        ("我的身份证34252419650101123X", "我的身份证＊"),
        ("加我微信abc_12345问", "加我微信＊问"),
        ("我叫王小明，想问低保", "我叫＊，想问低保"),
        ("住在津北路12号3栋402室", "住在津北路＊＊＊"),
        ("发到 wang.er@example.com 吧", "发到 ＊ 吧"),
        ("１３８５６３０１２３４", "＊"),
    ],
)
def test_what_tells_who_it_is_is_taken_out(said: str, shown: str) -> None:
    assert MASKING.masked(said) == shown


@pytest.mark.parametrize(
    "said",
    ["打12345有用吗", "低保一个月780元", "80岁高龄津贴多少", "2026年7月起", "三号能去办吗", "95598是哪的"],
)
def test_what_a_question_needs_stays(said: str) -> None:
    assert MASKING.masked(said) == said


@given(st.text(alphabet="0123456789Xx号栋我叫名微信qq路- @.王小明a", max_size=40))
def test_masking_twice_is_masking_once(said: str) -> None:
    once = MASKING.masked(said)

    assert MASKING.masked(once) == once


def test_a_pattern_that_is_none_is_named() -> None:
    with pytest.raises(DataFault, match="patterns"):
        Masking.from_row(row({"mask": "*", "patterns": [{"find": "("}]}, "masking.yml"))


@given(st.text(max_size=60))
def test_what_is_learned_is_one_line_without_markup(said: str) -> None:
    line = learnable(said)

    assert not MARKUP & set(line)
    assert line == " ".join(line.split())
