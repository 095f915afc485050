"""What a run shows: figures as data, their digest, and everything that must balance."""

import hashlib
import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from tests.simulation.life import Case, Life
from ticketing.bootstrap import Runtime
from ticketing.domain.lifecycle import OPEN, WORKING
from ticketing.domain.month import Counts, Month, Rate
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The same seed gives the same figures."""

    requests: int
    answered_by_telephone: int
    answered_in_writing: int
    tickets: int
    child_cases: int
    child_unclaimed_minutes_median: float
    child_unclaimed_minutes_max: float
    escalated_to: dict[str, int]
    late: int
    returned: int
    reopened: int
    merged: int
    proposals_right: int
    proposals_wrong: int
    repeats_compared: int
    repeats_found: int
    #: By month: total, settled in time, late, open, dissatisfied.
    months: dict[str, tuple[int, int, int, int, int]]
    #: Per cent over all months, with both numbers.
    rates: dict[str, str]

    @property
    def digest(self) -> str:
        """Short name of these figures."""
        told = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def figures_of(life: Life, runtime: Runtime, *, first: date, last: date) -> Figures:
    """Figures of a run over the months from ``first`` to ``last``."""
    months = {str(month): counts for month, counts in _months(runtime, life.supervisor, first, last)}
    waited = [_waited_min(case, runtime.clock.now()) for case in life.cases.values() if is_childs(case)]
    tally = life.tally
    return Figures(
        requests=tally.requests,
        answered_by_telephone=tally.answered_by_telephone,
        answered_in_writing=tally.answered_in_writing,
        tickets=tally.tickets,
        child_cases=len(waited),
        child_unclaimed_minutes_median=round(statistics.median(waited), 1) if waited else 0.0,
        child_unclaimed_minutes_max=round(max(waited, default=0.0), 1),
        escalated_to=dict(sorted(tally.escalated_to.items())),
        late=sum(one.closed - one.on_time for one in months.values()),
        returned=tally.returned,
        reopened=tally.reopened,
        merged=tally.merged,
        proposals_right=tally.proposals_right,
        proposals_wrong=tally.proposals_wrong,
        repeats_compared=tally.repeats_compared,
        repeats_found=tally.repeats_found,
        months={name: _told(counts) for name, counts in months.items()},
        rates=_rates(list(months.values())),
    )


def faults(life: Life, runtime: Runtime, *, first: date, last: date) -> Iterator[str]:
    """Whatever does not balance; nothing in a good run."""
    tally, boss = life.tally, life.supervisor
    answered = tally.answered_by_telephone + tally.answered_in_writing
    if tally.requests != answered + tally.tickets:
        yield f"{tally.requests} requests, but {answered} answered and {tally.tickets} tickets"
    opened = 0
    for month, counts in _months(runtime, boss, first, last):
        opened += counts.opened
        if not counts.is_balanced:
            yield f"{month}: opened is not counted, merged, refused and withdrawn together"
    if opened != tally.tickets or opened != runtime.reporting.figures().total:
        yield f"{tally.tickets} tickets were opened, the notices have {opened}"
    for number in life.cases:
        detail = runtime.tickets.get(boss, number)
        yield from _orphan(detail.ticket, runtime)
        if not detail.events or detail.events[0].kind != "opened":
            yield f"{number} has no beginning"


def _orphan(ticket: TicketView, runtime: Runtime) -> Iterator[str]:
    if ticket.status in WORKING and ticket.assignee_id is None:
        yield f"{ticket.number} is worked on by nobody"
    if ticket.status in OPEN and not runtime.office.knows_unit(ticket.unit):
        yield f"{ticket.number} is with no unit"
    accept_by = ticket.accept_by_at
    at_top = runtime.catalogue.parent(ticket.unit, ticket.category) is None
    waits_too_long = accept_by is not None and runtime.clock.now() - accept_by > timedelta(days=5)
    if ticket.status == "dispatched" and waits_too_long and not at_top and ticket.level == 0:
        yield f"{ticket.number} waits and was never handed up"


def is_childs(case: Case) -> bool:
    """Whether it is about a child."""
    return case.matter.category is Category.CHILD_PROTECTION


def _waited_min(case: Case, now: datetime) -> float:
    return ((case.first_claimed_at or now) - case.opened_at).total_seconds() / MINUTE_S


def _months(runtime: Runtime, boss: Actor, first: date, last: date) -> Iterator[tuple[Month, Counts]]:
    month = Month(first.year, first.month)
    while month <= Month(last.year, last.month):
        yield month, runtime.monthly.report(boss, month).total
        month = month.plus(1)


def _told(counts: Counts) -> tuple[int, int, int, int, int]:
    return (
        counts.total,
        counts.on_time,
        counts.closed - counts.on_time,
        counts.total - counts.closed,
        counts.dissatisfied,
    )


def _rates(months: list[Counts]) -> dict[str, str]:
    def rate(part: str, whole: str) -> str:
        found = Rate(sum(getattr(one, part) for one in months), sum(getattr(one, whole) for one in months))
        return f"{found.percent}% ({found.part}/{found.whole})"

    return {
        "responded": rate("contacted_in_time", "contact_due"),
        "resolved": rate("said_resolved", "asked_resolved"),
        "content": rate("satisfied", "rated"),
        "closed at month's end": rate("closed", "total"),
    }


def markdown(figures: Figures) -> str:
    """The figures as a table."""
    rows = [
        f"| {name.replace('_', ' ')} | {value} |"
        for name, value in asdict(figures).items()
        if not isinstance(value, dict)
    ]
    rows += [f"| escalated to {level} | {count} |" for level, count in figures.escalated_to.items()]
    rows += [f"| rate: {name} | {value} |" for name, value in figures.rates.items()]
    months = [
        f"| {name} | {' | '.join(map(str, counts))} |" for name, counts in sorted(figures.months.items())
    ]
    head = (
        "| month | total | in time | late | open at its end | dissatisfied |\n|---|---:|---:|---:|---:|---:|"
    )
    return "\n".join(["| figure | value |", "|---|---:|", *rows, "", head, *months, ""])
