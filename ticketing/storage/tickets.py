"""Tickets, their numbers and their events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Nullable,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from ticketing.domain.lifecycle import OPEN, TRANSITIONS, WAITING, Move, Status
from ticketing.domain.objections import Coordination
from ticketing.domain.ticket import Page, TicketEvent, TicketView
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.storage.search_tables import keys_of
from ticketing.storage.tables import (
    TICKET_NUMBERS,
    StaffRecord,
    TicketDayRecord,
    TicketEventRecord,
    TicketRecord,
)

PAGE_SIZE = 20
#: A list with more is told as "more than".
COUNTED_MAX = 1_000
UNIT_COUNTED_MAX = 100


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which tickets a list shows; every condition given must hold."""

    #: None: every unit.
    units: frozenset[str] | None = None
    assignee_id: int | None = None
    statuses: frozenset[Status] | None = None
    category: str | None = None
    overdue_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event to be written."""

    kind: str
    at: datetime
    actor_id: int | None = None
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class Tickets:
    """Reads and writes tickets inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session
        #: One use case looks at its ticket several times, and the owner's name stays what it is meanwhile.
        self._names: dict[int, str] = {}

    def next_number(self, day: date) -> str:
        """The day's next ticket number; nobody waits for another's transaction to have one.

        A number is never given twice. One whose transaction fails is left out, so a day may have gaps.
        """
        taken = self._taken(day)
        while taken is None:
            first = insert(TicketDayRecord).values(day=day, before=TICKET_NUMBERS.next_value())
            self._session.execute(first.on_conflict_do_nothing())
            taken = self._taken(day)
        return f"NG{day:%Y%m%d}-{taken:04d}"

    def _taken(self, day: date) -> int | None:
        """The next of the sequence, counted from where the day began; None before the day's first."""
        return self._session.scalar(
            select(TICKET_NUMBERS.next_value() - TicketDayRecord.before).where(TicketDayRecord.day == day)
        )

    def add(self, record: TicketRecord) -> TicketRecord:
        """Write a new ticket."""
        self._session.add(record)
        self._session.flush()  # events need the id
        self._session.add(keys_of(record))
        return record

    def add_event(self, ticket_id: int, event: Event) -> None:
        """Append to the ticket's history."""
        self._session.add(
            TicketEventRecord(
                ticket_id=ticket_id,
                kind=event.kind,
                at=event.at,
                actor_id=event.actor_id,
                text=event.text,
                data=dict(event.data),
            )
        )

    def by_number(self, number: str, *, locked: bool = False) -> TicketRecord | None:
        """One ticket; ``locked`` until the transaction ends."""
        query = select(TicketRecord).where(TicketRecord.number == number)
        # What was read before the lock may be old by now.
        fresh = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalar(fresh if locked else query)

    def by_id(self, ticket_id: int) -> TicketRecord | None:
        """One ticket by its internal id."""
        return self._session.get(TicketRecord, ticket_id)

    def of_conversation(
        self,
        conversation_id: str,
        *,
        categories: frozenset[Category] | None = None,
        statuses: frozenset[Status] | None = None,
        locked: bool = True,
    ) -> TicketRecord | None:
        """The newest ticket of a conversation, locked until the transaction ends unless told otherwise."""
        query = select(TicketRecord).where(TicketRecord.conversation_id == conversation_id)
        if categories is not None:
            query = query.where(TicketRecord.category.in_(categories))
        if statuses is not None:
            query = query.where(TicketRecord.status.in_(statuses))
        newest = query.order_by(TicketRecord.id.desc()).limit(1)
        return self._session.scalar(newest.with_for_update() if locked else newest)

    def newest_of(self, conversation_id: str) -> Sequence[TicketRecord]:
        """All tickets of a conversation, newest first, not locked."""
        return self._session.scalars(
            select(TicketRecord)
            .where(TicketRecord.conversation_id == conversation_id)
            .order_by(TicketRecord.id.desc())
        ).all()

    def claim(self, number: str, staff_id: int) -> TicketRecord | None:
        """Make the ticket this person's if it is still waiting: one conditional statement, None if not."""
        return self._session.scalar(
            update(TicketRecord)
            .where(TicketRecord.number == number, TicketRecord.status.in_(TRANSITIONS[Move.CLAIM][0]))
            .values(
                status=Status.CLAIMED,
                assignee_id=staff_id,
                escalate_at=None,
                responsible_unit=TicketRecord.unit,
                version=TicketRecord.version + 1,
            )
            .returning(TicketRecord)
        )

    def queue(self, wanted: QueueFilter, *, page: int, now: datetime) -> Page[TicketView]:
        """One page, most dangerous and then oldest first, in two statements whatever its length.

        The total is counted up to COUNTED_MAX: beyond, nobody turns pages and counting costs by the row.
        """
        conditions = conditions_of(wanted)
        some = select(TicketRecord.id).where(*conditions).limit(COUNTED_MAX + 1).subquery()
        total = self._session.scalar(select(func.count()).select_from(some)) or 0
        rows = self._session.execute(
            viewed()
            .where(*conditions)
            .order_by(TicketRecord.risk_rank.desc(), TicketRecord.created_at, TicketRecord.id)
            .offset((page - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        ).all()
        items = tuple(view_of(record, name, now) for record, name in rows)
        return Page(
            items=items,
            total=min(total, COUNTED_MAX),
            page=page,
            page_size=PAGE_SIZE,
            has_more=total > COUNTED_MAX,
        )

    def view(self, number: str, now: datetime) -> TicketView | None:
        """One ticket as people see it."""
        row = self._session.execute(viewed().where(TicketRecord.number == number)).one_or_none()
        return None if row is None else view_of(row[0], row[1], now)

    def view_record(self, record: TicketRecord, now: datetime) -> TicketView:
        """A ticket held in this transaction, as people see it, with changes not yet flushed."""
        self._session.flush()  # the view must show what was just changed
        name = None if record.assignee_id is None else self._name(record.assignee_id)
        return view_of(record, name, now)

    def _name(self, staff_id: int) -> str:
        if staff_id not in self._names:
            asked = select(StaffRecord.name).where(StaffRecord.id == staff_id)
            self._names[staff_id] = self._session.scalars(asked).one()
        return self._names[staff_id]

    def events(self, ticket_id: int) -> tuple[TicketEvent, ...]:
        """The ticket's history, oldest first."""
        return self.events_of([ticket_id])[ticket_id]

    def events_of(self, ticket_ids: Collection[int]) -> Mapping[int, tuple[TicketEvent, ...]]:
        """The history of each of some tickets, oldest first, in one statement however many they are."""
        rows = self._session.execute(
            select(TicketEventRecord, Nullable(StaffRecord.name))
            .outerjoin(StaffRecord, StaffRecord.id == TicketEventRecord.actor_id)
            .where(TicketEventRecord.ticket_id.in_(ticket_ids))
            .order_by(TicketEventRecord.id)
        ).all()
        found: dict[int, list[TicketEvent]] = {ticket_id: [] for ticket_id in ticket_ids}
        for row, name in rows:
            event = TicketEvent(row.id, row.kind, row.at, name, row.text, row.data)
            found[row.ticket_id].append(event)
        return {ticket_id: tuple(events) for ticket_id, events in found.items()}

    def events_since(self, ticket_id: int, at: datetime, *, kinds: frozenset[str]) -> tuple[Event, ...]:
        """What was written of these kinds from an instant on, to be written elsewhere too, oldest first."""
        rows = self._session.scalars(
            select(TicketEventRecord)
            .where(
                TicketEventRecord.ticket_id == ticket_id,
                TicketEventRecord.at >= at,
                TicketEventRecord.kind.in_(kinds),
            )
            .order_by(TicketEventRecord.id)
        )
        return tuple(Event(row.kind, row.at, row.actor_id, row.text, row.data) for row in rows)

    def claimed_at(self, ticket_id: int) -> datetime | None:
        """When the ticket was last claimed."""
        return self._session.scalar(
            select(func.max(TicketEventRecord.at)).where(
                TicketEventRecord.ticket_id == ticket_id, TicketEventRecord.kind == Move.CLAIM
            )
        )

    def to_escalate(self, now: datetime, limit: int) -> Sequence[TicketRecord]:
        """Unclaimed tickets whose time is up, locked; those another sweep holds are passed over."""
        return self._session.scalars(
            select(TicketRecord)
            .where(TicketRecord.escalate_at <= now, TicketRecord.status.in_(WAITING))
            .order_by(TicketRecord.escalate_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def count_overdue(self, now: datetime) -> int:
        """How many open tickets are past a deadline."""
        return self._session.scalar(select(func.count()).select_from(TicketRecord).where(overdue(now))) or 0

    def count_overdue_by_unit(self, units: Collection[str], now: datetime) -> Mapping[str, int]:
        """How many open tickets of each of ``units`` are past a deadline; units without any are left out.

        Each is counted up to UNIT_COUNTED_MAX, so that a page costs the same however many there are.
        """
        asked = select(func.unnest(cast(sorted(units), ARRAY(Text()))).label("unit")).subquery()
        some = (
            select(TicketRecord.id)
            .where(TicketRecord.unit == asked.c.unit, overdue(now))
            .limit(UNIT_COUNTED_MAX)
            .lateral()
        )
        late = select(asked.c.unit, func.count()).select_from(asked).join(some, true()).group_by(asked.c.unit)
        return {unit: count for unit, count in self._session.execute(late).all()}  # noqa: C416 - as mypy sees rows

    def counts(self) -> list[tuple[str, str, str, str, int]]:
        """Tickets by category, risk, status and unit."""
        rows = self._session.execute(
            select(
                TicketRecord.category,
                TicketRecord.risk,
                TicketRecord.status,
                TicketRecord.unit,
                func.count(),
            ).group_by(TicketRecord.category, TicketRecord.risk, TicketRecord.status, TicketRecord.unit)
        ).all()
        return [(category, risk, status, unit, count) for category, risk, status, unit, count in rows]

    def views_of_conversation(self, conversation_id: str, now: datetime) -> list[TicketView]:
        """All tickets of a conversation, oldest first."""
        rows = self._session.execute(
            viewed().where(TicketRecord.conversation_id == conversation_id).order_by(TicketRecord.id)
        ).all()
        return [view_of(record, name, now) for record, name in rows]


def viewed() -> Select[TicketRecord, str | None]:
    """Tickets with the name of their owner."""
    return select(TicketRecord, Nullable(StaffRecord.name)).outerjoin(
        StaffRecord, StaffRecord.id == TicketRecord.assignee_id
    )


def overdue(now: datetime) -> ColumnElement[bool]:
    """SQL for: open and past the deadline that counts now."""
    late_start = and_(in_status(WAITING), TicketRecord.accept_by_at < now)
    # "Open" stands in front by itself: so the indexes over what is open serve.
    return and_(in_status(OPEN), or_(late_start, TicketRecord.resolve_by_at < now))


def in_status(statuses: Collection[Status]) -> ColumnElement[bool]:
    """SQL for: stands in one of these.

    Written out and no parameter: for a statement prepared once and for all the database could not know that
    the index over what is open serves, and would read what is closed.
    """
    values = sorted(status.value for status in statuses)
    return TicketRecord.status.in_(bindparam(None, values, expanding=True, literal_execute=True))


def conditions_of(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """The filter as SQL."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.units is not None:
        conditions.append(TicketRecord.unit.in_(wanted.units))
    if wanted.assignee_id is not None:
        conditions.append(TicketRecord.assignee_id == wanted.assignee_id)
    if wanted.statuses is not None:
        conditions.append(in_status(wanted.statuses))
    if wanted.category is not None:
        conditions.append(TicketRecord.category == wanted.category)
    if wanted.overdue_at is not None:
        conditions.append(overdue(wanted.overdue_at))
    return conditions


def is_overdue(record: TicketRecord, now: datetime) -> bool:
    """The same as ``overdue``, for a row in hand."""
    status = Status(record.status)
    late_start = status in WAITING and record.accept_by_at is not None and record.accept_by_at < now
    late_end = status in OPEN and record.resolve_by_at is not None and record.resolve_by_at < now
    return late_start or late_end


def view_of(record: TicketRecord, assignee_name: str | None, now: datetime) -> TicketView:
    """A row as people see it; the unit's name is added by the service that knows the unit directory."""
    return TicketView(
        number=record.number,
        category=Category(record.category),
        risk=Risk(record.risk),
        status=Status(record.status),
        town=record.town,
        village=record.village,
        unit=record.unit,
        unit_name=record.unit,
        assignee_id=record.assignee_id,
        assignee_name=assignee_name,
        fields=record.fields,
        summary=record.summary,
        anonymous=record.anonymous,
        channel=Channel(record.channel),
        created_at=record.created_at,
        accept_by_at=record.accept_by_at,
        first_contact_by_at=record.first_contact_by_at,
        resolve_by_at=record.resolve_by_at,
        deadline_basis=record.deadline_basis,
        overdue=is_overdue(record, now),
        level=record.level,
        result=record.result,
        rating=record.rating,
        retracted=record.retracted,
        conversation_id=record.conversation_id,
        version=record.version,
        shared_with=frozenset(record.shared_with),
        supporting=tuple(record.supporting),
        responsible_unit=record.responsible_unit or record.unit,
        catalogue_version=record.catalogue_version,
        coordination=Coordination(record.coordination),
    )
