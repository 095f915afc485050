"""One message, one primary intent, and every question in it."""

from dataclasses import replace

import pytest

from bot.nlu.lexicon import entity_lexicon, intent_kinds
from bot.nlu.reading import Danger, Guess, Question, parts_of, read

KINDS = intent_kinds()


def a_guess(intent: str, confidence: float = 0.9, aspect: str | None = None, *, danger: float = 0.0) -> Guess:
    """A text that looks like ``intent``."""
    seen = Danger("child_protection", danger)
    return Guess(((intent, confidence), ("greet", 0.01)), aspect, 0.9, seen)


def test_a_single_question_is_the_whole_message() -> None:
    reading = read(a_guess("dibao", aspect="amount"), [], KINDS)

    assert reading.ranking[0][0] == "dibao"
    assert reading.questions == (Question("dibao", "amount", 0.9),)


def test_talk_alone_asks_nothing() -> None:
    assert read(a_guess("greet"), [], KINDS).questions == ()


def test_two_sure_parts_are_two_questions_in_their_order() -> None:
    parts = [a_guess("tekun", aspect="amount"), a_guess("dibao", aspect="procedure")]

    reading = read(a_guess("dibao", 0.5), parts, KINDS)

    assert [question.topic for question in reading.questions] == ["tekun", "dibao"]


def test_two_questions_make_the_message_no_doubtful_one() -> None:
    parts = [a_guess("tekun", 0.95, "amount"), a_guess("dibao", 0.9, "procedure")]

    reading = read(a_guess("dibao", 0.4), parts, KINDS)

    assert reading.ranking[0] == ("tekun", 0.95)


def test_a_second_aspect_asked_without_the_topic_is_a_question_too() -> None:
    parts = [a_guess("dibao", aspect="procedure"), a_guess("follow_up", aspect="materials")]

    reading = read(a_guess("dibao"), parts, KINDS)

    assert [(question.topic, question.aspect) for question in reading.questions] == [
        ("dibao", "procedure"),
        ("dibao", "materials"),
    ]


def test_the_same_question_twice_is_one() -> None:
    parts = [a_guess("dibao"), a_guess("dibao", aspect="amount"), a_guess("dibao", aspect="amount")]

    reading = read(a_guess("dibao"), parts, KINDS)

    assert [(question.topic, question.aspect) for question in reading.questions] == [("dibao", "amount")]


def test_a_greeting_before_a_question_does_not_hide_it() -> None:
    reading = read(a_guess("greet", 0.6), [a_guess("dibao", aspect="amount")], KINDS)

    assert reading.ranking[0][0] == "dibao"


def test_a_report_outranks_the_question_beside_it() -> None:
    parts = [a_guess("child_protection", danger=0.9), a_guess("dibao", aspect="procedure")]

    reading = read(a_guess("dibao", 0.6, danger=0.3), parts, KINDS)

    assert reading.ranking[0][0] == "child_protection"
    assert reading.questions == (Question("dibao", "procedure", 0.9),)


def test_a_clause_of_danger_is_no_report_where_the_whole_shows_there_is_none() -> None:
    parts = [a_guess("self_harm", danger=0.9), a_guess("dibao", aspect="eligibility")]

    assert read(a_guess("dibao", danger=0.05), parts, KINDS).ranking[0][0] == "dibao"


def test_a_clause_of_another_department_does_not_outrank_the_question_it_belongs_to() -> None:
    parts = [a_guess("other_department"), a_guess("dibao", 0.6)]

    assert read(a_guess("dibao"), parts, KINDS).ranking[0][0] == "dibao"


def test_a_doubtful_part_changes_nothing() -> None:
    reading = read(a_guess("dibao"), [a_guess("child_protection", 0.5)], KINDS)

    assert reading.ranking[0][0] == "dibao"


def test_a_question_of_detail_is_about_the_topic_named_before_it() -> None:
    named = replace(a_guess("divorce_registration"), asks=False)
    parts = [a_guess("domestic_violence"), named, a_guess("follow_up", aspect="procedure")]

    reading = read(a_guess("domestic_violence"), parts, KINDS)

    assert reading.questions == (Question("divorce_registration", "procedure", 0.9),)


def test_never_more_than_three_questions() -> None:
    parts = [a_guess(topic) for topic in ("dibao", "tekun", "adoption", "cremation", "cemetery")]

    assert len(read(a_guess("dibao", 0.3), parts, KINDS).questions) == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("低保怎么办理？", []),
        ("低保怎么申请，还有高龄津贴多少钱？", ["低保怎么申请", "高龄津贴多少钱"]),
        ("你好，低保怎么办理", []),
        ("奶奶八十了，能领什么？弟弟残疾，有补贴吗", ["奶奶八十了能领什么", "弟弟残疾有补贴吗"]),
        ("我老公打我，我想离婚，怎么办手续", ["我老公打我", "我想离婚怎么办手续"]),
        ("", []),
        ("，，。", []),
    ],
)
def test_only_a_message_of_several_parts_is_split(text: str, parts: list[str]) -> None:
    assert parts_of(text, entity_lexicon()) == parts
