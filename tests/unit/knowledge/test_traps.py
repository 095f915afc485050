"""What changed lately, or what the web gets wrong, is told right."""

import re

import pytest

from tests.unit.knowledge.policies import FOLDER, KNOWLEDGE, answered
from ticketing.knowledge.items import ASPECTS
from ticketing.knowledge.reading import load_shelf

EVERYTHING = {
    (topic, aspect): answered(topic, aspect) for topic in KNOWLEDGE.topics() for aspect in (None, *ASPECTS)
}

RIGHT = {
    "the Social Assistance Act is in force": (("dibao", "basis"), "2026年7月1日起以《社会救助法》为准"),
    "its date stands under the answers": (
        ("tekun", None),
        "《社会救助法》第16条、第37条（2026年7月1日起施行）",
    ),
    "temporary aid is asked for where the emergency happens": (
        ("temporary_aid", "place"),
        "在哪里遇到急难，就到哪里的乡镇政府或街道办事处申请，不用回户口所在地。",
    ),
    "quick small aid within three days": (("temporary_aid", "deadline"), "“小额快救”一般不超过3天。"),
    "aid first, papers later": (("temporary_aid", "deadline"), "应当先行救助，手续后补"),
    "quick small aid needs no means check": (("temporary_aid", "materials"), "不查家庭收入财产，也不公示"),
    "quick small aid is capped": (("temporary_aid", "amount"), "最高一档不超过当地1个月的低保标准"),
    "a body is kept three days": (("cremation", "deadline"), "遗体在殡仪馆存放一般不超过3日"),
    "the funeral regulation of 2026": (
        ("cremation", "deadline"),
        "《殡葬管理条例》第27条（国务院令第824号，2026年3月30日起施行）",
    ),
    "cremation on two papers": (("cremation", "materials"), "火化凭死亡证明和火化确认书"),
    "village graves are free for villagers": (("cemetery", "amount"), "村级公益性墓地原则上不向村民收墓位费"),
    "no flat for urns": (("cemetery", "eligibility"), "不许用住宅专门放骨灰"),
    "the family hears what became of its complaint": (("funeral_fees", "objection"), "把结果告诉家属"),
    "no household book for marriage": (("marriage_registration", "materials"), "2025年5月10日起不要户口簿"),
    "marriage is free": (("marriage_registration", "amount"), "不收任何费用"),
    "any registry": (("marriage_registration", "place"), "全国任何一个婚姻登记机关都能办"),
    "no premarital examination for marriage": (("premarital_exam", "eligibility"), "没有婚检证明"),
    "12356 is psychological help": (
        ("hotline_info", "definition"),
        "12356是全国统一心理援助热线，不再是计划生育热线",
    ),
    "12355 here is the minors' line within 12345": (
        ("hotline_info", "definition"),
        "在宁国作未成年人保护热线，并入了12345",
    ),
    "Anhui's minors' line runs on 12345": (
        ("minor_protection", "place"),
        "安徽的未成年人保护热线就设在12345",
    ),
    "number 18, not 17": (("survivor_benefit", "basis"), "人社部发〔2021〕18号，网上有写成17号的，不对"),
    "care vouchers since 2026": (("elderly_care_subsidy", "deadline"), "2026年1月1日起全国实施"),
    "childcare money is not civil affairs": (("childcare_subsidy", None), "由卫健部门管，不是民政"),
    "two visits for a divorce": (("divorce_registration", None), "要去两次"),
    "ten days on top": (("marriage_leave", "amount"), "再加安徽延长的10天"),
    "bullying since 2026": (("school_bullying", "objection"), "2026年1月1日起施行"),
    "protection order without divorce": (("domestic_violence_law", "eligibility"), "不用先提离婚"),
}


@pytest.mark.parametrize("promise", RIGHT)
def test_the_trap_is_answered_right(promise: str) -> None:
    question, sentence = RIGHT[promise]

    assert sentence in EVERYTHING[question]


def test_nothing_promises_temporary_aid_within_hours() -> None:
    texts = "".join(text for (topic, _), text in EVERYTHING.items() if topic == "temporary_aid")

    assert not re.search(r"[0-9一二三四五六七八九十两]+个?小时", texts)
    assert "没有查到按小时算的承诺" in texts


def test_no_answer_rests_on_the_old_aid_measures() -> None:
    titles = [document.title for document in load_shelf(FOLDER).documents.values()]

    assert "社会救助暂行办法" not in titles


def test_no_answer_asks_for_a_household_book_to_marry() -> None:
    texts = "".join(text for (topic, _), text in EVERYTHING.items() if topic == "marriage_registration")

    assert texts.count("户口簿") == texts.count("不要户口簿")


@pytest.mark.parametrize(
    "total",
    ["2亿", "8600", "3581", "1928", "431万", "420.4", "459.1", "651人", "1.17万", "6501", "82.6", "126处"],
)
def test_totals_of_past_years_are_never_told(total: str) -> None:
    assert not [question for question, text in EVERYTHING.items() if total in text]


@pytest.mark.parametrize(
    "unseen", ["1.5倍", "30个工作日", "45个工作日", "1662", "12393", "12385", "12349", "12320"]
)
def test_what_was_only_heard_of_is_never_told(unseen: str) -> None:
    assert not [question for question, text in EVERYTHING.items() if unseen in text]
