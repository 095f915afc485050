"""Clocks of tickets, their pauses, and the time added to them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from ticketing.domain.deadlines import ClockName, SetClock
from ticketing.domain.running import ClockView, ExtensionView, PauseView, Running, TimeSheet
from ticketing.domain.spans import Pause, ReckoningStep, Span, SpanUnit, StepKind
from ticketing.storage.clock_tables import ClockExtensionRecord, TicketClockRecord, TicketPauseRecord
from ticketing.storage.tables import StaffRecord


class Clocks:
    """Reads and writes clocks inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def current(self, ticket_id: int) -> Mapping[ClockName, TicketClockRecord]:
        """The clocks that hold now, met ones included."""
        return self.current_of([ticket_id])[ticket_id]

    def current_of(self, ticket_ids: Collection[int]) -> Mapping[int, Mapping[ClockName, TicketClockRecord]]:
        """The same of several tickets, in one statement."""
        rows = self._session.scalars(
            select(TicketClockRecord).where(
                TicketClockRecord.ticket_id.in_(ticket_ids), TicketClockRecord.ended_at.is_(None)
            )
        )
        found: dict[int, dict[ClockName, TicketClockRecord]] = {one: {} for one in ticket_ids}
        for row in rows:
            found[row.ticket_id][ClockName(row.name)] = row
        return found

    def start(
        self, ticket_id: int, clocks: Iterable[SetClock], met: Mapping[ClockName, datetime | None]
    ) -> None:
        """Write clocks; ``met`` names those whose wait is over already."""
        self._session.add_all(record_of(ticket_id, clock, met.get(clock.name)) for clock in clocks)
        self._session.flush()

    def end(self, ticket_id: int, names: frozenset[ClockName], now: datetime) -> None:
        """Let the present clocks of these names hold no longer."""
        self._session.execute(
            update(TicketClockRecord)
            .where(
                TicketClockRecord.ticket_id == ticket_id,
                TicketClockRecord.name.in_(names),
                TicketClockRecord.ended_at.is_(None),
            )
            .values(ended_at=now)
        )

    def meet(self, ticket_id: int, names: frozenset[ClockName], at: datetime) -> None:
        """Note that what these clocks wait for happened; the first time counts."""
        self._session.execute(
            update(TicketClockRecord)
            .where(
                TicketClockRecord.ticket_id == ticket_id,
                TicketClockRecord.name.in_(names),
                TicketClockRecord.ended_at.is_(None),
                TicketClockRecord.met_at.is_(None),
            )
            .values(met_at=at)
        )

    def pauses(self, ticket_id: int) -> tuple[Pause, ...]:
        """All pauses of a ticket, oldest first."""
        return self.pauses_of([ticket_id])[ticket_id]

    def pauses_of(self, ticket_ids: Collection[int]) -> Mapping[int, tuple[Pause, ...]]:
        """The same of several tickets, in one statement."""
        rows = self._session.execute(
            select(TicketPauseRecord.ticket_id, TicketPauseRecord.from_at, TicketPauseRecord.to_at)
            .where(TicketPauseRecord.ticket_id.in_(ticket_ids))
            .order_by(TicketPauseRecord.id)
        )
        found: dict[int, list[Pause]] = {one: [] for one in ticket_ids}
        for ticket_id, from_at, to_at in rows:
            found[ticket_id].append(Pause(from_at, to_at))
        return {ticket_id: tuple(pauses) for ticket_id, pauses in found.items()}

    def open_pause(self, ticket_id: int) -> TicketPauseRecord | None:
        """The pause that is going on."""
        return self._session.scalar(
            select(TicketPauseRecord).where(
                TicketPauseRecord.ticket_id == ticket_id, TicketPauseRecord.to_at.is_(None)
            )
        )

    def add_pause(self, ticket_id: int, reason: str, *, by: int, at: datetime) -> None:
        """Begin a pause."""
        self._session.add(TicketPauseRecord(ticket_id=ticket_id, from_at=at, reason=reason, started_by=by))

    def more_of(self, ticket_ids: Collection[int]) -> Mapping[int, Mapping[ClockName, Sequence[Span]]]:
        """Approved time of each ticket by clock, in the order it was given."""
        added = ClockExtensionRecord
        rows = self._session.execute(
            select(added.ticket_id, added.clock, added.amount, added.unit)
            .where(added.ticket_id.in_(ticket_ids), added.approved.is_(True), added.spent_at.is_(None))
            .order_by(added.decided_at, added.id)
        )
        found: dict[int, dict[ClockName, list[Span]]] = {one: {} for one in ticket_ids}
        for ticket_id, clock, amount, unit in rows:
            found[ticket_id].setdefault(ClockName(clock), []).append(Span(amount, SpanUnit(unit)))
        return found

    def ask_more(self, request: ClockExtensionRecord) -> None:
        """Write down that more time is asked for."""
        self._session.add(request)

    def request(self, ticket_id: int, request_id: int) -> ClockExtensionRecord | None:
        """One undecided request of a ticket, locked until the transaction ends."""
        return self._session.scalar(
            select(ClockExtensionRecord)
            .where(
                ClockExtensionRecord.id == request_id,
                ClockExtensionRecord.ticket_id == ticket_id,
                ClockExtensionRecord.decided_by.is_(None),
            )
            .with_for_update()
        )

    def spend_more(self, ticket_id: int, now: datetime) -> None:
        """Let no time added so far count any longer."""
        self._session.execute(
            update(ClockExtensionRecord)
            .where(ClockExtensionRecord.ticket_id == ticket_id, ClockExtensionRecord.spent_at.is_(None))
            .values(spent_at=now)
        )

    def sheet(self, ticket_id: int) -> TimeSheet:
        """All that is known about the clocks of a ticket, for its page."""
        order = list(ClockName)
        clocks = sorted(self.current(ticket_id).values(), key=lambda row: order.index(ClockName(row.name)))
        return TimeSheet(
            clocks=tuple(view_of(row) for row in clocks),
            pauses=self._pause_views(ticket_id),
            extensions=self._extension_views(ticket_id),
        )

    def _pause_views(self, ticket_id: int) -> tuple[PauseView, ...]:
        starter, ender = aliased(StaffRecord), aliased(StaffRecord)
        rows = self._session.execute(
            select(TicketPauseRecord, starter.name, ender.name)
            .join(starter, starter.id == TicketPauseRecord.started_by)
            .outerjoin(ender, ender.id == TicketPauseRecord.ended_by)
            .where(TicketPauseRecord.ticket_id == ticket_id)
            .order_by(TicketPauseRecord.id)
        ).all()
        return tuple(PauseView(row.from_at, row.to_at, row.reason, by, ended) for row, by, ended in rows)

    def _extension_views(self, ticket_id: int) -> tuple[ExtensionView, ...]:
        asker, decider = aliased(StaffRecord), aliased(StaffRecord)
        rows = self._session.execute(
            select(ClockExtensionRecord, asker.name, decider.name)
            .join(asker, asker.id == ClockExtensionRecord.asked_by)
            .outerjoin(decider, decider.id == ClockExtensionRecord.decided_by)
            .where(ClockExtensionRecord.ticket_id == ticket_id)
            .order_by(ClockExtensionRecord.id)
        ).all()
        return tuple(extension_of(row, asked, decided) for row, asked, decided in rows)


