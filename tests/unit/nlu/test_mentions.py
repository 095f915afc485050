"""Numbers, codes and scores are found as people write them, at their place in the raw text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.lexicon import entity_lexicon
from bot.nlu.mentions import find_entities
from bot.nlu.normalise import normalised, same_length_folded
from bot.nlu.numerals import number

LEXICON = entity_lexicon()


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("工单NG20261123-0007怎么样了", "ticket_number", "NG20261123-0007"),
        ("NG20261123-0007 AB23CD45", "ticket_code", "AB23CD45"),
        ("我的电话１３８１２３４５６７８", "phone", "13812345678"),
        ("座机0563-4012345", "phone", "0563-4012345"),
        ("我的号码是幺三八一二三四五六七八", "phone", "13812345678"),
        ("十二岁的男孩", "age", 12.0),
        ("七十多岁的老人", "age", 70.0),
        ("一个月三千块", "money", 3000.0),
        ("给了两百五十元", "money", 250.0),
        ("4分满意", "score", 4.0),
        ("非常不满意", "score", 1.0),
        ("我爸天天打我", "register", "child"),
        ("我今年12岁", "register", "child"),
        ("ng 20261123 0007", "ticket_number", "NG20261123-0007"),
        ("NG20261123—0007", "ticket_number", "NG20261123-0007"),
        ("工单号202611230007", "ticket_number", "NG20261123-0007"),
        ("二零二六一一二三零零零七", "ticket_number", "NG20261123-0007"),
        ("NG二〇二六一一二三零零零七号", "ticket_number", "NG20261123-0007"),
        ("查询码 AB23 CD45", "ticket_code", "AB23CD45"),
        ("电话138 1234 5678", "phone", "13812345678"),
        ("+86 138-1234-5678", "phone", "13812345678"),
        ("幺三八，一二三四，五六七八", "phone", "13812345678"),
        ("0563 4012345", "phone", "0563-4012345"),
        ("昨晚又来了", "time", "d-1@evening"),
        ("上周三下午三点半", "time", "w-1.3@15:30"),
    ],
)
def test_an_entity_is_found_with_its_value(text: str, entity: str, value: str | float) -> None:
    found = {mention.entity: mention.value for mention in find_entities(text, LEXICON)}

    assert found[entity] == value


@pytest.mark.parametrize("text", ["341881202611230007", "20261123", "低保怎么办", "12345", "五分钟就到"])
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    kinds = {mention.entity for mention in find_entities(text, LEXICON)}

    assert kinds & {"ticket_number", "ticket_code", "phone", "score", "register"} == set()


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("我妈打我", "本人"),
        ("我儿子天天打我", "本人"),
        ("我天天被老公打", "本人"),
        ("我不想活了", "本人"),
        ("我老公昨晚喝酒打孩子", "孩子"),
        ("邻居天天打孩子，孩子身上都是伤", "孩子"),
        ("我妈被我爸打", "母亲"),
        ("我哥不管我妈", "母亲"),
        ("俺娘八十多了没人管", "母亲"),
        ("我儿子上五年级，在学校被同学打了", "儿子"),
        ("我孙女被同学欺负", "孙子女"),
        ("隔壁老王家的儿子", "邻居家的孩子"),
        ("我家邻居的老人没人管", "邻居家的老人"),
        ("不是我，是我邻居", "邻居"),
        ("不是我妈，是我奶奶", "奶奶"),
    ],
)
def test_whoever_is_in_need_is_told_from_whoever_does_harm(text: str, relation: str) -> None:
    found = [mention.value for mention in find_entities(text, LEXICON) if mention.entity == "relation"]

    assert found == [relation]


@pytest.mark.parametrize("text", ["低保怎么办", "我妈和我奶奶都病了", "有人吗"])
def test_where_it_may_be_either_nobody_is_named(text: str) -> None:
    assert "relation" not in {mention.entity for mention in find_entities(text, LEXICON)}


@pytest.mark.parametrize(
    "text", ["我儿子10岁了，他同学打他", "我是孩子奶奶，我孙子上五年级", "我今年八十二岁", "我在小学当老师"]
)
def test_an_adult_who_speaks_of_a_child_is_no_child(text: str) -> None:
    found = [mention.value for mention in find_entities(text, LEXICON) if mention.entity == "register"]

    assert found == ["adult"]


@given(st.text())
def test_positions_are_those_of_the_raw_text(text: str) -> None:
    folded = same_length_folded(text)

    assert len(folded) == len(text)
    for mention in find_entities(text, LEXICON):
        assert 0 <= mention.start < mention.end <= len(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("一百二十", 120),
        ("两百五", 250),
        ("一万二", 12000),
        ("三万五千", 35000),
        ("一百零五", 105),
        ("3.5万", 35000),
        ("18", 18),
    ],
)
def test_numerals_are_read_as_spoken(written: str, value: float) -> None:
    assert number(written, LEXICON) == value


@pytest.mark.parametrize("written", ["", "abc", "岁"])
def test_what_is_no_number_has_no_value(written: str) -> None:
    assert number(written, LEXICON) is None


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalised(text)

    assert normalised(once) == once


def test_numbers_of_persons_and_tickets_are_replaced_by_what_they_are() -> None:
    text = "NG20261123-0007 AB23CD45 １３８12345678"

    assert normalised(text, LEXICON.stand_ins) == "工单号查询码电话号码"
