"""Checks what staff typed into a city field and puts it into one form, whoever typed it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from ticketing.domain.city_facts import CityField, FieldKind

TEXT_CHARACTERS_MAX = 300
ADDRESS_CHARACTERS_MIN = 4
SOURCE_CHARACTERS_MIN = 4
SOURCE_CHARACTERS_MAX = 120
NOTE_CHARACTERS_MAX = 200
MONEY_MAX = Decimal(10_000_000)
NUMBER_MAX = 1_000_000
PERCENT_MAX = Decimal(100)
#: A value nobody looks at for longer than this is not known any more.
REVIEW_YEARS_MAX = 3
FIRST_YEAR = 1990
LAST_YEAR = 2099

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")
CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
#: Mobile, landline with area code, landline without, 400 numbers, service numbers.
PHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4}|[2-8]\d{6,7}|12\d{3}|9[56]\d{3,4}|1[12]\d)(?!\d)"
)
#: The colon of a Chinese keyboard.
WIDE_COLON = chr(0xFF1A)
#: So many digits in a row are a telephone number or a slip.
LIKE_A_PHONE = re.compile(r"\d{5,}")


class ValueProblem(StrEnum):
    """What is wrong with an entry; a sentence for each is in the texts."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_MONEY = "not_money"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_SHARE = "not_a_share"
    NOT_A_PHONE = "not_a_phone"
    TOO_SHORT_ADDRESS = "too_short_address"
    NOT_HOURS = "not_hours"
    NOT_A_DAY = "not_a_day"
    DAY_MISSING = "day_missing"
    SOURCE_MISSING = "source_missing"
    ENDS_BEFORE_START = "ends_before_start"
    REVIEW_PAST = "review_past"
    REVIEW_BEFORE_START = "review_before_start"
    REVIEW_TOO_LATE = "review_too_late"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with an entry, and in which of its boxes."""

    part: str
    problem: ValueProblem


class ValueRefused(ValueError):
    """A text that is no value of its kind."""

    def __init__(self, problem: ValueProblem) -> None:
        """Keep what is wrong; the text itself is not repeated."""
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Typed:
    """An entry as it was typed, or as a cell of a spreadsheet told it."""

    value: str
    source: str
    valid_from: str
    valid_to: str
    review_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry whose parts are all of their kinds; an empty ``value`` takes the present one back."""

    value: str
    source: str
    valid_from: date
    valid_to: date | None
    review_by: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of a check: the entry, or everything wrong with it."""

    entry: Entry | None
    flaws: tuple[Flaw, ...] = ()


def checked(field: CityField, typed: Typed, *, today: date) -> Checked:
    """The entry in its one form, or all its flaws at once."""
    flaws: list[Flaw] = []

    def taken[Part](part: str, take: Callable[[], Part], instead: Part) -> Part:
        try:
            return take()
        except ValueRefused as refused:
            flaws.append(Flaw(part, refused.problem))
            return instead

    entry = Entry(
        value=taken("value", lambda: canonical(field, typed.value), ""),
        source=taken("source", lambda: _source(typed.source), ""),
        valid_from=taken("valid_from", lambda: _needed_day(typed.valid_from), today),
        valid_to=taken("valid_to", lambda: _day(typed.valid_to), None),
        review_by=taken("review_by", lambda: _needed_day(typed.review_by), today),
        note=taken("note", lambda: _short(tidy(typed.note), NOTE_CHARACTERS_MAX), ""),
    )
    if not flaws:
        flaws.extend(contradictions(entry, today))
    return Checked(None, tuple(flaws)) if flaws else Checked(entry)


def canonical(field: CityField, text: str) -> str:
    """``text`` in the one form in which a value of this kind is kept; raises ValueRefused."""
    value = tidy(text)
    if not value:
        raise ValueRefused(ValueProblem.EMPTY)
    return _KINDS[field.kind](_short(value, TEXT_CHARACTERS_MAX), field.unit)


def tidy(text: str) -> str:
    """Full-width digits made plain, control characters and doubled space removed."""
    plain = "".join(_plain_character(one) for one in text)
    return " ".join("".join(one if one.isprintable() else " " for one in plain).split())


def number_in(value: str) -> Decimal | None:
    """A kept money, number or percent value to reckon with; None for any other."""
    return Decimal(value) if NUMBER.fullmatch(value) else None


def _plain_character(one: str) -> str:
    """Digits, letters and the colon of a clock; Chinese punctuation stays."""
    plain = unicodedata.normalize("NFKC", one)
    return plain if plain.isascii() and (plain.isalnum() or plain in {" ", "-", "%", ".", "/"}) else one


def _money(text: str, unit: str) -> str:
    number = _number_before(text, (unit, unit.split("/", 1)[0]), ValueProblem.NOT_MONEY)
    if number > MONEY_MAX or number.as_tuple().exponent not in {0, -1, -2}:
        raise ValueRefused(ValueProblem.NOT_MONEY)
    return _plain_number(number)


def _count(text: str, unit: str) -> str:
    number = _number_before(text, (unit,), ValueProblem.NOT_A_NUMBER)
    if number != number.to_integral_value() or number > NUMBER_MAX:
        raise ValueRefused(ValueProblem.NOT_A_NUMBER)
    return _plain_number(number)


def _share(text: str, unit: str) -> str:
    number = _number_before(text, ("%", unit), ValueProblem.NOT_A_SHARE)
    if number > PERCENT_MAX:
        raise ValueRefused(ValueProblem.NOT_A_SHARE)
    return _plain_number(number)


def _number_before(text: str, units: tuple[str, ...], problem: ValueProblem) -> Decimal:
    """The number of a text that is nothing but a number and perhaps one of the units."""
    bare = unicodedata.normalize("NFKC", text).replace(" ", "")
    for unit in filter(None, units):
        bare = bare.removesuffix(unicodedata.normalize("NFKC", unit))
    if not NUMBER.fullmatch(bare):
        raise ValueRefused(problem)
    return Decimal(bare.replace(",", ""))


def _plain_number(number: Decimal) -> str:
    return f"{number.normalize():f}" if number else "0"


def _phone(text: str, _unit: str) -> str:
    rest = PHONE.sub("", text)
    if rest == text or LIKE_A_PHONE.search(rest):
        raise ValueRefused(ValueProblem.NOT_A_PHONE)
    return text


def _address(text: str, _unit: str) -> str:
    if len(text) < ADDRESS_CHARACTERS_MIN:
        raise ValueRefused(ValueProblem.TOO_SHORT_ADDRESS)
    return text


def _hours(text: str, _unit: str) -> str:
    plain = text.replace(WIDE_COLON, ":")
    times = [(int(hour), int(minute)) for hour, minute in CLOCK.findall(plain)]
    pairs = list(zip(times[::2], times[1::2], strict=False))
    told = bool(times) and len(times) == 2 * len(pairs)
    valid = all((0, 0) <= one <= (24, 0) and one[1] < 60 for one in times)  # noqa: PLR2004 - minutes
    if not (told and valid and all(start < end for start, end in pairs)):
        raise ValueRefused(ValueProblem.NOT_HOURS)
    return plain


def _date(text: str, _unit: str) -> str:
    return _needed_day(text).isoformat()


def _text(text: str, _unit: str) -> str:
    return text


_KINDS: Mapping[FieldKind, Callable[[str, str], str]] = MappingProxyType(
    {
        FieldKind.MONEY: _money,
        FieldKind.NUMBER: _count,
        FieldKind.PERCENT: _share,
        FieldKind.PHONE: _phone,
        FieldKind.ADDRESS: _address,
        FieldKind.HOURS: _hours,
        FieldKind.DATE: _date,
        FieldKind.TEXT: _text,
    }
)


def _source(text: str) -> str:
    source = _short(tidy(text), SOURCE_CHARACTERS_MAX)
    if len(source) < SOURCE_CHARACTERS_MIN:
        raise ValueRefused(ValueProblem.SOURCE_MISSING)
    return source


def _needed_day(text: str) -> date:
    day = _day(text)
    if day is None:
        raise ValueRefused(ValueProblem.DAY_MISSING)
    return day


def _day(text: str) -> date | None:
    plain = tidy(text)
    if not plain:
        return None
    found = DAY.fullmatch(plain)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueRefused(ValueProblem.NOT_A_DAY)
    return day


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueRefused(ValueProblem.TOO_LONG)
    return text


def contradictions(entry: Entry, today: date) -> list[Flaw]:
    """Days that do not go together."""
    flaws = []
    if entry.valid_to is not None and entry.valid_to < entry.valid_from:
        flaws.append(Flaw("valid_to", ValueProblem.ENDS_BEFORE_START))
    if entry.review_by is None:
        return flaws
    if entry.review_by < today:
        flaws.append(Flaw("review_by", ValueProblem.REVIEW_PAST))
    elif entry.review_by < entry.valid_from:
        flaws.append(Flaw("review_by", ValueProblem.REVIEW_BEFORE_START))
    elif entry.review_by.year - max(today, entry.valid_from).year > REVIEW_YEARS_MAX:
        flaws.append(Flaw("review_by", ValueProblem.REVIEW_TOO_LATE))
    return flaws
