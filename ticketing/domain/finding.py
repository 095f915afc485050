"""Searching tickets by words: every two neighbouring characters are a key, so Chinese needs no word list."""

import re

NUMBER = re.compile(r"ng[0-9]{8}-[0-9]{1,9}", re.ASCII)
#: A word shorter than a pair finds nothing.
WORD_CHARACTERS_MIN = 2
WORDS_MAX = 5
ASKED_CHARACTERS_MAX = 60


def pairs(text: str) -> frozenset[str]:
    """All pairs of neighbouring characters, capital letters as small ones.

    >>> sorted(pairs("NG-1"))
    ['-1', 'g-', 'ng']
    """
    folded = text.lower()
    return frozenset(folded[place : place + 2] for place in range(len(folded) - 1))


def is_number(word: str) -> bool:
    """Whether a folded word is a whole ticket number.

    >>> is_number("ng20261123-0007"), is_number("0007")
    (True, False)
    """
    return NUMBER.fullmatch(word) is not None


def words_of(asked: str) -> tuple[str, ...]:
    """The words a person asks for, folded; those of one character are left out."""
    found = asked[:ASKED_CHARACTERS_MAX].lower().split()
    return tuple(word for word in found if len(word) >= WORD_CHARACTERS_MIN)[:WORDS_MAX]
