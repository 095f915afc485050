"""The same message as other people would have typed it; every change is the same in every run."""

import hashlib
import random
from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby

from opencc import OpenCC
from pypinyin import lazy_pinyin

#: Share of the characters that a typing mistake hits.
SHARE = 0.12
#: Characters of the first level of the Chinese standard set: what an input method offers first.
_COMMON_ROWS = range(0xB0, 0xD8)
_CELLS = range(0xA1, 0xFF)
_EMOJI = "😭😡🙏😢👶❤️"
_FULL_WIDTH_OFFSET = 0xFEE0
_ASCII = range(0x21, 0x7F)

type Change = Callable[[str], str]


def homophones(text: str) -> str:
    """Some characters replaced by a common one that sounds the same, tone aside."""
    dice = _dice(text)
    return "".join(_homophone(sign, dice) if dice.random() < SHARE else sign for sign in text)


def dropped(text: str) -> str:
    """Some characters left out."""
    dice = _dice(text)
    return "".join(sign for sign in text if dice.random() >= SHARE) or text


def swapped(text: str) -> str:
    """One pair of neighbours in the wrong order."""
    if len(text) < len("abc"):
        return text
    place = _dice(text).randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def traditional(text: str) -> str:
    """In traditional characters."""
    return str(_converter().convert(text))


def emoji(text: str) -> str:
    """With a picture somewhere and one at the end."""
    dice = _dice(text)
    place = dice.randrange(len(text) + 1)
    return text[:place] + dice.choice(_EMOJI) + text[place:] + dice.choice(_EMOJI)


def unpunctuated(text: str) -> str:
    """As speech recognition writes it: without any mark or space."""
    return "".join(sign for sign in text if sign.isalnum()) or text


def full_width(text: str) -> str:
    """With full-width letters, digits and marks."""
    return "".join(chr(ord(sign) + _FULL_WIDTH_OFFSET) if ord(sign) in _ASCII else sign for sign in text)


CHANGES: Mapping[str, Change] = {
    "homophones": homophones,
    "dropped characters": dropped,
    "swapped characters": swapped,
    "traditional characters": traditional,
    "emoji": emoji,
    "no punctuation": unpunctuated,
    "full width": full_width,
}


def _homophone(sign: str, dice: random.Random) -> str:
    others = [other for other in _same_sound().get(_sound(sign), "") if other != sign]
    return dice.choice(others) if others else sign


def _sound(sign: str) -> str:
    return str(lazy_pinyin(sign)[0])


@cache
def _same_sound() -> Mapping[str, str]:
    signs = sorted(_common_signs(), key=_sound)
    return {sound: "".join(group) for sound, group in groupby(signs, key=_sound)}


def _common_signs() -> str:
    pairs = [bytes((row, cell)) for row in _COMMON_ROWS for cell in _CELLS]
    return "".join(pair.decode("gb2312", "ignore") for pair in pairs)


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def _dice(text: str) -> random.Random:
    # Not for secrets: the same text must give the same change on every machine.
    return random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311
