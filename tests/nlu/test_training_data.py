"""The training data covers the vocabulary, contradicts itself nowhere and is not spun from templates."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.nlu.training_examples import (
    NLU_FOLDER,
    ROOT,
    Example,
    buttons_of,
    examples_in,
    examples_of,
    intents_of_kind,
    names_of,
    near_duplicates,
    said_under_two_intents,
    skeleton,
    skeletons,
)
from ticketing.domain.vocabulary import Category, Talk

TOPIC_EXAMPLES_MIN = 60
CATEGORY_EXAMPLES_MIN = 60
EXAMPLES_MIN = 25
EXAMPLES_PER_ASPECT_MIN = 3
FOLLOW_UPS_PER_ASPECT_MIN = 12
OTHER_DEPARTMENT_MIN = 90
NEAR_DUPLICATE = 0.85
#: A phrase on this many topics is a frame into which the topic was put; the buttons are such, on purpose.
FRAME_TOPICS = 3
FRAMED_SHARE_MAX = 0.15
ASPECTS = (
    "definition",
    "eligibility",
    "amount",
    "materials",
    "procedure",
    "place",
    "deadline",
    "basis",
    "objection",
)
POLICIES = sorted((ROOT / "ticketing" / "data" / "policies").glob("*.yml"))
JIEBA_FOLDER = ROOT / "nlu_data" / "jieba"
TOPICS = intents_of_kind("topic")
EXAMPLES = examples_in(NLU_FOLDER)
COUNT = Counter(one.intent for one in EXAMPLES)
COUNT_BY_ASPECT = Counter((one.intent, one.aspect) for one in EXAMPLES)


def test_every_topic_is_asked_about_in_many_ways() -> None:
    assert thin(TOPICS, EXAMPLES, minimum=TOPIC_EXAMPLES_MIN) == {}


def test_every_category_is_told_in_many_ways() -> None:
    assert thin(Category, EXAMPLES, minimum=CATEGORY_EXAMPLES_MIN) == {}


def test_everybody_at_risk_is_graded_and_nobody_else() -> None:
    graded = {one.intent for one in EXAMPLES if one.risk is not None}

    assert graded == set(intents_of_kind("at_risk"))
    # What a button says is no cry for help yet.
    taps = {one.text for one in examples_of((NLU_FOLDER / "buttons.yml").read_text(encoding="utf-8"))}
    ungraded = {one.text for one in EXAMPLES if one.intent in graded and one.risk is None}
    assert ungraded - taps == set()


def test_every_other_slug_of_the_vocabulary_has_examples() -> None:
    slugs = [*Talk, *intents_of_kind("helper")]

    assert thin(slugs, EXAMPLES, minimum=EXAMPLES_MIN) == {}


def test_no_example_teaches_an_intent_that_is_not_in_the_vocabulary() -> None:
    known = intents_of_kind("topic", "at_risk", "category", "talk", "helper")

    assert set(COUNT) - set(known) == set()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_aspect_of_a_topic_has_examples(topic: str) -> None:
    missing = [aspect for aspect in ASPECTS if COUNT_BY_ASPECT[topic, aspect] < EXAMPLES_PER_ASPECT_MIN]

    assert missing == []


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_is_asked_without_a_topic_too(aspect: str) -> None:
    assert COUNT_BY_ASPECT["follow_up", aspect] >= FOLLOW_UPS_PER_ASPECT_MIN


@pytest.mark.parametrize("policy", POLICIES, ids=[policy.stem for policy in POLICIES])
def test_every_button_under_an_answer_is_understood(policy: Path) -> None:
    buttons = buttons_of(policy, aspects=ASPECTS)

    assert untaught(buttons, EXAMPLES) == []


def test_no_aspect_is_misspelt() -> None:
    assert {one.aspect for one in EXAMPLES} - {None, *ASPECTS} == set()


def test_the_class_for_everything_else_is_broad() -> None:
    assert COUNT[Category.OTHER_DEPARTMENT] >= OTHER_DEPARTMENT_MIN


def test_no_text_is_an_example_of_two_intents() -> None:
    assert said_under_two_intents(EXAMPLES) == set()


def test_no_two_examples_of_an_intent_are_nearly_the_same() -> None:
    assert near_duplicates(EXAMPLES, above=NEAR_DUPLICATE) == []


def test_few_examples_are_a_topic_put_into_a_frame() -> None:
    assert framed_share([one for one in EXAMPLES if one.intent in TOPICS]) <= FRAMED_SHARE_MAX


def test_the_dictionary_folder_holds_one_file_of_distinct_words() -> None:
    # Rasa loads every file of the folder, a forgotten backup too.
    (file,) = JIEBA_FOLDER.iterdir()
    words = file.read_text(encoding="utf-8").splitlines()

    assert len(words) == len(set(words))
    assert all(words)


def test_a_text_under_two_intents_is_caught_though_its_punctuation_differs() -> None:
    seeded = [Example("dibao", "amount", "低保多少钱"), Example("tekun", "amount", "低保，多少钱？")]

    assert said_under_two_intents(seeded) == {"低保，多少钱？"}


def test_a_near_duplicate_is_caught_and_a_paraphrase_is_not() -> None:
    seeded = [
        Example("dibao", None, "我家里两个病人都没有收入，能不能吃低保"),
        Example("dibao", None, "我家里两个病人都没有收入能不能吃低保啊"),
        Example("dibao", None, "家里两口子都病着，一分钱进账没有，低保给评吗"),
    ]

    assert near_duplicates(seeded, above=NEAR_DUPLICATE) == [(seeded[0].text, seeded[1].text)]


def test_a_frame_is_caught() -> None:
    names = {"dibao": "低保", "tekun": "特困", "adoption": "收养"}
    spun = [Example(topic, "place", f"请问{name}在什么地方办") for topic, name in names.items()]
    bare = [Example(topic, None, name) for topic, name in names.items()]

    assert framed_share([*spun, *bare]) == len(spun) / len([*spun, *bare])


def test_a_slug_with_too_few_examples_is_caught() -> None:
    seeded = [
        Example("dibao", None, "低保"),
        Example("dibao", None, "吃低保"),
        Example("tekun", None, "五保"),
    ]

    assert thin(["dibao", "tekun", "human"], seeded, minimum=2) == {"tekun": 1, "human": 0}


def test_a_button_taught_under_another_aspect_is_caught() -> None:
    button = Example("dibao", "place", "低保去哪办")

    assert untaught([button], [Example("dibao", "procedure", "低保去哪办")]) == [button.text]


def test_an_example_is_read_with_its_intent_and_aspect() -> None:
    document = (
        'version: "3.1"\nnlu:\n- intent: dibao\n  metadata: {aspect: amount}\n  examples: |\n    - 几多钱\n'
    )

    assert list(examples_of(document)) == [Example("dibao", "amount", "几多钱")]


def thin(slugs: Iterable[str], examples: Iterable[Example], *, minimum: int) -> dict[str, int]:
    """Slugs with fewer examples than the minimum, and how many they have."""
    count = Counter(one.intent for one in examples)
    return {str(slug): count[str(slug)] for slug in slugs if count[str(slug)] < minimum}


def untaught(buttons: Iterable[Example], examples: Iterable[Example]) -> list[str]:
    """Texts of buttons that are no example of just what they ask."""
    taught = {(one.intent, one.aspect, one.spoken) for one in examples}
    return [one.text for one in buttons if (one.intent, one.aspect, one.spoken) not in taught]


def framed_share(examples: list[Example]) -> float:
    """Part of the examples whose wording, less the topic's name, serves several topics."""
    frames = {frame for frame, topics in skeletons(examples).items() if len(topics) >= FRAME_TOPICS}
    topics = {one.intent for one in examples}
    names = {topic: names_of([one for one in examples if one.intent == topic]) for topic in topics}
    framed = [one for one in examples if skeleton(one.spoken, names[one.intent]) in frames]
    return len(framed) / len(examples)
