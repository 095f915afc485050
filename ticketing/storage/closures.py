"""Results told to residents, their answers, and tries to call them back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ticketing.domain.closure import Answer, CallBack, CallBackView, ClosureView, Reach
from ticketing.storage.closure_tables import CallBackRecord, ClosureRecord, RatingRecord
from ticketing.storage.tables import StaffRecord


@dataclass(frozen=True, slots=True)
class NewClosure:
    """A result to be kept."""

    ticket_id: int
    result: str
    told: str
    by: int | None
    at: datetime


class Closures:
    """Reads and writes the ends of matters inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, new: NewClosure, *, asked: Iterable[int]) -> ClosureRecord:
        """Keep a result; the residents of the tickets ``asked`` are asked about it, once each."""
        last = self._session.scalar(
            select(func.max(ClosureRecord.round)).where(ClosureRecord.ticket_id == new.ticket_id)
        )
        closure = ClosureRecord(
            ticket_id=new.ticket_id,
            round=(last or 0) + 1,
            result=new.result,
            told=new.told,
            resolved_by=new.by,
            resolved_at=new.at,
        )
        self._session.add(closure)
        self._session.flush()  # the questions need its id
        self._session.add_all(
            RatingRecord(closure_id=closure.id, ticket_id=ticket_id, asked_at=new.at) for ticket_id in asked
        )
        return closure

    def latest(self, ticket_id: int) -> ClosureRecord | None:
        """The newest result of a ticket."""
        return self._session.scalar(
            select(ClosureRecord)
            .where(ClosureRecord.ticket_id == ticket_id)
            .order_by(ClosureRecord.round.desc())
            .limit(1)
        )

    def rounds(self, ticket_id: int) -> int:
        """How often answers have sent a ticket back to work."""
        return (
            self._session.scalar(
                select(func.count())
                .select_from(ClosureRecord)
                .where(ClosureRecord.ticket_id == ticket_id, ClosureRecord.reopened_by_answer.is_(True))
            )
            or 0
        )

    def asked(self, ticket_id: int) -> tuple[RatingRecord, ClosureRecord] | None:
        """The newest question to the resident of a ticket, and the result it is about."""
        found = self._session.execute(
            select(RatingRecord, ClosureRecord)
            .join(ClosureRecord, ClosureRecord.id == RatingRecord.closure_id)
            .where(RatingRecord.ticket_id == ticket_id)
            .order_by(RatingRecord.asked_at.desc(), RatingRecord.closure_id.desc())
            .limit(1)
        ).one_or_none()
        return None if found is None else (found[0], found[1])

    def ask_late(self, closure: ClosureRecord, ticket_id: int) -> RatingRecord:
        """The question to a resident who was not asked when the result was told."""
        rating = RatingRecord(closure_id=closure.id, ticket_id=ticket_id, asked_at=closure.resolved_at)
        self._session.add(rating)
        return rating

    def add_call_back(self, closure: ClosureRecord, call: CallBack, *, by: int, at: datetime) -> int:
        """Record a try; gives how many there were for this result."""
        self._session.add(
            CallBackRecord(
                closure_id=closure.id,
                by=by,
                at=at,
                reach=call.reach.value,
                text=call.text,
                grade=call.answer.grade,
                solved=call.answer.solved,
            )
        )
        tries = select(func.count()).select_from(CallBackRecord)
        return self._session.scalar(tries.where(CallBackRecord.closure_id == closure.id)) or 0

    def views(self, ticket_id: int) -> tuple[ClosureView, ...]:
        """All results of a ticket with what its own resident said, oldest first."""
        rows = self._session.execute(
            select(ClosureRecord, RatingRecord, StaffRecord.name)
            .outerjoin(
                RatingRecord,
                (RatingRecord.closure_id == ClosureRecord.id)
                & (RatingRecord.ticket_id == ClosureRecord.ticket_id),
            )
            .outerjoin(StaffRecord, StaffRecord.id == ClosureRecord.resolved_by)
            .where(ClosureRecord.ticket_id == ticket_id)
            .order_by(ClosureRecord.round)
        ).all()
        return tuple(
            view_of(closure, rating, name, self._calls(closure.id)) for closure, rating, name in rows
        )

    def _calls(self, closure_id: int) -> tuple[CallBackView, ...]:
        rows = self._session.execute(
            select(CallBackRecord, StaffRecord.name)
            .join(StaffRecord, StaffRecord.id == CallBackRecord.by)
            .where(CallBackRecord.closure_id == closure_id)
            .order_by(CallBackRecord.id)
        ).all()
        return tuple(
            CallBackView(row.at, name, Reach(row.reach), row.text, Answer(row.grade, row.solved))
            for row, name in rows
        )


def view_of(
    closure: ClosureRecord,
    rating: RatingRecord | None,
    resolved_by: str | None,
    calls: tuple[CallBackView, ...],
) -> ClosureView:
    """A row as people see it."""
    return ClosureView(
        round=closure.round,
        resolved_at=closure.resolved_at,
        resolved_by=resolved_by or "",
        result=closure.result,
        told=closure.told,
        answer=Answer() if rating is None else Answer(rating.grade, rating.solved),
        comment="" if rating is None else rating.comment,
        answered_at=None if rating is None else rating.answered_at,
        is_late=rating is not None and rating.is_late,
        closed_at=closure.closed_at,
        reopened_at=closure.reopened_at,
        call_backs=calls,
    )
