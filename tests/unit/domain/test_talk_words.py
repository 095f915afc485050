"""What is plainly no answer is known by its words, and what might be one is left to the model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.actions.fakes import talk_words
from ticketing.domain.talk_words import Aside, Correction
from ticketing.domain.ticket import Field

WORDS = talk_words()


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("不对，是西津街道", Correction(None, "西津街道")),
        ("说错了，是河沥溪", Correction(None, "河沥溪")),
        ("说错了，电话是13987654321", Correction(Field.CONTACT, "13987654321")),
        ("电话说错了，是13987654321", Correction(Field.CONTACT, "13987654321")),
        ("地址写错了", Correction(Field.PLACE, "")),
        ("我地址写错了，应该是西津街道", Correction(Field.PLACE, "西津街道")),
        ("把地址改成港口镇", Correction(Field.PLACE, "港口镇")),
        ("时间不对，是前天", Correction(Field.HAPPENED, "前天")),
        ("不是我，是我邻居", Correction(None, "我邻居", contrasts=True)),
        ("不是西津街道，是河沥溪街道", Correction(None, "河沥溪街道", contrasts=True)),
        ("刚才写错了，孩子是女孩", Correction(None, "孩子是女孩")),
    ],
)
def test_what_puts_something_right_is_read(text: str, correction: Correction) -> None:
    assert WORDS.correction(text) == correction


@pytest.mark.parametrize(
    "text",
    [
        "西津街道",
        "结婚证名字写错了怎么办",
        "户口本上地址错了",
        "电话是不是错了？",
        "他不对我好",
        "我不是不想说",
        "他们做错了事",
    ],
)
def test_what_only_sounds_like_it_puts_nothing_right(text: str) -> None:
    assert WORDS.correction(text) is None


@pytest.mark.parametrize(
    ("text", "field", "aside"),
    [
        ("算了", Field.PLACE, Aside.STOP),
        ("不想说了。", Field.WHO, Aside.STOP),
        ("别问了！", Field.WHO, Aside.STOP),
        ("地址我不想说", Field.PLACE, Aside.SKIP),
        ("电话不给你", Field.CONTACT, Aside.SKIP),
        ("我没有电话", Field.CONTACT, Aside.SKIP),
        ("没得", Field.CONTACT, Aside.SKIP),
        ("没有", Field.SAFE_NOW, None),
        ("没有", Field.WHAT, None),
        ("不知道他叫什么，大概十岁", Field.WHO, None),
        ("？", Field.PLACE, Aside.NOISE),
        ("😭😭", Field.WHAT, Aside.NOISE),
        ("嗯", Field.SAFE_NOW, None),
        ("好的", Field.SAFE_NOW, Aside.NOISE),
        ("谢谢你啊", Field.PLACE, Aside.THANKS),
        ("不要告诉我妈", Field.CONTACT, Aside.SECRET),
        ("会告诉他是我举报的吗", Field.SINCE, Aside.SECRET),
        ("我会不会被骂", None, Aside.BLAME),
        ("别打电话给我，他会看到", Field.CONTACT, Aside.QUIET),
        ("不要来我家", Field.PLACE, Aside.QUIET),
        ("要等多久", None, Aside.NEXT),
        ("我害怕", Field.SAFE_NOW, Aside.FEAR),
        ("孩子很害怕，一直哭", Field.WHAT, None),
        ("怎么办", Field.SAFE_NOW, Aside.NEXT),
        ("你们会怎么处理", Field.WHO, Aside.NEXT),
        ("低保怎么办", Field.WHO, None),
        ("人没了", Field.SAFE_NOW, None),
        ("没了", Field.SAFE_NOW, None),
    ],
)
def test_what_answers_nothing_is_known(text: str, field: Field | None, aside: Aside | None) -> None:
    assert WORDS.aside(text, field) == aside


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我要补充", ""),
        ("补充一下，那个人戴眼镜", "那个人戴眼镜"),
        ("还有一个穿红衣服的", "还有一个穿红衣服的"),
    ],
)
def test_the_announcement_of_an_addition_is_not_the_addition(text: str, told: str) -> None:
    assert WORDS.addition(text) == told


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    correction = WORDS.correction(text)

    assert correction is None or len(correction.value) <= len(text)
    assert WORDS.aside(text) in {None, *Aside}
