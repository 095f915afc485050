"""Cut texts join back to the original, and every piece fits into one Telegram message."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_text import MAX_TEXT_UTF16_UNITS, split_text, utf16_units

FAMILY = "👨\u200d👩\u200d👧"


@given(st.text(), st.integers(2, 40))
def test_pieces_join_back_and_fit(text: str, limit: int) -> None:
    pieces = split_text(text, limit_utf16_units=limit)

    assert "".join(pieces) == text
    assert all(0 < utf16_units(piece) <= limit for piece in pieces)


@given(st.text())
def test_length_is_counted_as_telegram_counts(text: str) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_known_lengths() -> None:
    assert utf16_units("您的诉求已受理😀") == 9


def test_a_text_at_the_limit_stays_whole() -> None:
    assert len(split_text("好" * MAX_TEXT_UTF16_UNITS)) == 1
    assert len(split_text("好" * (MAX_TEXT_UTF16_UNITS + 1))) == 2


def test_it_is_cut_after_a_line_first() -> None:
    assert split_text("第一行。第二句\n第三句。完", limit_utf16_units=10) == (
        "第一行。第二句\n",
        "第三句。完",
    )


def test_it_is_cut_after_a_sentence_next() -> None:
    assert split_text("先说一句话。再说一句很长的话", limit_utf16_units=10) == (
        "先说一句话。",
        "再说一句很长的话",
    )


def test_an_emoji_made_of_several_is_not_torn() -> None:
    assert split_text("一二三四五" + FAMILY, limit_utf16_units=9) == ("一二三四五", FAMILY)


def test_nothing_gives_nothing() -> None:
    assert split_text("") == ()
