"""Versions of the dispatch catalogue: only ever added, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Nullable, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ticketing.storage.dispatch_tables import DispatchVersionRecord
from ticketing.storage.tables import StaffRecord

#: The data file's own number.
FILE_VERSION = 0


@dataclass(frozen=True, slots=True)
class DispatchVersion:
    """One version, without its content."""

    number: int
    #: None: the data file.
    made_by: str | None
    made_at: datetime
    note: str
    restored: int | None


@dataclass(frozen=True, slots=True)
class NewDispatchVersion:
    """A version to be written."""

    number: int
    content: Mapping[str, Any]
    made_by: int | None
    note: str = ""
    restored: int | None = None


class DispatchVersions:
    """Reads and writes versions inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def latest(self) -> int:
        """Number of the version that holds; the file's while nobody has edited."""
        return self._session.scalar(select(func.max(DispatchVersionRecord.number))) or FILE_VERSION

    def content(self, number: int) -> Mapping[str, object] | None:
        """What a version says; None for one that was never stored."""
        return self._session.scalar(
            select(DispatchVersionRecord.content).where(DispatchVersionRecord.number == number)
        )

    def add(self, new: NewDispatchVersion, now: datetime) -> bool:
        """Write a version; False when another has the number already, also one written at this moment."""
        written = (
            insert(DispatchVersionRecord)
            .values(
                number=new.number,
                content=dict(new.content),
                made_by=new.made_by,
                made_at=now,
                note=new.note,
                restored=new.restored,
            )
            .on_conflict_do_nothing(index_elements=["number"])
            .returning(DispatchVersionRecord.number)
        )
        return self._session.scalar(written) is not None

    def history(self) -> tuple[DispatchVersion, ...]:
        """All versions, newest first."""
        rows = self._session.execute(
            select(DispatchVersionRecord, Nullable(StaffRecord.name))
            .outerjoin(StaffRecord, StaffRecord.id == DispatchVersionRecord.made_by)
            .order_by(DispatchVersionRecord.number.desc())
        ).all()
        return tuple(
            DispatchVersion(row.number, name, row.made_at, row.note, row.restored) for row, name in rows
        )
