"""Nobody at risk is missed, and nobody else is frightened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import safety_net
from bot.safety_net import SafetyNet, Voice
from tests.unit.safety.rows import MustCatch, must_catch, must_not_raise
from ticketing import yaml_files
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk
from ticketing.texts import Texts

CAUGHT = list(must_catch())
QUIET = list(must_not_raise())
#: What people put between characters to get past filters.
DISGUISES = (" ", ".", "*", "\u3000", "\u200b", "-", "/", "~")
PIECES = ("我想", "打", "爸爸", "死", "没有", "孩子", " ", "，", "🔪", "\ud800", "ㄚ")
SPOKEN_TO = (Category.CHILD_PROTECTION, Category.SELF_HARM, Category.DOMESTIC_VIOLENCE)
NET = safety_net.default_net()
SAID = Texts.load(safety_net.LEXICON.parents[2] / "ticketing" / "data" / "texts")


@pytest.mark.parametrize("row", CAUGHT, ids=[f"{row.category}-{row.how}-{row.text}" for row in CAUGHT])
def test_danger_is_found_with_its_category_and_risk(row: MustCatch) -> None:
    found = NET.scan(row.text)

    assert (found.category, found.risk in row.risks) == (row.category, True), found


@pytest.mark.parametrize(("text", "why"), QUIET, ids=[f"{why}-{text}" for text, why in QUIET])
def test_words_that_are_no_danger_raise_nothing(text: str, why: str) -> None:
    assert NET.scan(text) == Finding.nothing(), why


def test_the_tables_cover_every_category_at_risk() -> None:
    assert {row.category for row in CAUGHT} == set(AT_RISK_CATEGORIES)


@pytest.mark.parametrize("row", CAUGHT, ids=[row.text for row in CAUGHT])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_marks_between_the_characters_never_lose_a_raise(row: MustCatch, disguise: str) -> None:
    assert NET.scan(disguise.join(row.text)).risk is not Risk.NONE


@pytest.mark.parametrize("row", CAUGHT, ids=[row.text for row in CAUGHT])
def test_full_width_letters_never_lose_a_raise(row: MustCatch) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in row.text)

    assert NET.scan(wide).risk is not Risk.NONE


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("我想自殺", Category.SELF_HARM),
        ("爸爸喝了酒就打我，我好怕", Category.CHILD_PROTECTION),
        ("後爸打我", Category.CHILD_PROTECTION),
        ("爺爺走丟了，他老年癡呆", Category.ELDER_HARM),
        ("橋洞下睡著一個老人", Category.HOMELESS_PERSON),
        ("家裡斷糧了", Category.URGENT_HARDSHIP),
        ("老公家暴我", Category.DOMESTIC_VIOLENCE),
    ],
)
def test_traditional_characters_are_read(text: str, category: Category) -> None:
    assert NET.scan(text).category is category


@pytest.mark.parametrize(
    ("turns", "category", "risk"),
    [
        (("我想", "自杀"), Category.SELF_HARM, Risk.EMERGENCY),
        (("你好", "我有件事", "我爸爸", "天天打我"), Category.CHILD_PROTECTION, Risk.URGENT),
        (("叔叔", "让我", "脱裤子"), Category.CHILD_PROTECTION, Risk.URGENT),
        (("我老公", "又动手", "打我了"), Category.DOMESTIC_VIOLENCE, Risk.URGENT),
        (("我奶奶", "走丢了"), Category.ELDER_HARM, Risk.EMERGENCY),
        (("不", "想", "活", "了"), Category.SELF_HARM, Risk.EMERGENCY),
    ],
)
def test_danger_split_over_messages_is_found(turns: tuple[str, ...], category: Category, risk: Risk) -> None:
    found = NET.scan_turns(turns)

    assert (found.category, found.risk) == (category, risk)


@pytest.mark.parametrize(
    "text",
    [
        "看了个视频老公打老婆真气人",
        "以前老公打过我，已经离婚了，现在过得很好",
        "我奶奶昨天走丢了，已经找回来了",
    ],
)
def test_danger_that_is_denied_or_over_is_cleared(text: str) -> None:
    assert NET.scan(text).cleared
    assert NET.scan_turns(("你好", text)).cleared


@pytest.mark.parametrize(
    "text",
    [
        "我不会自杀的你放心",
        "我好难受",
        "低保怎么申请",
        "以前他打过我，已经离婚了，" + "可是现在不知道怎么办才好，" * 4,
    ],
)
def test_no_more_is_cleared_than_what_the_message_takes_back(text: str) -> None:
    assert not NET.scan(text).cleared


def test_turns_without_danger_raise_nothing() -> None:
    assert NET.scan_turns(("你好", "低保怎么申请", "要什么材料")) == Finding.nothing()


def test_danger_inside_a_long_letter_is_found() -> None:
    chatter = "今天天气很好，我去办事大厅问了低保的材料，工作人员很客气。" * 40

    found = NET.scan(f"{chatter}对了，我邻居家的孩子天天被打，身上全是伤。{chatter}")

    assert found.category is Category.CHILD_PROTECTION


def test_evidence_holds_the_words_that_were_found() -> None:
    assert "不想活了" in NET.scan("我不想活了").evidence


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_net_fail(text: str) -> None:
    assert NET.scan(text).risk in Risk


@given(st.text(alphabet=st.characters(), max_size=120))
@settings(max_examples=200, deadline=None)
def test_reading_a_text_twice_changes_nothing(text: str) -> None:
    once = NET.plain_text.normalise(text)

    assert NET.plain_text.normalise(once) == once


@given(
    st.lists(
        st.sampled_from(["我想", "打", "爸爸", "死", "没有", "孩子", " ", "，", "🔪", "\ud800", "ㄚ"]),
        max_size=30,
    )
)
@settings(max_examples=200, deadline=None)
def test_pieces_of_danger_in_any_order_never_fail(pieces: list[str]) -> None:
    finding = NET.scan("".join(pieces))

    assert (finding.category is None) == (finding.risk is Risk.NONE)


@pytest.mark.parametrize("category", sorted(AT_RISK_CATEGORIES))
@pytest.mark.parametrize("risk", [Risk.EMERGENCY, Risk.URGENT])
@pytest.mark.parametrize("voice", list(Voice))
def test_every_finding_has_a_short_reply_with_a_number_and_no_placeholder(
    category: Category, risk: Risk, voice: Voice
) -> None:
    key = safety_net.reply_key(Finding(risk, category, ()), voice)

    reply = SAID.get(key)

    assert "110" in reply or "120" in reply
    assert len(reply) <= 120
    if risk is Risk.EMERGENCY:
        assert "110" in reply[:45]


def test_nobody_at_risk_has_no_reply() -> None:
    assert not safety_net.reply_key(Finding.nothing())


@pytest.mark.parametrize(
    "category", [Category.CHILD_PROTECTION, Category.SELF_HARM, Category.DOMESTIC_VIOLENCE]
)
def test_a_child_hears_that_it_did_nothing_wrong(category: Category) -> None:
    assert "没有做错" in SAID.get(f"safety.{category}.emergency.child")


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("爸爸打我", Voice.CHILD),
        ("我上五年级，同学欺负我", Voice.CHILD),
        ("我不敢回家，爸爸喝醉了", Voice.CHILD),
        ("老公打我", Voice.SELF),
        ("我不想活了", Voice.SELF),
        ("我女儿被同学打了", Voice.OTHER),
        ("隔壁天天打孩子", Voice.OTHER),
        ("桥洞下睡着个老人", Voice.OTHER),
        ("我是老师，我班上学生身上有伤", Voice.OTHER),
    ],
)
def test_the_voice_is_guessed(text: str, voice: Voice) -> None:
    assert safety_net.voice_of(text) is voice


@pytest.mark.parametrize("family", safety_net.FAMILIES)
def test_the_lexicon_gives_a_reason_for_every_group(family: str) -> None:
    lexicon = yaml_files.load(safety_net.LEXICON / f"{family}.yml")

    assert [group["name"] for group in lexicon["groups"] if not group.get("why")] == []


def test_an_absent_lexicon_stops_the_program() -> None:
    with pytest.raises(FileNotFoundError):
        SafetyNet.load(safety_net.LEXICON / "absent")


def test_a_finding_tells_that_a_child_speaks() -> None:
    assert safety_net.with_voice(safety_net.scan("我上五年级，不想活了"), "我上五年级，不想活了").minor
    assert not safety_net.with_voice(safety_net.scan("我不想活了"), "我不想活了").minor
