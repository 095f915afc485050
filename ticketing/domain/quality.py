"""Looking at a sample of finished tickets: which ones, and what was found, by item and never by person."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketing.domain.data_rows import row
from ticketing.domain.errors import BadInput


class Verdict(StrEnum):
    """What is found of one item; the words are ``quality.verdict_<verdict>``."""

    YES = "yes"
    NO = "no"
    #: Does not come up in this ticket.
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class QualityRules:
    """What the data file says: what is looked at, and how many tickets of each unit in a month."""

    items: Mapping[str, str]
    per_unit: int

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "QualityRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "quality.yml")
        items = {one.text("slug"): one.text("text") for one in rules.rows("items")}
        return cls(items, rules.number("per_unit"))

    def checked(self, answers: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """A verdict for every item, each with its remark; BadInput names the first that is missing."""
        found = {}
        for item in self.items:
            verdict = answers.get(item, "")
            if verdict not in set(Verdict):
                raise BadInput(field=item)
            found[item] = {"verdict": verdict, "remark": answers.get(f"{item}_remark", "").strip()}
        return found


def drawn(numbers: Iterable[str], *, size: int, seed: str) -> tuple[str, ...]:
    """``size`` of the numbers, as good as by lot: the same for the same seed, whatever their order.

    Nobody can tell beforehand which ones without the seed, and anybody can draw again with it.
    """
    lots = sorted(set(numbers), key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())
    return tuple(sorted(lots[:size]))


@dataclass(frozen=True, slots=True)
class QualityView:
    """One ticket of the sample."""

    id: int
    ticket_number: str
    unit: str
    month: str
    #: Who may not look, because it is this person's own work.
    barred_id: int | None
    checked_by: str | None
    checked_at: datetime | None
    answers: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ItemFound:
    """What was found of one item over a month."""

    item: str
    text: str
    yes: int
    no: int
    not_applicable: int
    remarks: tuple[str, ...]


def found_by_item(views: Iterable[QualityView], rules: QualityRules) -> tuple[ItemFound, ...]:
    """Counts of each item over all tickets looked at; who did the work is not in it."""
    answers = [one.answers for one in views if one.checked_at is not None]
    return tuple(_found(item, text, answers) for item, text in rules.items.items())


def _found(item: str, text: str, answers: list[Mapping[str, Mapping[str, str]]]) -> ItemFound:
    told = [one[item] for one in answers if item in one]
    counts = {verdict: sum(one["verdict"] == verdict for one in told) for verdict in Verdict}
    remarks = tuple(one["remark"] for one in told if one["remark"])
    return ItemFound(
        item, text, counts[Verdict.YES], counts[Verdict.NO], counts[Verdict.NOT_APPLICABLE], remarks
    )
