"""Everything that must balance at the end of a run, read from the rows themselves."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import create_engine, text

from tests.simulation.figures import months_of
from tests.simulation.life import Life
from ticketing.bootstrap import Runtime
from ticketing.domain.lifecycle import OPEN, WORKING

#: A ticket that waits this much longer than it may has been forgotten by the ladder.
FORGOTTEN_AFTER = timedelta(days=5)
#: Every ticket of the house, whether the simulation knows it or not.
TICKETS = text(
    """
    select t.number, t.status, t.unit, t.category, t.level, t.assignee_id, t.accept_by_at, t.escalate_at,
           (select e.kind from ticket_events e where e.ticket_id = t.id order by e.id limit 1) as first_event,
           (select count(*) from ticket_clocks c where c.ticket_id = t.id and c.ended_at is null
              and c.name = 'resolve') as resolve_clocks
      from tickets t order by t.id
    """
)


def faults(life: Life, runtime: Runtime, *, first: date, last: date) -> Iterator[str]:
    """Whatever does not balance; nothing in a good run."""
    tally = life.tally
    answered = tally.answered_by_telephone + tally.answered_in_writing
    if tally.requests != answered + tally.tickets:
        yield f"{tally.requests} requests, but {answered} answered and {tally.tickets} tickets"
    opened = 0
    for month, counts in months_of(runtime, life.supervisor, first, last):
        opened += counts.opened
        if not counts.is_balanced:
            yield f"{month}: opened is not counted, merged, refused and withdrawn together"
    if opened != tally.tickets or opened != runtime.reporting.figures().total:
        yield f"{tally.tickets} tickets were opened, the notices have {opened}"
    if tally.parted_wrong:
        yield f"{tally.parted_wrong} tickets had another deadline after a merge was undone"
    yield from _of_tickets(life, runtime)


def _of_tickets(life: Life, runtime: Runtime) -> Iterator[str]:
    engine = create_engine(runtime.settings.database_url)
    with engine.connect() as connection:
        rows = connection.execute(TICKETS).mappings().all()
    engine.dispose()
    if {row["number"] for row in rows} != set(life.cases):
        yield "the house has other tickets than were opened"
    now = runtime.clock.now()
    for row in rows:
        number, status = row["number"], row["status"]
        if status in WORKING and row["assignee_id"] is None:
            yield f"{number} is worked on by nobody"
        if status in OPEN and not runtime.office.knows_unit(row["unit"]):
            yield f"{number} is with no unit"
        if row["first_event"] != "opened":
            yield f"{number} has no beginning"
        if row["resolve_clocks"] != 1:
            yield f"{number} has {row['resolve_clocks']} clocks for its settling"
        if status == "dispatched" and row["escalate_at"] and now - row["escalate_at"] > FORGOTTEN_AFTER:
            yield f"{number} waits and was never handed up"
