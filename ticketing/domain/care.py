"""All that the city may set about the work around a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ticketing.domain.casework import Form
from ticketing.domain.child_guard import ChildRules
from ticketing.domain.data_rows import row
from ticketing.domain.repeats import RepeatRules


@dataclass(frozen=True, slots=True)
class ClosingRules:
    """What happens around the end of a ticket."""

    #: How soon the resident is called back, by someone other than the one who did the work.
    call_back_within: timedelta
    #: How soon a call nobody answered is returned.
    missed_call_within: timedelta

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "ClosingRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "closing.yml")
        return cls(
            call_back_within=timedelta(hours=rules.number("call_back_within_hours")),
            missed_call_within=timedelta(minutes=rules.number("missed_call_minutes")),
        )


@dataclass(frozen=True, slots=True)
class Care:
    """The rules of all data files of the folder ``care``."""

    children: ChildRules
    forms: Mapping[str, Form]
    closing: ClosingRules
    repeats: RepeatRules
