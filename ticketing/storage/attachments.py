"""Files that came with messages, and the work list of those still to be fetched."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ticketing.domain.arrival import Arrival
from ticketing.domain.attachments import (
    LEASE,
    TRIED_FOR,
    AttachmentView,
    FileContent,
    FileKind,
    FileState,
    Sort,
    Trouble,
    Wanted,
)
from ticketing.domain.vocabulary import Channel
from ticketing.storage.attachment_tables import AttachmentRecord
from ticketing.storage.tables import ConversationRecord, MessageRecord

#: Written with the message itself: there is no moment at which the message is known and its file is not.
ATTACH: LiteralString = """
insert into attachments (message_id, sort, state, source, name, kind, size_bytes, sha256, data, preview,
                         created_at, due_at, give_up_at)
select m.id, %(sort)s, %(state)s, %(source)s, %(name)s, %(kind)s, %(size_bytes)s, %(sha256)s, %(data)s,
       %(preview)s, %(now)s, %(due_at)s, %(give_up_at)s
from messages as m join conversations as c on c.id = m.conversation_id
where c.channel = %(channel)s and c.peer = %(peer)s and m.direction = 'in'
    and m.external_id = %(external_id)s
on conflict (message_id) do nothing
"""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is handed out."""

    kind: FileKind
    name: str
    #: The conversation it came in.
    conversation_id: str
    data: bytes = field(repr=False)


def attach_values(arrival: Arrival, now: datetime) -> dict[str, Any]:
    """What ATTACH needs for the file of an arrival."""
    attached = arrival.attached
    if attached is None:
        raise TypeError("nothing attached")
    content = attached.content
    return {
        "channel": arrival.channel.value,
        "peer": arrival.peer,
        "external_id": arrival.external_id,
        "sort": attached.sort.value,
        "source": attached.source,
        "name": attached.name,
        "now": now,
        "due_at": now if content is None else None,
        "give_up_at": now + TRIED_FOR if content is None else None,
        **(_kept_values(content) if content else _MISSING),
    }


_MISSING: Mapping[str, Any] = {
    "state": FileState.MISSING.value,
    "kind": "",
    "size_bytes": 0,
    "sha256": "",
    "data": None,
    "preview": None,
}


def _kept_values(content: FileContent) -> dict[str, Any]:
    return {
        "state": FileState.KEPT.value,
        "kind": content.kind.value,
        "size_bytes": len(content.data),
        "sha256": hashlib.sha256(content.data).hexdigest(),
        "data": content.data,
        "preview": content.preview or None,
    }


class Attachments:
    """Reads and writes files inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def lease(self, limit: int, now: datetime) -> list[Wanted]:
        """Take files that are due so that nobody else takes them for LEASE; the longest due first."""
        rows = self._session.execute(
            select(AttachmentRecord, ConversationRecord.channel)
            .join(MessageRecord, MessageRecord.id == AttachmentRecord.message_id)
            .join(ConversationRecord, ConversationRecord.id == MessageRecord.conversation_id)
            .where(AttachmentRecord.state == FileState.MISSING, AttachmentRecord.due_at <= now)
            .order_by(AttachmentRecord.due_at, AttachmentRecord.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=AttachmentRecord)
        ).all()
        for record, _ in rows:
            record.due_at = now + LEASE
            record.attempts += 1
        return [Wanted(record.id, Channel(channel), record.source) for record, channel in rows]

    def get(self, attachment_id: int) -> AttachmentRecord | None:
        """One file without its bytes, locked until the transaction ends."""
        return self._session.get(AttachmentRecord, attachment_id, with_for_update=True)

    def keep(self, record: AttachmentRecord, content: FileContent) -> None:
        """Note that a file is here."""
        for column, value in _kept_values(content).items():
            setattr(record, column, value)
        record.trouble, record.due_at, record.give_up_at = "", None, None

    def conversation_of(self, attachment_id: int) -> str | None:
        """The conversation that a file belongs to."""
        return self._session.scalar(
            select(MessageRecord.conversation_id)
            .join(AttachmentRecord, AttachmentRecord.message_id == MessageRecord.id)
            .where(AttachmentRecord.id == attachment_id)
        )

    def of_messages(self, message_ids: Iterable[int]) -> Mapping[int, AttachmentView]:
        """The files of messages, without their bytes."""
        wanted = list(message_ids)
        if not wanted:
            return {}
        rows = self._session.scalars(
            select(AttachmentRecord).where(AttachmentRecord.message_id.in_(wanted))
        ).all()
        return {row.message_id: view_of(row) for row in rows}

    def file(self, attachment_id: int, *, is_preview: bool) -> StoredFile | None:
        """What is handed out, the small picture or the file itself; None if there is none."""
        wanted = AttachmentRecord.preview if is_preview else AttachmentRecord.data
        row = self._session.execute(
            select(
                AttachmentRecord.kind,
                AttachmentRecord.name,
                MessageRecord.conversation_id,
                wanted.label("data"),
            )
            .join(MessageRecord, MessageRecord.id == AttachmentRecord.message_id)
            .where(AttachmentRecord.id == attachment_id)
        ).one_or_none()
        if row is None or row.data is None:
            return None
        kind = FileKind.JPG if is_preview else FileKind(row.kind)
        return StoredFile(kind, row.name, row.conversation_id, row.data)

    def counts(self) -> Mapping[str, int]:
        """How many files are in each state."""
        rows = self._session.execute(
            select(AttachmentRecord.state, func.count()).group_by(AttachmentRecord.state)
        )
        found = {state.value: 0 for state in FileState}
        found.update((state, count) for state, count in rows.all())
        return found


def view_of(row: AttachmentRecord) -> AttachmentView:
    """A row as people see it."""
    return AttachmentView(
        id=row.id,
        sort=Sort(row.sort),
        state=FileState(row.state),
        trouble=Trouble(row.trouble),
        kind=FileKind(row.kind) if row.kind else None,
        name=row.name,
        size_bytes=row.size_bytes,
        due_at=row.due_at,
    )
