"""What must leave the house: written with the change it tells of, sent later, at least once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel
from ticketing.storage.tables import OutboxRecord

#: A relay that took a row and died gives it back after this time.
LEASE = timedelta(seconds=60)
#: Waits between tries double up to this.
LONGEST_WAIT = timedelta(minutes=30)
#: The same for what is urgent: it must not stand back when the way is open again.
LONGEST_URGENT_WAIT = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A push to be made; the same ``dedupe_key`` is written once."""

    kind: str
    channel: str
    peer: str
    text: str
    dedupe_key: str
    buttons: tuple[str, ...] = ()
    ticket_number: str | None = None
    referral_id: int | None = None
    urgent: bool = False


class Outbox:
    """Reads and writes the outbox inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session
        #: Whether this transaction wrote anything to be sent.
        self.added = False

    def add(self, delivery: NewDelivery, now: datetime) -> None:
        """Queue a push; a repeat with the same key changes nothing.

        Before an urgent one, whatever waits for the same person becomes urgent too: order is kept.
        """
        self.added = True
        if delivery.urgent:
            self._hasten(delivery)
        self._session.execute(
            insert(OutboxRecord)
            .values(
                kind=delivery.kind,
                channel=delivery.channel,
                peer=delivery.peer,
                text=delivery.text,
                buttons=list(delivery.buttons),
                ticket_number=delivery.ticket_number,
                referral_id=delivery.referral_id,
                urgent=delivery.urgent,
                dedupe_key=delivery.dedupe_key,
                created_at=now,
                due_at=now,
            )
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
        )

    def _hasten(self, delivery: NewDelivery) -> None:
        mine = and_(OutboxRecord.channel == delivery.channel, OutboxRecord.peer == delivery.peer)
        self._session.execute(
            update(OutboxRecord).where(waiting(), mine, ~OutboxRecord.urgent).values(urgent=True)
        )

    def lease(self, limit: int, now: datetime, *, but: Collection[str] = ()) -> list[Delivery]:
        """Take due rows so that no other relay takes them for LEASE, the urgent ones first.

        In order for each person: one at a time, and none while an earlier one is on its way or failed.
        Nothing for the channels in ``but``.
        """
        first = (
            select(OutboxRecord.id)
            .where(waiting(), OutboxRecord.due_at <= now, ~overtakes(), OutboxRecord.channel.not_in(but))
            .order_by(OutboxRecord.urgent.desc(), OutboxRecord.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("first")
        )
        taken = self._session.scalars(
            update(OutboxRecord)
            .where(OutboxRecord.id == first.c.id)
            .values(due_at=now + LEASE, attempts=OutboxRecord.attempts + 1)
            .returning(OutboxRecord)
        )
        return [delivery_of(row) for row in sorted(taken, key=lambda row: (not row.urgent, row.id))]

    def sent(self, delivery_id: int, now: datetime) -> None:
        """Note that a push arrived."""
        self._session.execute(
            update(OutboxRecord).where(OutboxRecord.id == delivery_id).values(sent_at=now, last_error=None)
        )

    def failed(self, delivery_id: int, error: str, now: datetime) -> None:
        """Note a failure and try again later."""
        row = self._session.get(OutboxRecord, delivery_id)
        if row is None:
            return
        longest = LONGEST_URGENT_WAIT if row.urgent else LONGEST_WAIT
        row.due_at = now + min(FIRST_WAIT * 2 ** min(row.attempts, 12), longest)
        row.last_error = error

    def give_up(self, delivery_id: int, error: str, now: datetime) -> Delivery | None:
        """Note that this person can never be reached so; None for an unknown row."""
        row = self._session.get(OutboxRecord, delivery_id)
        if row is None:
            return None
        row.given_up_at, row.last_error = now, error
        return delivery_of(row)

    def depth(self) -> int:
        """How many pushes are still to be made."""
        return self._session.scalar(select(func.count()).select_from(OutboxRecord).where(waiting())) or 0


def waiting() -> ColumnElement[bool]:
    """SQL for: neither arrived nor given up."""
    return and_(OutboxRecord.sent_at.is_(None), OutboxRecord.given_up_at.is_(None))


def overtakes() -> ColumnElement[bool]:
    """SQL for: an earlier push to the same person has neither arrived nor been given up.

    Also one that is due: another relay may be taking it at this very moment, in a transaction not yet seen.
    """
    earlier = aliased(OutboxRecord)
    return exists().where(
        earlier.channel == OutboxRecord.channel,
        earlier.peer == OutboxRecord.peer,
        earlier.id < OutboxRecord.id,
        earlier.sent_at.is_(None),
        earlier.given_up_at.is_(None),
    )


def delivery_of(row: OutboxRecord) -> Delivery:
    """A row as the relay sees it."""
    return Delivery(
        id=row.id,
        kind=row.kind,
        channel=Channel(row.channel),
        peer=row.peer,
        text=row.text,
        buttons=tuple(row.buttons),
        ticket_number=row.ticket_number,
        attempts=row.attempts,
    )
