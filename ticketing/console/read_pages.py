"""Who read what: of one ticket, and of everyone by person, day and outcome."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, FastAPI
from starlette.responses import Response

from ticketing.console.gate import needs
from ticketing.console.typed import DIGITS_MAX
from ticketing.console.visit import ID_MAX, Visit, Visited
from ticketing.domain.clock import BEIJING
from ticketing.domain.reads import Outcome, ReadSearch
from ticketing.services.reads import VIEW_READS

#: The outcomes a person chooses from; what is not there is found with what was refused.
OUTCOMES = (Outcome.REFUSED, Outcome.SHOWN, Outcome.MASKED)


@dataclass(frozen=True, slots=True)
class Form:
    """What is looked for, as the address says it; a field that says nothing sensible counts as empty."""

    staff: str = ""
    since: str = ""
    until: str = ""
    outcome: str = ""
    ticket: str = ""
    before: int = 0

    def search(self) -> ReadSearch:
        """What is asked of the records."""
        until = start_of(self.until)
        is_id = self.staff.isascii() and self.staff.isdigit() and len(self.staff) <= DIGITS_MAX
        return ReadSearch(
            staff_id=int(self.staff) if is_id else None,
            from_at=start_of(self.since),
            until_at=None if until is None else until + timedelta(days=1),
            outcome=Outcome(self.outcome) if self.outcome in OUTCOMES else None,
            ticket=self.ticket.strip().upper() or None,
            before_id=page_before(self.before),
        )

    def query(self, *, before: int) -> str:
        """The address's query for another page of the same."""
        return urlencode({**asdict(self), "before": before})


#: The address's query; FastAPI reads it into the fields by their names.
Asked = Annotated[Form, Depends()]


def add_read_pages(app: FastAPI) -> None:
    """Register both lists."""
    app.add_api_route("/tickets/{number}/readers", readers, methods=["GET"])
    app.add_api_route("/reads", reads, methods=["GET"])


@needs(VIEW_READS)
def readers(number: str, visit: Visited, before: int = 0) -> Response:
    """Who read one ticket, newest first."""
    found = visit.runtime.reads.of_ticket(visit.actor, number, before_id=page_before(before))
    return visit.page("readers.html", number=number, found=found, basis=basis(visit))


@needs(VIEW_READS)
def reads(visit: Visited, asked: Asked) -> Response:
    """Everything, or what fits the form."""
    found = visit.runtime.reads.find(visit.actor, asked.search())
    return visit.page(
        "reads.html",
        asked=asked,
        found=found,
        more=asked.query(before=found.next_before_id) if found.next_before_id else "",
        members=visit.runtime.reads.people(visit.actor),
        outcomes=OUTCOMES,
        basis=basis(visit),
    )


def start_of(day: str) -> datetime | None:
    """The first instant of a day in Beijing; None for no day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), BEIJING)
    except ValueError:
        return None


def page_before(before: int) -> int | None:
    """Where a page begins, as the address says it."""
    return before if 0 < before <= ID_MAX else None


def basis(visit: Visit) -> str:
    """How long records are kept, and why."""
    return visit.runtime.office.care.reads.basis
