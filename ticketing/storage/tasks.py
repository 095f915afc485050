"""Tasks: set once, done by one person, never by the one they check."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Nullable, Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.domain.tasks import TaskKind, TaskView
from ticketing.storage.care_tables import TaskRecord
from ticketing.storage.tables import StaffRecord, TicketRecord

#: As many as a person looks at.
LIST_MAX = 200


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be set; the same ``dedupe_key`` is set once."""

    kind: TaskKind
    unit: str
    due_at: datetime
    ticket_id: int | None = None
    assignee_id: int | None = None
    barred_id: int | None = None
    text: str = ""
    contact: str = ""
    created_by: int | None = None
    dedupe_key: str | None = None


class Tasks:
    """Reads and writes tasks inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, task: NewTask, now: datetime) -> bool:
        """Set a task; a repeat with the same key changes nothing. Whether it is new."""
        added = self._session.scalar(
            insert(TaskRecord)
            .values(
                kind=task.kind.value,
                ticket_id=task.ticket_id,
                unit=task.unit,
                assignee_id=task.assignee_id,
                barred_id=task.barred_id,
                text=task.text,
                contact=task.contact,
                due_at=task.due_at,
                created_at=now,
                created_by=task.created_by,
                dedupe_key=task.dedupe_key,
            )
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(TaskRecord.id)
        )
        return added is not None

    def open_one(self, task_id: int) -> TaskRecord | None:
        """An open task, locked until the transaction ends."""
        return self._session.scalar(
            select(TaskRecord).where(TaskRecord.id == task_id, is_open()).with_for_update()
        )

    def waiting_for(self, contact: str, kind: TaskKind) -> TaskRecord | None:
        """The open task of a kind about one telephone number, locked until the transaction ends."""
        return self._session.scalar(
            select(TaskRecord)
            .where(TaskRecord.contact == contact, TaskRecord.kind == kind.value, is_open())
            .order_by(TaskRecord.id)
            .limit(1)
            .with_for_update()
        )

    def open_for(self, *, units: frozenset[str] | None, staff_id: int, now: datetime) -> tuple[TaskView, ...]:
        """Open tasks of a person and of units, the longest due first; ``units`` None: all."""
        mine = TaskRecord.assignee_id == staff_id
        reach = None if units is None else or_(mine, TaskRecord.unit.in_(units))
        query = viewed().where(is_open()) if reach is None else viewed().where(is_open(), reach)
        rows = self._session.execute(query.order_by(TaskRecord.due_at, TaskRecord.id).limit(LIST_MAX)).all()
        return tuple(view_of(row, number, name, now) for row, number, name in rows)

    def of_ticket(self, ticket_id: int, now: datetime) -> tuple[TaskView, ...]:
        """All tasks of a ticket that were not cancelled, oldest first."""
        rows = self._session.execute(
            viewed()
            .where(TaskRecord.ticket_id == ticket_id, TaskRecord.cancelled_at.is_(None))
            .order_by(TaskRecord.id)
        ).all()
        return tuple(view_of(row, number, name, now) for row, number, name in rows)

    def finish(self, ticket_id: int, kind: TaskKind, *, by: int, outcome: str, now: datetime) -> None:
        """Mark the open tasks of a kind as done, because what they ask for was done elsewhere."""
        self._session.execute(
            update(TaskRecord)
            .where(
                TaskRecord.ticket_id == ticket_id,
                TaskRecord.kind == kind.value,
                is_open(),
                or_(TaskRecord.barred_id.is_(None), TaskRecord.barred_id != by),
            )
            .values(done_at=now, done_by=by, outcome=outcome)
        )

    def cancel_one(self, dedupe_key: str, now: datetime) -> None:
        """Call off one open task by its key."""
        self._session.execute(
            update(TaskRecord).where(TaskRecord.dedupe_key == dedupe_key, is_open()).values(cancelled_at=now)
        )

    def cancel_waiting(self, beginning: str, now: datetime) -> None:
        """Call off the open tasks of one conversation that waited, by how their keys begin."""
        is_waiting = and_(TaskRecord.kind == TaskKind.WAITING_CHAT.value, is_open())
        keyed = TaskRecord.dedupe_key.startswith(beginning, autoescape=True)
        self._session.execute(update(TaskRecord).where(is_waiting, keyed).values(cancelled_at=now))

    def hand_over(self, ticket_id: int, kind: TaskKind, *, unit: str, staff_id: int) -> None:
        """Give the open tasks of a kind to a person of a unit."""
        self._session.execute(
            update(TaskRecord)
            .where(TaskRecord.ticket_id == ticket_id, TaskRecord.kind == kind.value, is_open())
            .values(unit=unit, assignee_id=staff_id)
        )

    def cancel(self, ticket_id: int, kinds: frozenset[TaskKind], now: datetime) -> None:
        """Call off the open tasks of some kinds."""
        self._session.execute(
            update(TaskRecord)
            .where(TaskRecord.ticket_id == ticket_id, TaskRecord.kind.in_(kinds), is_open())
            .values(cancelled_at=now)
        )


def is_open() -> ColumnElement[bool]:
    """SQL for: neither done nor called off."""
    return and_(TaskRecord.done_at.is_(None), TaskRecord.cancelled_at.is_(None))


def viewed() -> Select[TaskRecord, str | None, str | None]:
    """Tasks with ticket number and name of their owner."""
    return (
        select(TaskRecord, Nullable(TicketRecord.number), Nullable(StaffRecord.name))
        .outerjoin(TicketRecord, TicketRecord.id == TaskRecord.ticket_id)
        .outerjoin(StaffRecord, StaffRecord.id == TaskRecord.assignee_id)
    )


def view_of(row: TaskRecord, number: str | None, assignee_name: str | None, now: datetime) -> TaskView:
    """A row as people see it."""
    return TaskView(
        id=row.id,
        kind=TaskKind(row.kind),
        ticket_number=number,
        unit=row.unit,
        assignee_id=row.assignee_id,
        assignee_name=assignee_name,
        barred_id=row.barred_id,
        text=row.text,
        contact=row.contact,
        due_at=row.due_at,
        created_at=row.created_at,
        done_at=row.done_at,
        outcome=row.outcome,
        overdue=row.done_at is None and row.due_at < now,
    )
