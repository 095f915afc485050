"""What somebody typed, taken for an answer to the present question of a check."""

import re
from datetime import date, timedelta

from ticketing.domain.eligibility import Kind, Question
from ticketing.texts import Texts

_DIGITS = re.compile(r"\d{1,3}")
#: Year (or none), month, day, with anything between them.
_DAY = re.compile(r"(?:(\d{4})\D{1,2})?(\d{1,2})\D{1,2}(\d{1,2})\D?")
#: Nobody has paid for longer, nor draws a pension for longer.
YEARS_MAX = 80
#: A day farther off than this is a slip.
DAYS_BACK_MAX, DAYS_AHEAD_MAX = 60, 366


def plain(text: str) -> str:
    """Letters and digits only, so that a tap and a typed message are one thing."""
    return "".join(filter(str.isalnum, text))


class Spoken:
    """Reads answers as residents write them."""

    def __init__(self, texts: Texts) -> None:
        """With the numerals of ``texts``."""
        self._numerals = texts.get("eligibility.numerals")
        self._ten = texts.get("eligibility.ten")

    def value(self, question: Question, text: str, *, said: str, today: date) -> str | None:
        """What the table or the computation takes for the answer; None when it is none."""
        if question.kind is Kind.YEARS:
            return self._years(text)
        tapped = next((one for one in question.options if plain(one.text) == plain(text)), None)
        if question.kind is Kind.DAY:
            day = _day(text, today) if tapped is None else today + timedelta(days=tapped.days)
            return None if day is None else day.isoformat()
        meant = next((one for one in question.options if said and one.said == said), None)
        option = tapped or meant
        return None if option is None else option.key

    def _years(self, text: str) -> str | None:
        """A whole number of years, in digits or in words."""
        found = _DIGITS.findall(text)
        years = int(found[0]) if len(found) == 1 else self._in_words(text)
        return str(years) if years is not None and 0 <= years <= YEARS_MAX else None

    def _in_words(self, text: str) -> int | None:
        """Up to ninety-nine, as in 二十三 or 十五."""
        written = [one for one in text if one in self._numerals or one == self._ten]
        if not written or len(written) > len("999"):
            return None
        tens, ten, ones = "".join(written).partition(self._ten)
        if not ten:
            return self._digit(tens)
        return 10 * (self._digit(tens) or 1) + (self._digit(ones) or 0)

    def _digit(self, text: str) -> int | None:
        return self._numerals.index(text) if len(text) == 1 else None


def _day(text: str, today: date) -> date | None:
    """A day near today; one without a year is the next such day."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        day = date(int(found[1] or today.year), int(found[2]), int(found[3]))
        if found[1] is None and day < today:
            day = day.replace(year=today.year + 1)
    except ValueError:
        return None
    earliest, latest = today - timedelta(days=DAYS_BACK_MAX), today + timedelta(days=DAYS_AHEAD_MAX)
    return day if earliest <= day <= latest else None
