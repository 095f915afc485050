"""Questions that editors give the model to learn from."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.domain.editor_examples import EditorExample
from ticketing.storage.example_tables import EditorExampleRecord
from ticketing.storage.tables import StaffRecord


class EditorExamples:
    """Reads and writes them inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, text: str, *, topic: str, aspect: str | None, author: int, now: datetime) -> bool:
        """Write one; False if the same text is there already, for whatever item."""
        made = insert(EditorExampleRecord).values(
            text=text, topic=topic, aspect=aspect, added_by=author, added_at=now
        )
        done = made.on_conflict_do_nothing(
            index_elements=["text"], index_where=EditorExampleRecord.withdrawn_at.is_(None)
        )
        return self._session.execute(done.returning(EditorExampleRecord.id)).first() is not None

    def withdraw(self, example_id: int, now: datetime) -> bool:
        """Take one back; False if there is none that stands."""
        done = (
            update(EditorExampleRecord)
            .where(EditorExampleRecord.id == example_id, EditorExampleRecord.withdrawn_at.is_(None))
            .values(withdrawn_at=now)
            .returning(EditorExampleRecord.id)
        )
        return self._session.execute(done).first() is not None

    def standing(self) -> Sequence[EditorExample]:
        """All that were not taken back, in the order of entry."""
        rows = self._session.execute(
            select(EditorExampleRecord, StaffRecord.name)
            .join(StaffRecord, StaffRecord.id == EditorExampleRecord.added_by)
            .where(EditorExampleRecord.withdrawn_at.is_(None))
            .order_by(EditorExampleRecord.id)
        )
        return [
            EditorExample(record.id, record.text, record.topic, record.aspect, name, record.added_at)
            for record, name in rows
        ]
