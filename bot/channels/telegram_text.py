"""Cuts long texts to what Telegram carries in one message."""

import unicodedata
from collections.abc import Iterator

#: Telegram counts UTF-16 code units, not characters: an emoji is two.
MAX_TEXT_UTF16_UNITS = 4096
#: Below this share of the limit a nicer place to cut is not worth a short message.
SHORTEST_SHARE = 0.5
ZERO_WIDTH_JOINER = "\u200d"


def utf16_units(text: str) -> int:
    """Length of ``text`` as Telegram counts it."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)  # noqa: PLR2004 - end of the first plane


def split_text(text: str, *, limit_utf16_units: int = MAX_TEXT_UTF16_UNITS) -> tuple[str, ...]:
    """Pieces that join back to ``text``, none over the limit, cut after lines or sentences if possible.

    Empty for an empty text. ``limit_utf16_units`` ≥ 2.
    """
    return tuple(_pieces(text, limit_utf16_units))


def _pieces(text: str, limit: int) -> Iterator[str]:
    while text:
        most = _fitting_characters(text, limit)
        end = most if most == len(text) else _good_cut(text, most)
        yield text[:end]
        text = text[end:]


def _fitting_characters(text: str, limit: int) -> int:
    units = 0
    for count, character in enumerate(text):
        units += utf16_units(character)
        if units > limit:
            return count
    return len(text)


def _good_cut(text: str, most: int) -> int:
    least = max(1, int(most * SHORTEST_SHARE))
    for is_good in (_ends_line, _ends_clause, _is_between_letters):
        for cut in range(most, least - 1, -1):
            if is_good(text, cut):
                return cut
    return most


def _ends_line(text: str, cut: int) -> bool:
    return text[cut - 1] == "\n"


def _ends_clause(text: str, cut: int) -> bool:
    """After a stop or comma of any script, and not between two of them."""
    return _is_stop(text[cut - 1]) and not _is_stop(text[cut])


def _is_stop(character: str) -> bool:
    return unicodedata.category(character) == "Po"


def _is_between_letters(text: str, cut: int) -> bool:
    """Not inside an emoji or before a mark that belongs to the letter before."""
    after = text[cut]
    is_joined = ZERO_WIDTH_JOINER in (text[cut - 1], after)
    return not is_joined and unicodedata.category(after) not in {"Mn", "Me", "Sk"}
