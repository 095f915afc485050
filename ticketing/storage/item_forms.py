"""The application forms a city gives out: uploads, decisions, and what residents get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ticketing.domain.city_facts import RevisionState
from ticketing.domain.item_forms import FormFile, FormGiven, FormKind, FormVersion
from ticketing.storage.form_tables import FormVersionRecord, ItemFormRecord
from ticketing.storage.tables import StaffRecord

_Author = aliased(StaffRecord)
_Decider = aliased(StaffRecord)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be kept; without a kind and bytes the form is to be given out no more."""

    kind: FormKind | None
    data: bytes
    sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class FormDecision:
    """What a second person says of an upload."""

    state: RevisionState
    by: int
    at: datetime
    reason: str = ""


class ItemForms:
    """Reads and writes forms inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def lock(self, topic: str, name: str) -> ItemFormRecord:
        """The one row of a form, made if new, locked until the transaction ends."""
        made = insert(ItemFormRecord).values(topic=topic, name=name)
        self._session.execute(made.on_conflict_do_nothing(index_elements=["topic", "name"]))
        return self._session.scalars(
            select(ItemFormRecord)
            .where(ItemFormRecord.topic == topic, ItemFormRecord.name == name)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()

    def lock_of(self, version_id: int) -> ItemFormRecord | None:
        """The locked row of the form an upload belongs to; None without such an upload."""
        return self._session.scalar(
            select(ItemFormRecord)
            .join(FormVersionRecord, FormVersionRecord.form_id == ItemFormRecord.id)
            .where(FormVersionRecord.id == version_id)
            .with_for_update(of=ItemFormRecord)
            .execution_options(populate_existing=True)
        )

    def add(self, form: ItemFormRecord, upload: Upload, *, author: int, now: datetime) -> None:
        """Keep an upload that waits for a second person; the one that waited before is replaced."""
        self._session.execute(
            update(FormVersionRecord)
            .where(FormVersionRecord.form_id == form.id, FormVersionRecord.state == RevisionState.PENDING)
            .values(state=RevisionState.SUPERSEDED)
        )
        last = self._session.scalar(
            select(func.max(FormVersionRecord.number)).where(FormVersionRecord.form_id == form.id)
        )
        self._session.add(
            FormVersionRecord(
                form_id=form.id,
                number=(last or 0) + 1,
                kind=upload.kind or "",
                size_bytes=len(upload.data),
                sha256=upload.sha256,
                data=upload.data,
                note=upload.note,
                state=RevisionState.PENDING,
                uploaded_by=author,
                uploaded_at=now,
            )
        )
        form.version += 1
        self._session.flush()

    def decide(self, form: ItemFormRecord, version_id: int, decision: FormDecision) -> None:
        """Give a file out, or not."""
        self._session.execute(
            update(FormVersionRecord)
            .where(FormVersionRecord.id == version_id)
            .values(
                state=decision.state,
                decided_by=decision.by,
                decided_at=decision.at,
                reason=decision.reason,
            )
        )
        form.version += 1
        self._session.flush()

    def version(self, version_id: int) -> FormVersion | None:
        """One upload."""
        return next(iter(self._versions(FormVersionRecord.id == version_id)), None)

    def of_topic(self, topic: str) -> Sequence[FormVersion]:
        """Everything ever uploaded for an item, newest first."""
        return self._versions(ItemFormRecord.topic == topic)

    def pending(self) -> Sequence[FormVersion]:
        """Everything that waits for a second person."""
        return self._versions(FormVersionRecord.state == RevisionState.PENDING)

    def given(self) -> Sequence[FormGiven]:
        """What residents get: of every form the file approved last, unless that takes it away."""
        latest = (
            select(FormVersionRecord.form_id, func.max(FormVersionRecord.number).label("number"))
            .where(FormVersionRecord.state == RevisionState.APPROVED)
            .group_by(FormVersionRecord.form_id)
            .subquery()
        )
        one = FormVersionRecord
        rows = self._session.execute(
            select(ItemFormRecord, one.kind, one.size_bytes, one.decided_at)
            .join(latest, latest.c.form_id == ItemFormRecord.id)
            .join(one, (one.form_id == latest.c.form_id) & (one.number == latest.c.number))
            .where(one.kind != "")
            .order_by(ItemFormRecord.topic, ItemFormRecord.id)
        )
        return [
            FormGiven(form.id, form.topic, form.name, FormKind(kind), size, since)
            for form, kind, size, since in rows
            if since is not None
        ]

    def given_file(self, topic: str, form_id: int) -> FormFile | None:
        """The file residents get; None if none is given out."""
        row = self._session.execute(
            select(ItemFormRecord.name, FormVersionRecord.kind, FormVersionRecord.data)
            .join(ItemFormRecord, ItemFormRecord.id == FormVersionRecord.form_id)
            .where(
                ItemFormRecord.topic == topic,
                ItemFormRecord.id == form_id,
                FormVersionRecord.state == RevisionState.APPROVED,
            )
            .order_by(FormVersionRecord.number.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None or not row.kind else FormFile(row.name, FormKind(row.kind), row.data)

    def file(self, version_id: int) -> FormFile | None:
        """The file of any upload, for staff."""
        row = self._session.execute(
            select(ItemFormRecord.name, FormVersionRecord.kind, FormVersionRecord.data)
            .join(ItemFormRecord, ItemFormRecord.id == FormVersionRecord.form_id)
            .where(FormVersionRecord.id == version_id)
        ).one_or_none()
        return None if row is None or not row.kind else FormFile(row.name, FormKind(row.kind), row.data)

    def _versions(self, condition: ColumnElement[bool]) -> Sequence[FormVersion]:
        rows = self._session.execute(
            select(
                ItemFormRecord,
                FormVersionRecord.id,
                FormVersionRecord.number,
                FormVersionRecord.kind,
                FormVersionRecord.size_bytes,
                FormVersionRecord.sha256,
                FormVersionRecord.note,
                FormVersionRecord.state,
                FormVersionRecord.uploaded_by,
                _Author.name.label("author"),
                FormVersionRecord.uploaded_at,
                _Decider.name.label("decider"),
                FormVersionRecord.decided_at,
                FormVersionRecord.reason,
            )
            .join(ItemFormRecord, ItemFormRecord.id == FormVersionRecord.form_id)
            .join(_Author, _Author.id == FormVersionRecord.uploaded_by)
            .join(_Decider, _Decider.id == FormVersionRecord.decided_by, isouter=True)
            .where(condition)
            .order_by(FormVersionRecord.id.desc())
        )
        return [_version(row) for row in rows]


def _version(row: Row[*tuple[object, ...]]) -> FormVersion:
    form = row.ItemFormRecord
    return FormVersion(
        id=row.id,
        form_id=form.id,
        topic=form.topic,
        name=form.name,
        number=row.number,
        kind=FormKind(row.kind) if row.kind else None,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        note=row.note,
        state=RevisionState(row.state),
        uploaded_by=row.uploaded_by,
        uploaded_name=row.author,
        uploaded_at=row.uploaded_at,
        decided_name=row.decider,
        decided_at=row.decided_at,
        reason=row.reason,
        version=form.version,
    )
