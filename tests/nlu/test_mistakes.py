"""Typing mistakes that the encoder learns with; pure, so in the usual environment."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.tuning.mistakes import Mistakes

#: So often that each of its characters counts as one that people use.
TAUGHT = ["\u4f4e\u4fdd\u5728\u54ea\u529e"] * 30
READINGS = {"\u4f4e": "di", "\u5730": "di", "\u4fdd": "bao", "\u5b9d": "bao", "\u529e": "ban"}
WRITTEN = st.text(min_size=1)


def mistakes(seed: int) -> Mistakes:
    """Made by the chance of a seed."""
    return Mistakes(TAUGHT, READINGS, random.Random(seed))  # noqa: S311  no secret


@given(WRITTEN, st.integers())
def test_a_text_is_never_emptied_and_never_grows(text: str, seed: int) -> None:
    mistaken = mistakes(seed).in_text(text)

    assert 0 < len(mistaken) <= len(text)


@given(WRITTEN, st.integers())
def test_the_same_chance_makes_the_same_mistakes(text: str, seed: int) -> None:
    first, second = (mistakes(seed).in_text(text) for _ in range(2))

    assert first == second


def test_mistakes_are_made() -> None:
    careless = mistakes(1)

    assert any(careless.in_text(TAUGHT[0]) != TAUGHT[0] for _ in range(20))
