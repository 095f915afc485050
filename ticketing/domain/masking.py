"""What tells who somebody is, taken out of a text before it is shown to others or learned from."""

import re
from dataclasses import dataclass

from ticketing.domain.data_rows import Row
from ticketing.domain.errors import DataFault


@dataclass(frozen=True, slots=True)
class Masking:
    """Patterns of a data file, and what stands in their place."""

    #: Pattern → replacement, which may keep a group.
    patterns: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def from_row(cls, data: Row) -> "Masking":
        """Read ``mask`` and ``patterns``; raises DataFault for a pattern that is none."""
        mask = data.text("mask")
        return cls(
            tuple(
                (_compiled(one), f"{one.text('before', '')}{mask}{one.text('after', '')}")
                for one in data.rows("patterns")
            )
        )

    def masked(self, text: str) -> str:
        """``text`` without what the patterns find; idempotent.

        It rather takes out too much. A name that nothing announces stays: no list of names is complete.
        """
        for pattern, replacement in self.patterns:
            text = pattern.sub(replacement, text)
        return text


def _compiled(one: Row) -> re.Pattern[str]:
    try:
        return re.compile(one.text("find"))
    except re.error as error:
        raise DataFault(detail=f"{one.where}: {error}") from error
