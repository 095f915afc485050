"""Setting and re-reckoning the clocks of a ticket: one place, always inside the caller's transaction.

A clock is reckoned anew from what was set: the rule it began under, its start, the pauses, the time that was
added, and the clocks of tickets merged into it. So nothing that is undone leaves a trace in a deadline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ticketing.domain.deadlines import FROM_INTAKE, ClockName, SetClock, earliest, in_order, rule_for
from ticketing.domain.lifecycle import OPEN, Status
from ticketing.domain.running import Running
from ticketing.domain.spans import Pause, Span
from ticketing.domain.tasks import TaskKind
from ticketing.domain.vocabulary import Category, Risk
from ticketing.services.office import Office
from ticketing.storage.clock_tables import TicketClockRecord
from ticketing.storage.clocks import running_of, write_again
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

INTAKE = frozenset(FROM_INTAKE)


def set_clocks(office: Office, work: Work, record: TicketRecord) -> tuple[SetClock, ...]:
    """Set the clocks from intake by the rules of today; what was paused or reached already stays so."""
    rule = rule_for(Category(record.category), Risk(record.risk), office.clock_rules)
    pauses = work.clocks.pauses(record.id)
    clocks = in_order(
        Running.of(rule, name, record.clocks_from_at).reckoned(office.worktime, pauses=pauses)
        for name in FROM_INTAKE
    )
    before = work.clocks.current(record.id)
    met = {name: row.met_at for name, row in before.items() if row.started_at == record.clocks_from_at}
    if before:
        work.clocks.end(record.id, INTAKE, office.clock.now())
    work.clocks.start(record.id, clocks, met)
    show(record, clocks)
    return clocks


def reckon_again(office: Office, work: Work, record: TicketRecord) -> None:
    """Reckon every clock of a ticket anew from what was set, and show the ends on the ticket.

    However many were merged into it, what they set is read at once: of a storm's outage the hundredth
    repeat must not take a hundred times as long as the first.
    """
    parts = work.repeats.merged_into(record.id)
    kept = _Kept.of(office, work, (record, *parts))
    own = kept.reckoned(office, record)
    merged = [kept.reckoned(office, one) for one in parts]
    clocks = [
        earliest(own[name], [other[name] for other in merged if name in other])
        for name in FROM_INTAKE
        if name in own
    ]
    shown = (*clocks, *(clock for name, clock in own.items() if name not in INTAKE))
    for clock in shown:
        write_again(kept.rows[record.id][clock.name], clock)
    show(record, shown)


def start_clock(office: Office, work: Work, record: TicketRecord, name: ClockName) -> None:
    """Let a clock begin now, in place of an earlier one of its name."""
    now = office.clock.now()
    rule = rule_for(Category(record.category), Risk(record.risk), office.clock_rules)
    pauses = work.clocks.pauses(record.id)
    clock = Running.of(rule, name, now).reckoned(office.worktime, pauses=pauses)
    work.clocks.end(record.id, frozenset({name}), now)
    work.clocks.start(record.id, [clock], {})


def end_pause(office: Office, work: Work, record: TicketRecord, *, by: int | None) -> bool:
    """End the pause that is going on; whether there was one."""
    pause = work.clocks.open_pause(record.id)
    if pause is None:
        return False
    now = office.clock.now()
    pause.to_at, pause.ended_by = now, by
    work.tickets.add_event(record.id, Event("resumed", now, by))
    return True


def waits_for_answer(office: Office, work: Work, record: TicketRecord) -> None:
    """The resident wrote: from now on an answer is due, unless one is due already.

    While the first contact is still to be made its own clock holds and is never overruled.
    """
    clocks = work.clocks.current(record.id)
    first, waiting = clocks.get(ClockName.FIRST_CONTACT), clocks.get(ClockName.RESPONSE)
    is_due = waiting is not None and waiting.met_at is None
    if Status(record.status) not in OPEN or first is None or first.met_at is None or is_due:
        return
    start_clock(office, work, record, ClockName.RESPONSE)
    clock = work.clocks.current(record.id)[ClockName.RESPONSE]
    now = office.clock.now()
    task = NewTask(
        kind=TaskKind.ANSWER,
        unit=record.unit,
        due_at=clock.due_at or now,
        ticket_id=record.id,
        assignee_id=record.assignee_id,
        dedupe_key=f"answer:{clock.id}",
    )
    work.tasks.add(task, now)


def answered(office: Office, work: Work, record: TicketRecord) -> None:
    """The resident has been reached: neither the first contact nor an answer is waited for any longer."""
    now = office.clock.now()
    work.clocks.meet(record.id, frozenset({ClockName.FIRST_CONTACT, ClockName.RESPONSE}), now)
    work.tasks.cancel(record.id, frozenset({TaskKind.ANSWER}), now)


def show(record: TicketRecord, clocks: Sequence[SetClock]) -> None:
    """Put the ends where lists and pages read them."""
    due: Mapping[ClockName, datetime | None] = {clock.name: clock.due_at for clock in clocks}
    record.accept_by_at = due.get(ClockName.ACCEPT, record.accept_by_at)
    record.first_contact_by_at = due.get(ClockName.FIRST_CONTACT, record.first_contact_by_at)
    record.resolve_by_at = due.get(ClockName.RESOLVE, record.resolve_by_at)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was set and what happened to it, by ticket."""

    rows: Mapping[int, Mapping[ClockName, TicketClockRecord]]
    pauses: Mapping[int, tuple[Pause, ...]]
    more: Mapping[int, Mapping[ClockName, Sequence[Span]]]

    @classmethod
    def of(cls, office: Office, work: Work, records: Sequence[TicketRecord]) -> "_Kept":
        """Read in three statements; a ticket older than its clocks gets them now."""
        ids = [record.id for record in records]
        rows = work.clocks.current_of(ids)
        without = [record for record in records if not rows[record.id]]
        for record in without:
            set_clocks(office, work, record)
        return cls(
            work.clocks.current_of(ids) if without else rows,
            work.clocks.pauses_of(ids),
            work.clocks.more_of(ids),
        )

    def reckoned(self, office: Office, record: TicketRecord) -> dict[ClockName, SetClock]:
        """The clocks of one ticket by themselves."""
        pauses, more = self.pauses[record.id], self.more[record.id]
        found = {
            name: running_of(row).reckoned(office.worktime, pauses=pauses, more=more.get(name, ()))
            for name, row in self.rows[record.id].items()
        }
        ordered = in_order(found[name] for name in FROM_INTAKE if name in found)
        return {**found, **{clock.name: clock for clock in ordered}}
