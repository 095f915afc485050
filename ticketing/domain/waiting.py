"""Residents who wait for a person: who is told of it and when, the second time a level higher."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from ticketing.domain.data_rows import row
from ticketing.domain.errors import DataFault


class Level(IntEnum):
    """Who is told."""

    #: Whoever answers: the operators, or who has taken the conversation.
    OPERATORS = 1
    SUPERVISORS = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """One resident who waits."""

    conversation_id: str
    #: Since when; with the conversation it names this waiting: answered and waiting again is another one.
    since_at: datetime
    #: The person of staff who has the conversation; None: nobody.
    handler_id: int | None
    #: Somebody may be in danger.
    at_risk: bool
    #: A person of staff has looked at it since.
    opened: bool
    #: A person was asked for and has not said a word yet; False: he has, and the resident wrote again.
    unanswered: bool = True
    #: Who was told already.
    told: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class WaitingRules:
    """What the city may set; every span counts from the beginning of the waiting."""

    first_after: timedelta
    again_after: timedelta
    again_after_at_risk: timedelta
    #: Opened, and still not answered.
    unanswered_after: timedelta

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "WaitingRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "waiting.yml")
        found = cls(
            *(
                timedelta(minutes=rules.number(f"{name}_minutes{which}"))
                for name, which in (
                    ("first_after", ""),
                    ("again_after", ""),
                    ("again_after", "_at_risk"),
                    ("unanswered_after", ""),
                )
            )
        )
        if not found.first_after < found.again_after_at_risk <= found.again_after < found.unanswered_after:
            raise DataFault(detail="waiting.yml: each time must be later than the one before")
        return found

    def due(self, one: Waiting, level: Level) -> datetime | None:
        """When the level is to be told; None: not at all.

        Who has taken a conversation and opened the new message needs nobody to tell him that it is there.
        """
        is_seen = one.handler_id is not None and one.opened
        if is_seen and (level is Level.OPERATORS or not one.unanswered):
            return None
        if level is Level.OPERATORS:
            return one.since_at + self.first_after
        if one.opened:
            return one.since_at + self.unanswered_after
        return one.since_at + (self.again_after_at_risk if one.at_risk else self.again_after)
