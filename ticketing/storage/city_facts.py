"""What the city states: entries, decisions, and what must be renewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ticketing.domain.city_facts import Fact, Origin, Renewal, Revision, RevisionState
from ticketing.domain.fact_values import Entry
from ticketing.storage.city_tables import CityCountRecord, CityFieldRecord, CityRevisionRecord, RenewalRecord
from ticketing.storage.tables import MessageRecord, StaffRecord

_Author = aliased(StaffRecord)
_Decider = aliased(StaffRecord)


@dataclass(frozen=True, slots=True)
class Published:
    """Approved values not seen before, and the count they belong to."""

    count: int
    facts: tuple[Fact, ...]


class CityFacts:
    """Reads and writes the city's own facts inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def lock(self, topic: str, field: str) -> CityFieldRecord:
        """The one row of a field, made if new, locked until the transaction ends."""
        made = insert(CityFieldRecord).values(topic=topic, field=field)
        self._session.execute(made.on_conflict_do_nothing(index_elements=["topic", "field"]))
        return self._session.scalars(
            select(CityFieldRecord)
            .where(CityFieldRecord.topic == topic, CityFieldRecord.field == field)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()

    def lock_of(self, revision_id: int) -> CityFieldRecord | None:
        """The locked row of the field an entry belongs to; None without such an entry."""
        return self._session.scalar(
            select(CityFieldRecord)
            .join(CityRevisionRecord, CityRevisionRecord.field_id == CityFieldRecord.id)
            .where(CityRevisionRecord.id == revision_id)
            .with_for_update(of=CityFieldRecord)
            .execution_options(populate_existing=True)
        )

    def version(self, topic: str, field: str) -> int:
        """How often the field was changed; 0 before the first entry."""
        query = select(CityFieldRecord.version).where(
            CityFieldRecord.topic == topic, CityFieldRecord.field == field
        )
        return self._session.scalar(query) or 0

    def versions(self) -> Mapping[tuple[str, str], int]:
        """The same of every field that was ever entered."""
        rows = self._session.execute(
            select(CityFieldRecord.topic, CityFieldRecord.field, CityFieldRecord.version)
        )
        return {(row.topic, row.field): row.version for row in rows}

    def add(
        self, record: CityFieldRecord, entry: Entry, *, origin: Origin, author: int, now: datetime
    ) -> int:
        """Write an entry that waits for a second person; the one that waited before is replaced. Its id."""
        self._session.execute(
            update(CityRevisionRecord)
            .where(CityRevisionRecord.field_id == record.id, CityRevisionRecord.state == "pending")
            .values(state=RevisionState.SUPERSEDED)
        )
        last = self._session.scalar(
            select(func.max(CityRevisionRecord.number)).where(CityRevisionRecord.field_id == record.id)
        )
        revision = CityRevisionRecord(
            field_id=record.id,
            number=(last or 0) + 1,
            value=entry.value,
            source=entry.source,
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            review_by=entry.review_by,
            note=entry.note,
            origin=origin,
            state=RevisionState.PENDING,
            entered_by=author,
            entered_at=now,
        )
        self._session.add(revision)
        record.version += 1
        self._session.flush()
        return revision.id

    def approve(self, record: CityFieldRecord, revision_id: int, *, by: int, now: datetime) -> None:
        """Let an entry be stated. The count's row puts approvals into the order in which they are visible."""
        count = self._session.scalar(
            update(CityCountRecord).values(count=CityCountRecord.count + 1).returning(CityCountRecord.count)
        )
        self._decide(record, revision_id, state=RevisionState.APPROVED, by=by, now=now, published=count)

    def refuse(
        self, record: CityFieldRecord, revision_id: int, *, by: int, now: datetime, reason: str
    ) -> None:
        """Do not let an entry be stated."""
        self._decide(record, revision_id, state=RevisionState.REFUSED, by=by, now=now, reason=reason)

    def _decide(
        self, record: CityFieldRecord, revision_id: int, *, by: int, now: datetime, **values: object
    ) -> None:
        self._session.execute(
            update(CityRevisionRecord)
            .where(CityRevisionRecord.id == revision_id)
            .values(decided_by=by, decided_at=now, **values)
        )
        record.version += 1
        self._session.flush()

    def revision(self, revision_id: int) -> Revision | None:
        """One entry."""
        row = self._session.execute(_revisions(CityRevisionRecord.id == revision_id)).one_or_none()
        return None if row is None else _revision(row)

    def history(self, topic: str, field: str) -> tuple[Revision, ...]:
        """Everything ever entered for a field, newest first."""
        query = _revisions(CityFieldRecord.topic == topic, CityFieldRecord.field == field)
        rows = self._session.execute(query.order_by(CityRevisionRecord.number.desc()))
        return tuple(_revision(row) for row in rows)

    def pending(self) -> tuple[Revision, ...]:
        """Everything that waits for a second person, oldest first."""
        query = _revisions(CityRevisionRecord.state == "pending").order_by(CityRevisionRecord.id)
        return tuple(_revision(row) for row in self._session.execute(query))

    def published_since(self, count: int) -> Published:
        """What was approved after ``count``, in the order of entry."""
        now = self._session.scalar(select(CityCountRecord.count)) or 0
        query = _revisions(CityRevisionRecord.published > count, CityRevisionRecord.published <= now)
        rows = self._session.execute(query.order_by(CityRevisionRecord.published))
        return Published(now, tuple(_revision(row).fact for row in rows))

    def asked(self, since: datetime) -> Mapping[str, int]:
        """Topic → how many messages were about it since an instant."""
        rows = self._session.execute(
            select(MessageRecord.bot_topic, func.count())
            .where(MessageRecord.bot_topic.is_not(None), MessageRecord.at >= since)
            .group_by(MessageRecord.bot_topic)
        )
        return {str(topic): int(count) for topic, count in rows}

    def open_renewal(self, renewal: Renewal) -> bool:
        """Write something that ran out; False if it is already written."""
        made = insert(RenewalRecord).values(
            kind=renewal.kind,
            topic=renewal.topic,
            key=renewal.key,
            unit=renewal.unit,
            due_on=renewal.due_on,
            opened_at=renewal.opened_at,
        )
        done = made.on_conflict_do_nothing(
            index_elements=["kind", "topic", "key"], index_where=RenewalRecord.closed_at.is_(None)
        )
        return self._session.execute(done.returning(RenewalRecord.id)).first() is not None

    def renewals(self) -> tuple[Renewal, ...]:
        """What waits to be renewed, longest first."""
        rows = self._session.scalars(
            select(RenewalRecord).where(RenewalRecord.closed_at.is_(None)).order_by(RenewalRecord.due_on)
        )
        return tuple(
            Renewal(row.id, row.kind, row.topic, row.key, row.unit, row.due_on, row.opened_at) for row in rows
        )

    def close_renewals(self, ids: Sequence[int], now: datetime) -> None:
        """Note that these were renewed."""
        self._session.execute(update(RenewalRecord).where(RenewalRecord.id.in_(ids)).values(closed_at=now))


def _revisions(
    *conditions: ColumnElement[bool],
) -> Select[CityRevisionRecord, str, str, str, str]:
    return (
        select(CityRevisionRecord, CityFieldRecord.topic, CityFieldRecord.field, _Author.name, _Decider.name)
        .join(CityFieldRecord, CityFieldRecord.id == CityRevisionRecord.field_id)
        .join(_Author, _Author.id == CityRevisionRecord.entered_by)
        .join(_Decider, _Decider.id == CityRevisionRecord.decided_by, isouter=True)
        .where(*conditions)
    )


def _revision(row: Row[CityRevisionRecord, str, str, str, str]) -> Revision:
    record, topic, field, author, decider = row
    return Revision(
        id=record.id,
        topic=topic,
        field=field,
        number=record.number,
        value=record.value,
        source=record.source,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        review_by=record.review_by,
        note=record.note,
        origin=Origin(record.origin),
        state=RevisionState(record.state),
        entered_by=record.entered_by,
        entered_name=author,
        entered_at=record.entered_at,
        decided_name=decider,
        decided_at=record.decided_at,
        reason=record.reason,
    )
