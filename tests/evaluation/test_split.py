"""Paraphrases stay together, and the parts are the same wherever they are made."""

from tests.evaluation.split import Part, chosen, parts
from tests.nlu.training_examples import Example

ALIKE = [
    Example("dibao", None, "我家里两个病人都没有收入，能不能吃低保"),
    Example("dibao", None, "我家里两个病人都没有收入，能不能评低保"),
    Example("dibao", None, "你好，我家里两个病人都没有收入，能评低保吗"),
]


def many() -> list[Example]:
    return [
        Example("dibao", None, f"{chr(0x4E00 + 7 * number)}{chr(0x5E00 + number)}") for number in range(400)
    ]


def test_paraphrases_fall_in_one_part() -> None:
    assert len(set(parts(ALIKE, fixed=[]))) == 1


def test_a_chain_of_paraphrases_is_one_group_wherever_its_links_stand() -> None:
    for order in (ALIKE, ALIKE[::-1]):
        assert len(set(parts([*order, *many()], fixed=[])[: len(ALIKE)])) == 1


def test_what_stands_on_a_button_is_learned_with_its_paraphrases() -> None:
    assert set(parts(ALIKE, fixed=[ALIKE[1].text])) == {Part.TRAIN}


def test_every_example_is_in_one_part_and_the_shares_are_kept() -> None:
    examples = many()
    placed = parts(examples, fixed=[])
    sizes = {part: len(chosen(examples, placed, part)) for part in Part}

    assert sum(sizes.values()) == len(examples)
    assert 0.2 < sizes[Part.TEST] / len(examples) < 0.3
    assert 0.08 < sizes[Part.DEV] / len(examples) < 0.16


def test_more_examples_move_none_of_the_others() -> None:
    examples = many()
    before = parts(examples, fixed=[])

    assert parts([*examples, *ALIKE], fixed=[])[: len(examples)] == before
