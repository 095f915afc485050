"""Sees the figures in a sentence: money, days, ages, shares, dates, phone numbers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ticketing.knowledge.quoting import PLACE

#: Service numbers of five or six digits, mobile numbers, landlines with area code.
PHONE = re.compile(r"(?<!\d)(?:12\d{3}|9[56]\d{3,4}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Figures:
    """What counts as a figure; numbers of the phone directory do not."""

    listed: frozenset[str]
    #: A numeral in words before a unit.
    spoken: re.Pattern[str]
    #: Words that look like a figure and are none.
    prose: re.Pattern[str]

    @classmethod
    def of(
        cls, words: Mapping[str, str], listed: Mapping[str, object], prose: Iterable[str] = ()
    ) -> "Figures":
        """From the words for numerals and units, the phone directory and the allowed words."""
        pattern = f"[{words['numerals']}]+(?:{words['units']})" if words else "(?!)"
        allowed = "|".join(re.escape(one) for one in sorted(prose, key=len, reverse=True))
        return cls(frozenset(listed), re.compile(pattern), re.compile(allowed or "(?!)"))

    def in_text(self, text: str) -> bool:
        """Whether the text states a figure."""
        return any(True for _ in self.written(text))

    def written(self, template: str) -> Iterator[str]:
        """Figures that stand in a sentence as words or digits, not as the name of a value."""
        rest = self.prose.sub(" ", PLACE.sub(" ", template))
        yield from (number for number in DIGITS.findall(rest) if number not in self.listed)
        yield from (found[0] for found in self.spoken.finditer(rest))

    def unlisted_phones(self, text: str) -> Iterator[str]:
        """Phone numbers that are not in the directory."""
        return (number for number in PHONE.findall(text) if number not in self.listed)
