"""Orders of the pool, who holds them, and what was done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Nullable, Select, case, select, update
from sqlalchemy.orm import Session

from ticketing.domain.lifecycle import FINISHED, OPEN
from ticketing.domain.orders import ACTIVE, OrderState, ServiceRecord, TakingView
from ticketing.storage.order_tables import OrderRecord, ServiceRecordRecord, TakingRecord
from ticketing.storage.tables import StaffRecord, TicketRecord

#: As many as a person looks at.
LIST_MAX = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """An order with the ticket it comes from."""

    order: OrderRecord
    ticket: TicketRecord


class Orders:
    """Reads and writes orders inside one transaction. Locks are always taken ticket first, then order."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, record: OrderRecord) -> None:
        """Write a new order."""
        self._session.add(record)
        self._session.flush()  # the id is returned

    def get(self, order_id: int) -> Placed | None:
        """An order, with ticket and order locked until the transaction ends."""
        ticket_id = self._session.scalar(select(OrderRecord.ticket_id).where(OrderRecord.id == order_id))
        if ticket_id is None:
            return None
        ticket = self._session.scalar(
            select(TicketRecord).where(TicketRecord.id == ticket_id).with_for_update()
        )
        order = self._session.scalar(select(OrderRecord).where(OrderRecord.id == order_id).with_for_update())
        return None if ticket is None or order is None else Placed(order, ticket)

    def take_places(self, order: OrderRecord, helpers: int) -> bool:
        """Take places if as many are left: one conditional statement, so that none is given twice."""
        taken = OrderRecord.taken + helpers
        is_full = case((taken == OrderRecord.helpers, OrderState.FULL.value), else_=OrderState.POOL.value)
        won = self._session.scalar(
            update(OrderRecord)
            .where(
                OrderRecord.id == order.id,
                OrderRecord.state == OrderState.POOL,
                taken <= OrderRecord.helpers,
            )
            .values(taken=taken, state=is_full)
            .returning(OrderRecord.id)
            .execution_options(synchronize_session=False)
        )
        self._session.refresh(order)
        return won is not None

    def add_taking(self, record: TakingRecord) -> None:
        """Write a taking."""
        self._session.add(record)
        self._session.flush()  # its constraints speak now

    def taking(self, taking_id: int) -> TakingRecord | None:
        """One taking."""
        return self._session.get(TakingRecord, taking_id)

    def held_by(self, order_id: int, staff_id: int) -> TakingRecord | None:
        """The taking by which a person holds an order now."""
        return self._session.scalar(
            select(TakingRecord).where(
                TakingRecord.order_id == order_id,
                TakingRecord.staff_id == staff_id,
                TakingRecord.given_back_at.is_(None),
                TakingRecord.served_at.is_(None),
            )
        )

    def held(self, order_id: int) -> Sequence[TakingRecord]:
        """All by which an order is held now."""
        return self._session.scalars(
            select(TakingRecord).where(
                TakingRecord.order_id == order_id,
                TakingRecord.given_back_at.is_(None),
                TakingRecord.served_at.is_(None),
            )
        ).all()

    def add_service(self, taking_id: int, record: ServiceRecord, at: datetime) -> None:
        """Write down what was done."""
        self._session.add(
            ServiceRecordRecord(
                taking_id=taking_id, from_at=record.from_at, to_at=record.to_at, done=record.done, at=at
            )
        )
        self._session.flush()  # the view must show it

    def pool(self) -> list[Placed]:
        """Orders that want helpers, of tickets still open, whoever waits longest first."""
        return self._placed(
            placed()
            .where(OrderRecord.state == OrderState.POOL, TicketRecord.status.in_(OPEN))
            .order_by(TicketRecord.created_at, OrderRecord.id)
        )

    def active(self, units: frozenset[str] | None) -> list[Placed]:
        """Orders not ended, of the tickets of ``units`` (None: all), whoever waits longest first."""
        query = placed().where(OrderRecord.state.in_(ACTIVE))
        if units is not None:
            query = query.where(TicketRecord.unit.in_(units))
        return self._placed(query.order_by(TicketRecord.created_at, OrderRecord.id))

    def of_ticket(self, ticket_id: int) -> list[Placed]:
        """All orders of a ticket, newest first."""
        return self._placed(
            placed().where(OrderRecord.ticket_id == ticket_id).order_by(OrderRecord.id.desc())
        )

    def of_taker(self, staff_id: int) -> list[tuple[Placed, TakingRecord]]:
        """What a person has or had, newest first; what was given back is left out."""
        rows = self._session.execute(
            select(OrderRecord, TicketRecord, TakingRecord)
            .join(TicketRecord, TicketRecord.id == OrderRecord.ticket_id)
            .join(TakingRecord, TakingRecord.order_id == OrderRecord.id)
            .where(TakingRecord.staff_id == staff_id, TakingRecord.given_back_at.is_(None))
            .order_by(TakingRecord.id.desc())
            .limit(LIST_MAX)
        ).all()
        return [(Placed(order, ticket), taking) for order, ticket, taking in rows]

    def due(self, now: datetime, limit: int) -> Sequence[int]:
        """Ids of orders that go to the bureau now."""
        return self._session.scalars(
            select(OrderRecord.id)
            .where(OrderRecord.raise_at <= now, OrderRecord.state.in_(ACTIVE))
            .order_by(OrderRecord.raise_at)
            .limit(limit)
        ).all()

    def orphans(self, limit: int) -> Sequence[int]:
        """Ids of orders not ended whose ticket has."""
        return self._session.scalars(
            select(OrderRecord.id)
            .join(TicketRecord, TicketRecord.id == OrderRecord.ticket_id)
            .where(OrderRecord.state.in_(ACTIVE), TicketRecord.status.in_(FINISHED))
            .limit(limit)
        ).all()

    def takings(self, order_ids: Iterable[int]) -> Mapping[int, tuple[TakingView, ...]]:
        """Who took each of these orders, oldest first, with what was done; in two statements."""
        rows = self._session.execute(
            select(TakingRecord, Nullable(StaffRecord.name))
            .outerjoin(StaffRecord, StaffRecord.id == TakingRecord.staff_id)
            .where(TakingRecord.order_id.in_(list(order_ids)))
            .order_by(TakingRecord.id)
        ).all()
        done = self._services([taking.id for taking, _ in rows])
        found: dict[int, tuple[TakingView, ...]] = {}
        for taking, name in rows:
            view = taking_view(taking, name or "", done.get(taking.id, ()))
            found[taking.order_id] = (*found.get(taking.order_id, ()), view)
        return found

    def _services(self, taking_ids: list[int]) -> Mapping[int, tuple[ServiceRecord, ...]]:
        rows = self._session.scalars(
            select(ServiceRecordRecord)
            .where(ServiceRecordRecord.taking_id.in_(taking_ids))
            .order_by(ServiceRecordRecord.id)
        ).all()
        found: dict[int, tuple[ServiceRecord, ...]] = {}
        for one in rows:
            record = ServiceRecord(one.from_at, one.to_at, one.done)
            found[one.taking_id] = (*found.get(one.taking_id, ()), record)
        return found

    def _placed(self, query: Select[OrderRecord, TicketRecord]) -> list[Placed]:
        rows = self._session.execute(query.limit(LIST_MAX)).all()
        return [Placed(order, ticket) for order, ticket in rows]


def placed() -> Select[OrderRecord, TicketRecord]:
    """Orders with their tickets."""
    return select(OrderRecord, TicketRecord).join(TicketRecord, TicketRecord.id == OrderRecord.ticket_id)


def taking_view(row: TakingRecord, name: str, records: tuple[ServiceRecord, ...]) -> TakingView:
    """A row as people see it."""
    return TakingView(
        id=row.id,
        unit=row.unit,
        name=name,
        helpers=row.helpers,
        taken_at=row.taken_at,
        approved_at=row.approved_at,
        given_back_at=row.given_back_at,
        reason=row.reason,
        served_at=row.served_at,
        records=records,
    )
