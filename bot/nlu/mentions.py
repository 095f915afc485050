"""Entities in a text, by the patterns of the lexicon; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.nlu.lexicon import EntityLexicon, EntityPattern
from bot.nlu.moments import find_moments
from bot.nlu.normalise import same_length_folded
from bot.nlu.numerals import number
from bot.nlu.persons import find_person

RELATION = "relation"
TIME = "time"
REGISTER = "register"
#: Letters and digits without what is written between them.
_BETWEEN = re.compile(r"[^0-9A-Za-z]")
_TICKET_PREFIX, _DATE_DIGITS = "NG", 8
_MOBILE_DIGITS, _COUNTRY = 11, "86"
#: Area codes of two digits after the zero.
_SHORT_AREAS = ("01", "02")


@dataclass(frozen=True)
class Found:
    """An entity and its place in the raw text."""

    entity: str
    value: str | float
    start: int
    end: int


def find_entities(text: str, lexicon: EntityLexicon) -> list[Found]:
    """Every entity of ``text``, in the order of the patterns; positions are those of ``text``.

    Of who writes there is one at most: words that no child says of itself outweigh those that one might.
    """
    folded = same_length_folded(text)
    found: list[Found] = []
    for one in _matched(folded, lexicon):
        found = [other for other in found if not (one.entity == other.entity == REGISTER)]
        if not any(other.entity == one.entity and _overlap(one, other) for other in found):
            found.append(one)
    return found + list(_told(folded, lexicon))


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _matched(folded: str, lexicon: EntityLexicon) -> Iterator[Found]:
    """What the patterns find."""
    for pattern in lexicon.patterns:
        for match in pattern.pattern.finditer(folded):
            value = _value(pattern, match.groupdict().get("value") or match.group(), lexicon)
            if value is not None:
                yield Found(pattern.entity, value, match.start(), match.end())


def _told(folded: str, lexicon: EntityLexicon) -> Iterator[Found]:
    """Whom it is about, and when."""
    person = find_person(folded, lexicon.persons)
    if person is not None:
        yield Found(RELATION, person.value, person.start, person.end)
    for moment in find_moments(folded, lexicon.moments):
        yield Found(TIME, moment.value, moment.start, moment.end)


def _value(pattern: EntityPattern, written: str, lexicon: EntityLexicon) -> str | float | None:
    if pattern.kind in _READERS:
        return _READERS[pattern.kind](written, lexicon)
    return _SHAPES[pattern.kind](written) if pattern.kind in _SHAPES else pattern.kind


def _digits(written: str, lexicon: EntityLexicon) -> str:
    return "".join(str(lexicon.digits[sign]) for sign in written if sign in lexicon.digits)


def _score(written: str, lexicon: EntityLexicon) -> float:
    return float(lexicon.scores[written])


def _ticket(written: str, lexicon: EntityLexicon) -> str:
    """A ticket's number as it is printed, however it was typed or read off."""
    plain = "".join(str(lexicon.digits.get(sign, sign)) for sign in written)
    digits = "".join(sign for sign in plain if sign.isdecimal())
    return f"{_TICKET_PREFIX}{digits[:_DATE_DIGITS]}-{digits[_DATE_DIGITS:]}"


def _code(written: str) -> str:
    return _BETWEEN.sub("", written)


def _phone(written: str) -> str:
    """Eleven digits of a mobile, area code and number of any other, whatever stood between them."""
    digits = _BETWEEN.sub("", written)
    mobile = digits.removeprefix(_COUNTRY)
    if len(mobile) == _MOBILE_DIGITS and mobile.startswith("1"):
        return mobile
    area = 3 if digits.startswith(_SHORT_AREAS) else 4
    return f"{digits[:area]}-{digits[area:]}"


#: Kinds whose value is found with the lexicon's words, and those that only change their shape.
_READERS: Mapping[str, Callable[[str, EntityLexicon], str | float | None]] = {
    "number": number,
    "digits": _digits,
    "score": _score,
    "ticket": _ticket,
}
_SHAPES: Mapping[str, Callable[[str], str]] = {"text": str, "code": _code, "phone": _phone}
