"""One use case is one transaction; the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from ticketing.domain.errors import StorageUnavailable
from ticketing.storage.child_cases import ChildCases
from ticketing.storage.conversations import Conversations
from ticketing.storage.outbox import Outbox
from ticketing.storage.staff import StaffAccounts
from ticketing.storage.tasks import Tasks
from ticketing.storage.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Work:
    """The repositories of one transaction."""

    conversations: Conversations
    tickets: Tickets
    staff: StaffAccounts
    outbox: Outbox
    children: ChildCases
    tasks: Tasks


class Storage:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Connect lazily; ``url`` is an SQLAlchemy URL for psycopg 3."""
        self._engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            # A failed statement would put what a resident said into the log.
            hide_parameters=True,
            connect_args={"connect_timeout": 3, "options": "-c timezone=utc -c lock_timeout=10s"},
        )

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """Commit on success, roll back on any error; StorageUnavailable when the server is away."""
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield Work(
                    conversations=Conversations(session),
                    tickets=Tickets(session),
                    staff=StaffAccounts(session),
                    outbox=Outbox(session),
                    children=ChildCases(session),
                    tasks=Tasks(session),
                )
        except (OperationalError, InterfaceError, NoFreeConnection) as error:
            raise StorageUnavailable from error

    def is_reachable(self) -> bool:
        """Whether the server answers."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("select 1"))
        except (OperationalError, InterfaceError, NoFreeConnection):
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()
