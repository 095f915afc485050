"""Faults around the city's own facts."""

from dataclasses import dataclass

from ticketing.domain.errors import TicketingError
from ticketing.domain.fact_values import Flaw


class FieldNotFound(TicketingError):
    """No item declares this city field."""

    code = "field_not_found"


class EntryRefused(TicketingError):
    """An entry is not of its field's kind; every flaw is told."""

    code = "entry_refused"

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        """Keep what is wrong."""
        super().__init__(count=len(flaws))
        self.flaws = flaws


class FieldChanged(TicketingError):
    """Somebody else, ``name``, changed the field since it was opened for editing."""

    code = "field_changed"


class OwnEntry(TicketingError):
    """Nobody approves what he entered himself."""

    code = "own_entry"


class AlreadyDecided(TicketingError):
    """The entry waits no more: it was decided, or replaced by another."""

    code = "already_decided"


class NothingToUndo(TicketingError):
    """No such earlier value."""

    code = "nothing_to_undo"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a spreadsheet, and where."""

    #: Key of the sentence.
    problem: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    #: What stands there, shortened.
    found: str = ""


class SheetRefused(TicketingError):
    """A spreadsheet of which nothing was taken in; every complaint is told."""

    code = "sheet_refused"

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        """Keep what is wrong."""
        super().__init__(count=len(complaints))
        self.complaints = complaints
