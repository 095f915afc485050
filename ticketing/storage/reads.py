"""Who read what: written by itself in one statement, never changed, taken out by age only."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from ticketing.domain.reads import About, Outcome, Reading, ReadSearch, ReadView, Way
from ticketing.storage.order_tables import OrderRecord
from ticketing.storage.read_tables import ReadRecord
from ticketing.storage.tables import StaffRecord, TicketRecord

PAGE_SIZE = 50
_WRITE = text("""
insert into reads (at, staff_id, way, page, outcome, subjects)
select :at, :staff_id, :way, :page, :outcome, :subjects
where not :is_refresh or not exists (
    select from reads
    where staff_id = :staff_id and at > :since and way = :way and outcome = :outcome and subjects @> :subjects
)
""").bindparams(bindparam("subjects", type_=ARRAY(Text())))


def write(connection: Connection, staff_id: int, reading: Reading, at: datetime, *, same: timedelta) -> None:
    """Add one row; for a refresh only if it shows what the person's rows of the time ``same`` do not name."""
    values = {
        "at": at,
        "staff_id": staff_id,
        "way": reading.way.value,
        "page": reading.page,
        "outcome": reading.outcome.value,
        "subjects": [str(subject) for subject in reading.subjects],
        "is_refresh": reading.is_refresh,
        "since": at - same,
    }
    connection.execute(_WRITE, values)


class Reads:
    """Looks into the records inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def of_ticket(self, ticket: TicketRecord, *, before_id: int | None) -> tuple[ReadView, ...]:
        """Who read a ticket, its conversation or an order made of it, newest first; one more than a page."""
        orders = self._session.scalars(select(OrderRecord.id).where(OrderRecord.ticket_id == ticket.id))
        named = [f"{About.TICKET}:{ticket.number}", *(f"{About.ORDER}:{one}" for one in orders)]
        if ticket.conversation_id is not None:
            named.append(f"{About.CONVERSATION}:{ticket.conversation_id}")
        return self._views(_newest(before_id).where(ReadRecord.subjects.overlap(named)))

    def find(self, wanted: ReadSearch) -> tuple[ReadView, ...]:
        """Records that fit, newest first; one more than a page."""
        query = _newest(wanted.before_id)
        if wanted.staff_id is not None:
            query = query.where(ReadRecord.staff_id == wanted.staff_id)
        if wanted.from_at is not None:
            query = query.where(ReadRecord.at >= wanted.from_at)
        if wanted.until_at is not None:
            query = query.where(ReadRecord.at < wanted.until_at)
        if wanted.outcome in {Outcome.REFUSED, Outcome.NOT_FOUND}:
            query = query.where(ReadRecord.outcome.in_((Outcome.REFUSED, Outcome.NOT_FOUND)))
        elif wanted.outcome is not None:
            query = query.where(ReadRecord.outcome == wanted.outcome)
        if wanted.ticket is not None:
            query = query.where(ReadRecord.subjects.contains([f"{About.TICKET}:{wanted.ticket}"]))
        return self._views(query)

    def purge(self, before: datetime, limit: int) -> int:
        """Take out the oldest records of before an instant; how many."""
        old = select(ReadRecord.id).where(ReadRecord.at < before).order_by(ReadRecord.at).limit(limit)
        gone = self._session.execute(
            delete(ReadRecord).where(ReadRecord.id.in_(old)).returning(ReadRecord.id)
        )
        return len(gone.all())

    def _views(self, query: Select[ReadRecord, str, str]) -> tuple[ReadView, ...]:
        return tuple(_view(*row) for row in self._session.execute(query))


def _newest(before_id: int | None) -> Select[ReadRecord, str, str]:
    query = (
        select(ReadRecord, StaffRecord.name, StaffRecord.unit)
        .join(StaffRecord, StaffRecord.id == ReadRecord.staff_id)
        .order_by(ReadRecord.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    return query if before_id is None else query.where(ReadRecord.id < before_id)


def _view(record: ReadRecord, name: str, unit: str) -> ReadView:
    tickets = tuple(_keys(record.subjects, About.TICKET))
    return ReadView(
        id=record.id,
        at=record.at,
        staff_name=name,
        unit=unit,
        way=Way(record.way),
        page=record.page,
        outcome=Outcome(record.outcome),
        tickets=tickets,
        others=len(record.subjects) - len(tickets),
    )


def _keys(subjects: Iterable[str], about: About) -> Iterable[str]:
    beginning = f"{about}:"
    return (one.removeprefix(beginning) for one in subjects if one.startswith(beginning))
