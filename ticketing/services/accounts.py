"""Accounts of staff: adding, logging in, binding a Telegram chat."""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ticketing.domain.errors import (
    BadInput,
    BindCodeRefused,
    LoginRefused,
    LoginThrottled,
    NotLoggedIn,
    NotPermitted,
    StaffNotFound,
    UnitNotFound,
    UsernameTaken,
)
from ticketing.domain.staff import Actor, NewStaff, Role, StaffMember
from ticketing.services.filing import CODE_ALPHABET
from ticketing.services.office import Office
from ticketing.storage.staff import actor_of, member_of
from ticketing.storage.tables import StaffRecord

MANAGE_STAFF = "manage_staff"
SESSION_LASTS = timedelta(hours=12)
BIND_CODE_LASTS = timedelta(minutes=10)
BIND_CODE_LENGTH = 8
PASSWORD_CHARACTERS_MIN = 8
#: After this many failures in a row the account rests.
FAILED_LOGINS_MAX = 5
LOCK_LASTS = timedelta(minutes=10)
#: Slow and large on purpose (RFC 9106, the second recommended choice): a stolen table is not to be guessed.
PASSWORDS = PasswordHasher()


class Accounts:
    """Use cases around people of staff."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._hasher = PASSWORDS

    def add(self, new: NewStaff) -> StaffMember:
        """Add an account; UsernameTaken, UnitNotFound, or BadInput for a password under 8 characters."""
        if len(new.password) < PASSWORD_CHARACTERS_MIN:
            raise BadInput(field="password")
        if not self._is_for(new.role, new.unit):
            raise UnitNotFound(unit=new.unit)
        with self._office.transaction() as work:
            if work.staff.by_username(new.username) is not None:
                raise UsernameTaken(username=new.username)
            record = StaffRecord(
                username=new.username,
                name=new.name,
                role=new.role.value,
                unit=new.unit,
                password_hash=self._hasher.hash(new.password),
                active=True,
                demo=new.demo,
                created_at=self._office.clock.now(),
            )
            return member_of(work.staff.add(record))

    def _is_for(self, role: Role, unit: str) -> bool:
        """Organisations' people belong to an organisation, and nobody else does."""
        if role is Role.ORGANISATION:
            return self._office.catalogue.organisation(unit) is not None
        return self._office.knows_unit(unit)

    def list(self, actor: Actor) -> list[StaffMember]:
        """Everyone, by unit and name."""
        self._check(actor)
        with self._office.transaction() as work:
            return work.staff.everyone()

    def count(self) -> int:
        """How many accounts there are."""
        with self._office.transaction() as work:
            return work.staff.count()

    def disable(self, actor: Actor, staff_id: int) -> None:
        """Close an account and all its logins; what the person did stays on record."""
        self._check(actor)
        with self._office.transaction() as work:
            record = work.staff.get(staff_id)
            if record is None:
                raise StaffNotFound
            record.active = False
            record.telegram_chat_id = None
            work.staff.end_sessions_of(staff_id)

    def login(self, username: str, password: str) -> str:
        """A session token, valid 12 hours; LoginRefused, or LoginThrottled after five failures in a row."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = work.staff.by_username(username.strip(), locked=True)
            if record is not None and record.locked_until_at is not None and record.locked_until_at > now:
                raise LoginThrottled(minutes=int(LOCK_LASTS.total_seconds() // 60))
            token = secrets.token_urlsafe(32)
            accepted = record is not None and record.active and self._fits(record.password_hash, password)
            if record is not None and accepted:
                record.failed_logins, record.locked_until_at = 0, None
                work.staff.open_session(digest(token), record.id, now + SESSION_LASTS)
            elif record is not None:
                self._note_failure(record)
        if not accepted:
            raise LoginRefused
        return token

    def _note_failure(self, record: StaffRecord) -> None:
        record.failed_logins += 1
        if record.failed_logins >= FAILED_LOGINS_MAX:
            record.failed_logins = 0
            record.locked_until_at = self._office.clock.now() + LOCK_LASTS

    def _fits(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def actor_of_session(self, token: str) -> Actor:
        """The person logged in with this token; NotLoggedIn if none is."""
        with self._office.transaction() as work:
            record = work.staff.of_session(digest(token), self._office.clock.now())
            if record is None:
                raise NotLoggedIn
            return actor_of(record)

    def logout(self, token: str) -> None:
        """End one login."""
        with self._office.transaction() as work:
            work.staff.end_session(digest(token))

    def bind_code(self, actor: Actor) -> str:
        """A one-time code, valid 10 minutes, that ties the person's Telegram chat to the account."""
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(BIND_CODE_LENGTH))
        with self._office.transaction() as work:
            work.staff.add_bind_code(digest(code), actor.id, self._office.clock.now() + BIND_CODE_LASTS)
        return code

    def bind_telegram(self, code: str, chat_id: str) -> Actor:
        """Tie a chat to the account of a code; BindCodeRefused if it is unknown, used or too old."""
        with self._office.transaction() as work:
            staff_id = work.staff.use_bind_code(digest(code.strip().upper()), self._office.clock.now())
            record = None if staff_id is None else work.staff.get(staff_id)
            if record is None or not record.active:
                raise BindCodeRefused
            work.staff.release_telegram(chat_id)
            record.telegram_chat_id = chat_id
            return actor_of(record)

    def unbind_telegram(self, chat_id: str) -> None:
        """Untie a chat."""
        with self._office.transaction() as work:
            work.staff.release_telegram(chat_id)

    def actor_of_telegram(self, chat_id: str) -> Actor | None:
        """The person whose chat this is, if bound and active."""
        with self._office.transaction() as work:
            record = work.staff.by_telegram(chat_id)
            return None if record is None else actor_of(record)

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, MANAGE_STAFF, None):
            raise NotPermitted(permission=MANAGE_STAFF)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
