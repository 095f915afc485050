"""Referrals: one conditional statement for each step, so that of several at once one succeeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Nullable, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from ticketing.domain.referrals import LIVE, STEPS, Carried, ReferralMove, ReferralState, ReferralView
from ticketing.storage.referral_tables import ReferralRecord
from ticketing.storage.tables import OutboxRecord, StaffRecord, TicketRecord

#: As many as a person looks at.
LIST_MAX = 200

_Referrer = aliased(StaffRecord)
_Answerer = aliased(StaffRecord)
_Ender = aliased(StaffRecord)
type _Viewed = Select[ReferralRecord, str, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class ReferralFilter:
    """Which referrals a list shows; every condition given must hold."""

    #: Addressed to these units or bodies.
    targets: frozenset[str] | None = None
    #: Made by this person, or of a ticket this person has now.
    referrer_id: int | None = None
    overdue_at: datetime | None = None


class Referrals:
    """Reads and writes referrals inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, record: ReferralRecord) -> ReferralRecord:
        """Write a new referral; the caller holds the ticket."""
        self._session.add(record)
        self._session.flush()  # notices need the id
        return record

    def get(self, ticket_id: int, referral_id: int) -> ReferralRecord | None:
        """One referral of a ticket."""
        return self._session.scalar(
            select(ReferralRecord).where(
                ReferralRecord.id == referral_id, ReferralRecord.ticket_id == ticket_id
            )
        )

    def live_to(self, ticket_id: int, target: str) -> ReferralRecord | None:
        """The live referral of a ticket to one body."""
        return self._session.scalar(
            select(ReferralRecord).where(
                ReferralRecord.ticket_id == ticket_id, ReferralRecord.target == target, is_live()
            )
        )

    def move(
        self, referral_id: int, move: ReferralMove, values: Mapping[str, object]
    ) -> ReferralRecord | None:
        """Make ``move`` if the referral still stands where it may be made; None when it does not."""
        sources, target = STEPS[move]
        return self._session.scalar(
            update(ReferralRecord)
            .where(ReferralRecord.id == referral_id, ReferralRecord.state.in_(sources))
            .values(state=target, **values)
            .returning(ReferralRecord)
            .execution_options(populate_existing=True)
        )

    def live(self, ticket_id: int) -> Sequence[ReferralRecord]:
        """Live referrals of a ticket, oldest first."""
        return self._session.scalars(
            select(ReferralRecord)
            .where(ReferralRecord.ticket_id == ticket_id, is_live())
            .order_by(ReferralRecord.id)
        ).all()

    def view(self, referral_id: int, now: datetime) -> ReferralView | None:
        """One referral as people see it."""
        return next(iter(self._views(viewed().where(ReferralRecord.id == referral_id), now)), None)

    def of_ticket(self, ticket_id: int, now: datetime) -> tuple[ReferralView, ...]:
        """All referrals of a ticket, newest first."""
        query = viewed().where(ReferralRecord.ticket_id == ticket_id).order_by(ReferralRecord.id.desc())
        return self._views(query, now)

    def listed(self, wanted: ReferralFilter, now: datetime) -> tuple[ReferralView, ...]:
        """Live referrals, the longest due first."""
        conditions = [is_live()]
        if wanted.targets is not None:
            conditions.append(ReferralRecord.target.in_(wanted.targets))
        if wanted.referrer_id is not None:
            mine = TicketRecord.assignee_id == wanted.referrer_id
            conditions.append(mine | (ReferralRecord.referred_by == wanted.referrer_id))
        if wanted.overdue_at is not None:
            conditions.append(ReferralRecord.due_at < wanted.overdue_at)
        query = viewed().where(*conditions).order_by(ReferralRecord.due_at, ReferralRecord.id)
        return self._views(query.limit(LIST_MAX), now)

    def to_raise(self, now: datetime, limit: int) -> Sequence[tuple[ReferralRecord, TicketRecord]]:
        """Live referrals past their deadline that nobody was told of, with their tickets, both locked."""
        rows = self._session.execute(
            select(ReferralRecord, TicketRecord)
            .join(TicketRecord, TicketRecord.id == ReferralRecord.ticket_id)
            .where(is_live(), ReferralRecord.due_at <= now, ReferralRecord.raised_at.is_(None))
            .order_by(ReferralRecord.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        return [(referral, ticket) for referral, ticket in rows]

    def _views(self, query: _Viewed, now: datetime) -> tuple[ReferralView, ...]:
        rows = self._session.execute(query).all()
        carried = self._carried([row[0].id for row in rows])
        return tuple(view_of(row, names, carried.get(row.id, Carried()), now) for row, *names in rows)

    def _carried(self, ids: Sequence[int]) -> Mapping[int, Carried]:
        if not ids:
            return {}
        arrived, given_up = OutboxRecord.sent_at.is_not(None), OutboxRecord.given_up_at.is_not(None)
        rows = self._session.execute(
            select(
                OutboxRecord.referral_id,
                func.count(),
                func.count().filter(arrived),
                func.coalesce(func.max(OutboxRecord.attempts).filter(~arrived), 0),
                func.count().filter(given_up),
            )
            .where(OutboxRecord.referral_id.in_(ids))
            .group_by(OutboxRecord.referral_id)
        ).all()
        return {row[0]: Carried(row[1], row[2], row[3], row[4]) for row in rows if row[0] is not None}


def is_live() -> ColumnElement[bool]:
    """SQL for: the body sees the ticket."""
    return ReferralRecord.state.in_(LIVE)


def viewed() -> _Viewed:
    """Referrals with ticket number and the names of who made, answered and ended them."""
    return (
        select(
            ReferralRecord,
            TicketRecord.number,
            _Referrer.name,
            Nullable(_Answerer.name),
            Nullable(_Ender.name),
        )
        .join(TicketRecord, TicketRecord.id == ReferralRecord.ticket_id)
        .join(_Referrer, _Referrer.id == ReferralRecord.referred_by)
        .outerjoin(_Answerer, _Answerer.id == ReferralRecord.answered_by)
        .outerjoin(_Ender, _Ender.id == ReferralRecord.ended_by)
    )


def view_of(
    row: ReferralRecord, names: Sequence[str | None], carried: Carried, now: datetime
) -> ReferralView:
    """A row as people see it; ``names``: ticket number, referrer, answerer, ender.

    The target's name is added by the service that knows bodies and units.
    """
    number, referrer, answerer, ender = names
    state = ReferralState(row.state)
    return ReferralView(
        id=row.id,
        ticket_number=number or "",
        target=row.target,
        target_name=row.target,
        state=state,
        request=row.request,
        consented_by=row.consented_by,
        ground=row.ground,
        referred_by_id=row.referred_by,
        referred_by=referrer or "",
        referred_at=row.referred_at,
        due_at=row.due_at,
        due_basis=row.due_basis,
        answer=row.answer,
        answered_by=answerer,
        answered_at=row.answered_at,
        outcome=row.outcome,
        ended_by=ender,
        ended_at=row.ended_at,
        told_by=row.told_by,
        told_at=row.told_at,
        is_overdue=state in LIVE and row.due_at < now,
        carried=carried,
        shows=tuple(row.shows),
    )
