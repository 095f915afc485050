"""The form of a text that the classifier learns from and looks up; positions are not kept."""

import re
import unicodedata
from collections.abc import Sequence

_SPACES = re.compile(r"\s+")
_REPEATED = re.compile(r"(.)\1{3,}")
#: Folding one character may bring up another that folds again; in practice twice is enough.
_ROUNDS_MAX = 4
#: A stand-in and the pattern it stands for: a number of eleven digits says "phone", not which one.
StandIn = tuple[re.Pattern[str], str]


def normalised(text: str, stand_ins: Sequence[StandIn] = ()) -> str:
    """Text in NFKC and lower case, without spaces, long repeats cut to three, numbers of persons replaced.

    Idempotent for texts whose stand-ins do not match a pattern themselves.
    """
    if stand_ins:
        text = same_length_folded(text)
    for pattern, word in stand_ins:
        text = pattern.sub(word, text)
    for _ in range(_ROUNDS_MAX):
        folded = _once(text)
        if folded == text:
            break
        text = folded
    return text


def _once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    return _REPEATED.sub(r"\1\1\1", _SPACES.sub("", folded))


def same_length_folded(text: str) -> str:
    """Text with full-width letters and digits made half-width, one character for one."""
    return "".join(_folded(character) for character in text)


def _folded(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
