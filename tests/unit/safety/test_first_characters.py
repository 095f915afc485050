"""Trying only what can begin at a character finds all that ``re`` finds; checked on the lexicon itself."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.first_characters import FirstCharacters, alternatives, first_characters
from bot.safety_net import default_net
from tests.unit.safety.rows import must_catch, must_not_raise

PATTERNS = tuple(group.pattern for group in default_net()._groups)  # noqa: SLF001  # the lexicon as loaded
QUICK = FirstCharacters(pattern.pattern for pattern in PATTERNS)
#: Chinese characters of the patterns themselves, the more often the more patterns have them.
WORDS = tuple(re.findall("[一-鿿]+", "".join(pattern.pattern for pattern in PATTERNS)))


def _found(text: str) -> bool:
    return any(pattern.search(text) for pattern in PATTERNS)


def _pieced(number: int) -> Iterator[str]:
    """Texts put together from words of the patterns: many nearly match, some do."""
    chance = random.Random(7)  # noqa: S311  # no secret depends on it
    for _ in range(number):
        yield "".join(chance.choices((*WORDS, ",", "x", "8"), k=chance.randint(1, 6)))


def test_every_message_of_the_lists_is_seen_as_the_patterns_see_it() -> None:
    texts = [*(row.text for row in must_catch()), *(text for text, _ in must_not_raise())]
    read = [reading for text in texts for reading in _readings(text)]
    assert [QUICK.match(text) for text in read] == [_found(text) for text in read]


def test_texts_made_of_the_words_of_danger_are_seen_as_the_patterns_see_them() -> None:
    texts = list(_pieced(1500))
    seen = [_found(text) for text in texts]
    assert [QUICK.match(text) for text in texts] == seen
    assert 100 < sum(seen) < 1400


@given(st.text(st.sampled_from("ab,c1"), max_size=8))
@settings(max_examples=60, deadline=None)
def test_each_kind_of_pattern_is_found_wherever_re_finds_it(text: str) -> None:
    for pattern in SHAPES:
        assert FirstCharacters([pattern]).match(text) is bool(re.search(pattern, text)), pattern


SHAPES = (
    *("a", "ab|c", "(?:a|b)?c", "[^a]b", "^a", "a$", "(?<!a)b", "(?<=a)b", "(?!ab)a", "a{2,}", "(?:ab)*c"),
    *("[a-c]1", r"\d", ".b", "a*", "(?i:A)b", "(?i)B", "(a)b", "(?>a)b", "(?:a|)b", "[,|(]a", r"\,a|b1"),
)


@pytest.mark.parametrize("pattern", ["a?", ".a", "[^,]", r"\d", "(?i:a)", "(?i)a", "a|b?", "^"])
def test_what_may_begin_with_anything_is_said_to(pattern: str) -> None:
    assert first_characters(pattern) is None


def test_a_bar_inside_a_group_or_class_divides_nothing() -> None:
    assert list(alternatives(r"(?:a|b)c|[|)]|\||(?:d|e)")) == ["(?:a|b)c", "[|)]", r"\|", "d", "e"]


def _readings(text: str) -> Iterator[str]:
    readings = default_net().plain_text.readings(text)
    yield from (readings.spaced, readings.joined, readings.bare)