def record_of(ticket_id: int, clock: SetClock, met_at: datetime | None) -> TicketClockRecord:
    """A clock as a row."""
    return TicketClockRecord(
        ticket_id=ticket_id,
        name=clock.name.value,
        amount=clock.span.amount,
        unit=clock.span.unit.value,
        rule=clock.rule,
        basis=clock.basis,
        source=clock.source,
        calendar_version=clock.calendar_version,
        started_at=clock.started_at,
        due_at=clock.due_at,
        steps=steps_of(clock),
        met_at=met_at,
    )


def write_again(row: TicketClockRecord, clock: SetClock) -> None:
    """Put a new reckoning into a row."""
    row.due_at, row.calendar_version, row.steps = clock.due_at, clock.calendar_version, steps_of(clock)


def steps_of(clock: SetClock) -> list[dict[str, str]]:
    """The steps as JSON."""
    return [{"kind": step.kind.value, "at": step.at, "until": step.until} for step in clock.reckoning.steps]


def running_of(row: TicketClockRecord) -> Running:
    """A row as the clock that was set."""
    span = Span(row.amount, SpanUnit(row.unit))
    return Running(ClockName(row.name), span, row.started_at, row.rule, row.basis, row.source)


def view_of(row: TicketClockRecord) -> ClockView:
    """A row as people see it."""
    return ClockView(
        name=ClockName(row.name),
        span=Span(row.amount, SpanUnit(row.unit)),
        started_at=row.started_at,
        due_at=row.due_at,
        met_at=row.met_at,
        basis=row.basis,
        source=row.source,
        calendar_version=row.calendar_version,
        steps=tuple(ReckoningStep(StepKind(one["kind"]), one["at"], one["until"]) for one in row.steps),
    )


def extension_of(row: ClockExtensionRecord, asked_by: str, decided_by: str | None) -> ExtensionView:
    """A row as people see it."""
    return ExtensionView(
        id=row.id,
        clock=ClockName(row.clock),
        more=Span(row.amount, SpanUnit(row.unit)),
        reason=row.reason,
        asked_by_id=row.asked_by,
        asked_by=asked_by,
        asked_at=row.asked_at,
        decided_by=decided_by,
        decided_at=row.decided_at,
        approved=row.approved,
        decision=row.decision,
    )
