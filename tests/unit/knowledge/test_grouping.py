"""Questions that are alike come together, and the same way every time."""

import hashlib
from collections import Counter, defaultdict

from tests.unit.knowledge.policies import FOLDER, ROOT
from ticketing.knowledge.asked import load_questions
from ticketing.knowledge.grouping import Leaders, unit
from ticketing.knowledge.policies import Knowledge

ASKED = load_questions(ROOT / "nlu_data" / "nlu" / "topics")
KNOWLEDGE = Knowledge.load(FOLDER, questions=lambda: ASKED)
#: Measured 0.36 of 1,500 questions in groups of three or more, 0.94 of these pure.
GROUPED_MIN, PURE_MIN = 0.28, 0.90


def grouped(texts: list[str]) -> list[int]:
    """The group of each text; a group is named by the place of its leader."""
    leaders, found = Leaders(), []
    for place, text in enumerate(texts):
        vector = KNOWLEDGE.vector(text)
        group = leaders.nearest(vector)
        if group is None:
            group = place
            leaders.add(place, vector)
        found.append(group)
    return found


def test_other_words_for_the_same_come_together_and_other_matters_do_not() -> None:
    texts = [
        "坟前能不能烧纸",
        "现在坟前还能烧纸吗",
        "家里的老屋漏雨谁修",
        "老屋漏雨哪个部门修",
        "烧纸坟前行不行",
    ]

    assert grouped(texts) == [0, 0, 2, 2, 0]


def test_a_text_without_words_leads_a_group_of_its_own() -> None:
    assert grouped(["？？", "？？", ""]) == [0, 1, 2]
    assert unit({}) == {}


def test_most_of_a_group_ask_the_same() -> None:
    # Of every other topic: among more the same is asked again too seldom.
    pairs = [(topic, text) for topic in sorted(ASKED)[::2] for text in ASKED[topic]]
    some = mixed(pairs)[:1500]

    groups: dict[int, list[str]] = defaultdict(list)
    for (topic, _), group in zip(some, grouped([text for _, text in some]), strict=True):
        groups[group].append(topic)

    large = [topics for topics in groups.values() if len(topics) >= 3]
    count = sum(map(len, large))
    assert count / len(some) >= GROUPED_MIN
    assert sum(Counter(topics).most_common(1)[0][1] for topics in large) / count >= PURE_MIN


def test_grouping_again_gives_the_same_groups() -> None:
    texts = [text for _, text in mixed([(topic, text) for topic, texts in ASKED.items() for text in texts])]

    assert grouped(texts[:200]) == grouped(texts[:200])


def mixed(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same in an order that has nothing to do with what they are about."""
    return sorted(pairs, key=lambda pair: hashlib.sha256(pair[1].encode()).digest())
