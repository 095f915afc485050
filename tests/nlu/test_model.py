"""The trained model understands people it has never heard."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from tests.nlu.conftest import Parse
from tests.nlu.training_examples import NLU_FOLDER, examples_in
from ticketing import yaml_files

#: Shares of the unseen sentences; NLU quality has its own, larger measurement.
UNDERSTOOD_MIN = 0.85
OFFERED_MIN = 0.95
#: A generous ceiling: tests share the machine. Alone a message takes a twentieth of it.
PARSE_MEDIAN_MAX_S = 0.2

pytestmark = pytest.mark.model


def unseen() -> Iterator[tuple[str, str]]:
    """Slug and sentence of every row."""
    path = Path(__file__).with_name("unseen_sentences.yml")
    for kind in yaml_files.load(path).values():
        yield from kind.items()


def test_one_unseen_sentence_of_every_slug_is_understood(parse: Parse) -> None:
    rows = list(unseen())
    rankings = {slug: [guess["name"] for guess in parse(text)["intent_ranking"]] for slug, text in rows}

    wrong = {slug: names[0] for slug, names in rankings.items() if names[0] != slug}
    lost = {slug: names[:4] for slug, names in rankings.items() if slug not in names[:4]}

    assert len(wrong) <= len(rows) * (1 - UNDERSTOOD_MIN), wrong
    assert len(lost) <= len(rows) * (1 - OFFERED_MIN), lost


def test_the_unseen_sentences_are_unseen() -> None:
    taught = {example.text for example in examples_in(NLU_FOLDER)}

    assert [text for _, text in unseen() if text in taught] == []


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("低保怎么申请，还有高龄津贴一个月多少钱？", ["dibao", "elderly_allowance"]),
        ("结婚要带什么材料？婚假放几天？", ["marriage_registration", "marriage_leave"]),
        ("你好，请问残疾人两项补贴怎么申请", ["disability_allowance"]),
        ("谢谢", []),
    ],
)
def test_every_question_of_a_message_is_found(parse: Parse, text: str, topics: list[str]) -> None:
    assert [question["topic"] for question in parse(text)["questions"]] == topics


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("那要带什么材料", "materials"),
        ("一个月多少钱", "amount"),
        ("在哪里办", "place"),
        ("多久能办好", "deadline"),
        ("要是不给办怎么办", "objection"),
    ],
)
def test_a_follow_up_has_its_aspect_and_no_topic(parse: Parse, text: str, aspect: str) -> None:
    parsed = parse(text)

    assert parsed["intent"]["name"] == "follow_up"
    assert parsed["aspect"]["name"] == aspect
    assert parsed["questions"] == []


def test_the_aspect_is_an_entity_too(parse: Parse) -> None:
    entities = {entity["entity"]: entity["value"] for entity in parse("低保要什么材料")["entities"]}

    assert entities["aspect"] == "materials"


def test_a_taught_sentence_is_certain_whatever_its_spelling(parse: Parse) -> None:
    confidences = [parse(text)["intent"]["confidence"] for text in ("转人工", "转 人 工", " 转人工 ")]

    assert min(confidences) > 0.95


@pytest.mark.parametrize("text", ["", " ", "？？？", "😀", "a" * 3000, "低保" * 1000, "\u200b"])
def test_no_text_breaks_the_model(parse: Parse, text: str) -> None:
    assert parse(text)["intent"] is not None


def test_a_message_is_read_in_milliseconds(parse: Parse) -> None:
    times = []
    for _, text in unseen():
        started = perf_counter()
        parse(text + "呢")
        times.append(perf_counter() - started)

    assert median(times) < PARSE_MEDIAN_MAX_S
