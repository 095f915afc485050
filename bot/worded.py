"""The words in a text where most of it is none: code, repetition and letters at random look like a report.

The model learnt from what people write and sees in "<div><div>" whatever is likeliest of the unlikely. From a
text that is mostly words (characters, pinyin, English) nothing is taken; the safety net reads all of each.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from bot.gateway_ports import Reader
from ticketing import yaml_files
from ticketing.domain.triage import understanding_of

#: So much of a text has to be words; some write of KTV or WiFi.
WORDS_AT_LEAST: Final = 1 / 3
#: What has neither words nor noise in it and is no longer may be a key that was asked for, or a telephone.
KEY_CHARACTERS_MAX: Final = 20
#: Fewer letters are hit by chance.
LETTERS_AT_LEAST: Final = 4
#: One character by itself, in whatever stands around it, says nothing.
CHARACTERS_AT_LEAST: Final = 2
#: Fewer different characters between noise are hardly a sentence: the model has to be surer there.
CHARACTERS_OF_A_SENTENCE: Final = 4
SURE_FROM: Final = 0.5
#: Once is enough of what is said again and again; people do say a word three times, or a sentence twice.
AGAIN_AND_AGAIN: Final = re.compile(r"(.{1,3}?)\1{3,}|(.{4,40}?)\2{2,}", re.DOTALL)
#: The rare characters beyond this block are in names, and no sentence is made of them.
CHARACTER: Final = re.compile(r"[\u4e00-\u9fff]")
#: All that goes out of noise, but for digits and what divides clauses.
NO_WORDS: Final = re.compile(r"[^\u4e00-\u9fff0-9\uff0c\u3002\uff01\uff1f\u3001,!?]+")
#: Left alone between noise, no age and no telephone: a key, if anything.
LONE_NUMBER: Final = re.compile(r"(?<![\u4e00-\u9fff\d])\d{1,6}(?![\u4e00-\u9fff\d])")
#: English words and syllables of pinyin.
LATIN: Final = Path(__file__).parent / "lexicon" / "latin.yml"
LETTERS: Final = re.compile(r"(?<![a-z0-9_])[a-z]+(?:'[a-z]+)?(?![a-z0-9_])")
#: Of nothing longer is it asked how it falls into syllables: that may take long.
SYLLABLES_LETTERS_MAX: Final = 24
#: No number, and no emphasis, is as long.
NUMERALS_MAX: Final = 20
ENDLESS: Final = re.compile(r"\d{20,}|[^\w\s]{40,}")
#: Small pictures; of the same one however many are one.
PICTURE: Final = "So"
#: Neither words nor noise: spaces, digits, marks, and what joins and colours pictures.
NEUTRAL: Final = frozenset({"Zs", "Zl", "Zp", "Nd", "Po", "Pd", PICTURE, "Sk", "Cf"})
COLOURED: Final = "\ufe0f"
#: Above a letter: a tone of pinyin, or a heap of them.
TONE: Final = "Mn"


async def read_words(language: Reader, text: str) -> tuple[str, Mapping[str, object]]:
    """What the model makes of a text, and of which words: not of noise where a ticket would come of it.

    Raises RasaUnavailable.
    """
    parse = await language.parse(text)
    words = worded(text) if _sees_report(parse) else text
    if words == text:
        return text, parse
    parse = await language.parse(words) if words else {}
    is_sentence = len(_characters(words)) >= CHARACTERS_OF_A_SENTENCE
    if _sees_report(parse) and not is_sentence and understanding_of(parse).confidence < SURE_FROM:
        return "", {}
    return words, parse


def worded(text: str) -> str:
    """``text`` itself where enough of it is words, else the Chinese ones in it, perhaps none.

    >>> worded("wo ba da wo"), worded("<div>" * 9)
    ('wo ba da wo', '')
    """
    once = AGAIN_AND_AGAIN.sub(lambda found: found[1] or found[2], text)
    letters = _letters_of_words(once)
    words = len(_words_of(once)) + (letters if letters >= LETTERS_AT_LEAST else 0)
    pictures = {one for one in text if unicodedata.category(one) == PICTURE}
    endless = sum(len(one) for one in ENDLESS.findall(text))
    numerals = sum(map(_is_numeral, CHARACTER.findall(text)))
    endless += numerals if numerals > NUMERALS_MAX else 0
    weighed = sum(map(_counts, text)) + len(pictures) + endless
    if words >= WORDS_AT_LEAST * weighed and (words or len(text) <= KEY_CHARACTERS_MAX):
        return text
    left = LONE_NUMBER.sub("", NO_WORDS.sub(" ", once)).strip()
    return left if len(_characters(left)) >= CHARACTERS_AT_LEAST else ""


def _sees_report(parse: Mapping[str, object]) -> bool:
    return understanding_of(parse).category is not None


def _counts(character: str) -> bool:
    """Whether it is either word or noise."""
    is_neutral = unicodedata.category(character) in NEUTRAL or character == COLOURED
    return not is_neutral and not _is_numeral(character)


def _is_numeral(character: str) -> bool:
    """Numbers written as characters tell as little as digits."""
    return unicodedata.numeric(character, None) is not None


def _words_of(text: str) -> list[str]:
    return [one for one in CHARACTER.findall(text) if not _is_numeral(one)]


def _characters(text: str) -> set[str]:
    return set(_words_of(text))


def _letters_of_words(text: str) -> int:
    parted = unicodedata.normalize("NFD", text.lower())
    toneless = "".join(one for one in parted if unicodedata.category(one) != TONE)
    return sum(len(one[0]) for one in LETTERS.finditer(toneless) if _is_word(one[0]))


def _is_word(letters: str) -> bool:
    if len(letters) == 1:
        return False
    if letters.replace("'", "") in _english():
        return True
    return len(letters) <= SYLLABLES_LETTERS_MAX and _pinyin().fullmatch(letters) is not None


@cache
def _english() -> frozenset[str]:
    return frozenset(str(yaml_files.load(LATIN)["english"]).split())


@cache
def _pinyin() -> re.Pattern[str]:
    syllables = [f"{initial}(?:{finals})" for initial, finals in yaml_files.load(LATIN)["syllables"].items()]
    return re.compile(f"(?:{'|'.join(syllables)})+")
