"""Accounts, logins and one-time codes of staff."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ticketing.domain.staff import Actor, Role, StaffMember
from ticketing.storage.tables import BindCodeRecord, StaffRecord, StaffSessionRecord


class StaffAccounts:
    """Reads and writes staff inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def add(self, record: StaffRecord) -> StaffRecord:
        """Write a new account."""
        self._session.add(record)
        self._session.flush()  # the id is returned
        return record

    def by_username(self, username: str, *, locked: bool = False) -> StaffRecord | None:
        """The account of this user name."""
        query = select(StaffRecord).where(StaffRecord.username == username)
        return self._session.scalar(query.with_for_update() if locked else query)

    def get(self, staff_id: int, *, locked: bool = False) -> StaffRecord | None:
        """One account; ``locked`` against being disabled until the transaction ends."""
        query = select(StaffRecord).where(StaffRecord.id == staff_id)
        return self._session.scalar(query.with_for_update(read=True) if locked else query)

    def by_telegram(self, chat_id: str) -> StaffRecord | None:
        """The active account bound to a Telegram chat."""
        return self._session.scalar(
            select(StaffRecord).where(StaffRecord.telegram_chat_id == chat_id, StaffRecord.active)
        )

    def reachable_in(self, unit: str) -> list[StaffRecord]:
        """Active people of a unit who have bound a Telegram chat."""
        return list(
            self._session.scalars(
                select(StaffRecord).where(
                    StaffRecord.unit == unit, StaffRecord.active, StaffRecord.telegram_chat_id.is_not(None)
                )
            )
        )

    def reachable_as(self, role: Role) -> list[StaffRecord]:
        """Active people of a role who have bound a Telegram chat."""
        query = select(StaffRecord).where(
            StaffRecord.role == role.value, StaffRecord.active, StaffRecord.telegram_chat_id.is_not(None)
        )
        return list(self._session.scalars(query))

    def first_active(self, role: Role, *, unit: str, but: int) -> StaffRecord | None:
        """Somebody of a role who can log in, of the unit if there is anybody; never ``but``."""
        return self._session.scalar(
            select(StaffRecord)
            .where(StaffRecord.role == role, StaffRecord.active, StaffRecord.id != but)
            .order_by(StaffRecord.unit != unit, StaffRecord.id)
            .limit(1)
        )

    def has_active(self, unit: str) -> bool:
        """Whether anybody of a unit can log in."""
        query = select(StaffRecord.id).where(StaffRecord.unit == unit, StaffRecord.active).limit(1)
        return self._session.scalar(query) is not None

    def everyone(self) -> list[StaffMember]:
        """The staff list, by unit and name."""
        rows = self._session.scalars(select(StaffRecord).order_by(StaffRecord.unit, StaffRecord.name))
        return [member_of(row) for row in rows]

    def count(self) -> int:
        """How many accounts there are."""
        return self._session.scalar(select(func.count()).select_from(StaffRecord)) or 0

    def open_session(self, token_hash: str, staff_id: int, expires_at: datetime) -> None:
        """Write a login."""
        self._session.add(StaffSessionRecord(token_hash=token_hash, staff_id=staff_id, expires_at=expires_at))

    def of_session(self, token_hash: str, now: datetime) -> StaffRecord | None:
        """The active account behind a login that has not expired."""
        return self._session.scalar(
            select(StaffRecord)
            .join(StaffSessionRecord, StaffSessionRecord.staff_id == StaffRecord.id)
            .where(
                StaffSessionRecord.token_hash == token_hash,
                StaffSessionRecord.expires_at > now,
                StaffRecord.active,
            )
        )

    def end_session(self, token_hash: str) -> None:
        """Log out."""
        self._session.execute(delete(StaffSessionRecord).where(StaffSessionRecord.token_hash == token_hash))

    def end_sessions_of(self, staff_id: int) -> None:
        """Log a person out everywhere."""
        self._session.execute(delete(StaffSessionRecord).where(StaffSessionRecord.staff_id == staff_id))

    def add_bind_code(self, code_hash: str, staff_id: int, expires_at: datetime) -> None:
        """Write a one-time code."""
        self._session.add(BindCodeRecord(code_hash=code_hash, staff_id=staff_id, expires_at=expires_at))

    def use_bind_code(self, code_hash: str, now: datetime) -> int | None:
        """Account of a code that is valid now, used up by this call; None otherwise."""
        return self._session.scalar(
            update(BindCodeRecord)
            .where(
                BindCodeRecord.code_hash == code_hash,
                BindCodeRecord.used_at.is_(None),
                BindCodeRecord.expires_at > now,
            )
            .values(used_at=now)
            .returning(BindCodeRecord.staff_id)
        )

    def release_telegram(self, chat_id: str) -> None:
        """Untie a chat from whichever account had it."""
        self._session.execute(
            update(StaffRecord).where(StaffRecord.telegram_chat_id == chat_id).values(telegram_chat_id=None)
        )


def actor_of(row: StaffRecord) -> Actor:
    """The account as somebody who does something."""
    return Actor(id=row.id, name=row.name, role=Role(row.role), unit=row.unit, username=row.username)


def member_of(row: StaffRecord) -> StaffMember:
    """The account as a line of the staff list."""
    return StaffMember(
        id=row.id,
        username=row.username,
        name=row.name,
        role=Role(row.role),
        unit=row.unit,
        active=row.active,
        demo=row.demo,
        has_telegram=row.telegram_chat_id is not None,
        created_at=row.created_at,
    )
