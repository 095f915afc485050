"""Words to search by."""

from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.finding import WORDS_MAX, pairs, words_of

texts = st.text(st.sampled_from("老人没人管Ng-01 "), max_size=20)


@given(texts, texts, texts)
def test_whatever_stands_in_a_text_has_all_its_pairs_there(before: str, word: str, after: str) -> None:
    assert pairs(word) <= pairs(before + word + after)


def test_words_of_one_character_are_left_out() -> None:
    assert words_of("  老人 管 NG2026 ") == ("老人", "ng2026")
    assert words_of("管") == ()
    assert len(words_of("ab " * 50)) == WORDS_MAX
