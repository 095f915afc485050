"""Sees the figures in a sentence: money, days, ages, shares, dates, phone numbers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: Service numbers of five or six digits, mobile numbers, landlines with area code.
PHONE = re.compile(r"(?<!\d)(?:12\d{3}|9[56]\d{3,4}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Figures:
    """What counts as a figure; numbers of the phone directory do not."""

    listed: frozenset[str]
    #: A numeral in words before a unit.
    spoken: re.Pattern[str]

    @classmethod
    def of(cls, words: Mapping[str, str], listed: Mapping[str, object]) -> "Figures":
        """From the words for numerals and units, and the phone directory."""
        pattern = f"[{words['numerals']}]+(?:{words['units']})" if words else "(?!)"
        return cls(frozenset(listed), re.compile(pattern))

    def in_text(self, text: str) -> bool:
        """Whether the text states a figure."""
        numbers = [number for number in DIGITS.findall(text) if number not in self.listed]
        return bool(numbers) or self.spoken.search(text) is not None

    def unlisted_phones(self, text: str) -> Iterator[str]:
        """Phone numbers that are not in the directory."""
        return (number for number in PHONE.findall(text) if number not in self.listed)
