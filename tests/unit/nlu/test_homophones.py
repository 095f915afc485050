"""What was written as it sounds is read as what was meant, and nothing else is touched."""

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.lexicon import homophones

jieba.setLogLevel("WARNING")
jieba.initialize()
HOMOPHONES = homophones()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("第宝怎么申请", "低保怎么申请"),
        ("五宝户有什么补贴", "五保户有什么补贴"),
        ("残疾人良项补贴", "残疾人两项补贴"),
        ("事实无人扶养儿童", "事实无人抚养儿童"),
        ("高临津贴多少钱", "高龄津贴多少钱"),
        ("丧葬捕助金", "丧葬补助金"),
        ("离昏冷静期几天", "离婚冷静期几天"),
    ],
)
def test_a_word_of_the_same_sound_is_put_right(written: str, meant: str) -> None:
    assert HOMOPHONES.corrected(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "登记也没领证",
        "不小的数目",
        "低保怎么申请",
        "这个地方小的很",
        "他跟我同姓",
        "两个小的都在家",
        "火花塞坏了",
        "",
    ],
)
def test_what_makes_sense_stays(text: str) -> None:
    assert HOMOPHONES.corrected(text) == text


@given(st.text())
def test_every_text_keeps_its_length(text: str) -> None:
    assert len(HOMOPHONES.corrected(text)) == len(text)
