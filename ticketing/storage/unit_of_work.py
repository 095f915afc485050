"""One use case is one transaction; the only place that commits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from ticketing.domain.arrival import Arrival
from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.reads import Reading
from ticketing.storage.attachments import Attachments
from ticketing.storage.child_cases import ChildCases
from ticketing.storage.city_facts import CityFacts
from ticketing.storage.clocks import Clocks
from ticketing.storage.closures import Closures
from ticketing.storage.conversations import Conversations
from ticketing.storage.discoveries import Discoveries
from ticketing.storage.dispatch_versions import DispatchVersions
from ticketing.storage.editor_examples import EditorExamples
from ticketing.storage.feedback import Feedback
from ticketing.storage.item_forms import ItemForms
from ticketing.storage.month import MonthCounts
from ticketing.storage.month_figures import MonthFigures
from ticketing.storage.objections import Objections
from ticketing.storage.orders import Orders
from ticketing.storage.outbox import Outbox
from ticketing.storage.quality import QualityChecks
from ticketing.storage.question_groups import QuestionGroups
from ticketing.storage.reads import Reads, write
from ticketing.storage.referrals import Referrals
from ticketing.storage.repeats import RepeatLinks
from ticketing.storage.second_looks import SecondLookList
from ticketing.storage.staff import StaffAccounts
from ticketing.storage.tasks import Tasks
from ticketing.storage.ticket_search import TicketSearch
from ticketing.storage.tickets import Tickets
from ticketing.storage.training_runs import TrainingRuns
from ticketing.storage.turns import Arriving, Before, TakenIn, Turns
from ticketing.storage.waiting import WaitingList

#: A connection at rest for longer is asked whether it is still one, before it is used.
TRUSTED_FOR_S = 1.0
_AWAY = (OperationalError, InterfaceError, NoFreeConnection)


@dataclass(frozen=True, slots=True)
class Work:
    """The repositories of one transaction."""

    conversations: Conversations
    tickets: Tickets
    staff: StaffAccounts
    outbox: Outbox
    children: ChildCases
    tasks: Tasks
    city: CityFacts
    examples: EditorExamples
    clocks: Clocks
    repeats: RepeatLinks
    month: MonthCounts
    figures: MonthFigures
    referrals: Referrals
    search: TicketSearch
    training: TrainingRuns
    closures: Closures
    quality: QualityChecks
    feedback: Feedback
    forms: ItemForms
    groups: QuestionGroups
    orders: Orders
    discoveries: Discoveries
    looks: SecondLookList
    dispatch: DispatchVersions
    objections: Objections
    attachments: Attachments
    reads: Reads
    waiting: WaitingList


class Storage:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Connect lazily; ``url`` is an SQLAlchemy URL for psycopg 3."""
        self._engine = _engine(url, pool_size)
        # A crash of the server may take the last half second of what was answered; nothing is left by halves.
        # What residents said was on disk before anybody read it: it will be answered again.
        self._quick = _engine(url, pool_size, options="-c synchronous_commit=off", is_autocommit=True)

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
                    city=CityFacts(session),
                    examples=EditorExamples(session),
                    clocks=Clocks(session),
                    repeats=RepeatLinks(session),
                    month=MonthCounts(session),
                    figures=MonthFigures(session),
                    referrals=Referrals(session),
                    search=TicketSearch(session),
                    training=TrainingRuns(session),
                    closures=Closures(session),
                    quality=QualityChecks(session),
                    feedback=Feedback(session),
                    forms=ItemForms(session),
                    groups=QuestionGroups(session),
                    orders=Orders(session),
                    discoveries=Discoveries(session),
                    looks=SecondLookList(session),
                    dispatch=DispatchVersions(session),
                    objections=Objections(session),
                    attachments=Attachments(session),
                    reads=Reads(session),
                    waiting=WaitingList(session),
                )
        except _AWAY as error:
            raise StorageUnavailable from error

    @contextmanager
    def turns(self) -> Iterator[Turns]:
        """For single statements, each a transaction; StorageUnavailable when the server is away."""
        try:
            with self._quick.connect() as connection:
                yield Turns(connection)
        except _AWAY as error:
            raise StorageUnavailable from error

    def take_in(self, arrival: Arrival, now: datetime) -> tuple[TakenIn, Before]:
        """Write what a resident sent, once and onto the disk, and read what was before it.

        One round to the server for the whole transaction. StorageUnavailable when the server is away.
        """
        with self._at_once() as connection:
            arriving = Arriving(connection, arrival, now)
        return arriving.taken(), arriving.before()

    def note_read(self, staff_id: int, reading: Reading, at: datetime, *, same: timedelta) -> None:
        """Keep that somebody read: on the disk before this returns, whatever becomes of the answer.

        ``same`` is how long a page that refreshes itself is one look. StorageUnavailable.
        """
        try:
            with self._engine.connect() as pooled:
                connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
                write(connection, staff_id, reading, at, same=same)
        except _AWAY as error:
            raise StorageUnavailable from error

    @contextmanager
    def _at_once(self) -> Iterator[psycopg.Connection]:
        """A transaction whose statements are sent together: their results are there after its end."""
        try:
            with self._engine.connect() as pooled, _pipelined(pooled) as connection:
                yield connection
        except (*_AWAY, psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StorageUnavailable from error

    def is_reachable(self) -> bool:
        """Whether the server answers."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("select 1"))
        except _AWAY:
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()
        self._quick.dispose()


@contextmanager
def _pipelined(pooled: Connection) -> Iterator[psycopg.Connection]:
    """The driver's own connection in pipeline mode; commits at the end, which raises what went wrong."""
    pooled.execution_options(isolation_level="AUTOCOMMIT")
    connection = cast("psycopg.Connection", pooled.connection.driver_connection)
    try:
        with connection.pipeline():
            connection.execute("begin")
            yield connection
            connection.execute("commit")
    except psycopg.Error as error:
        # What it was in the middle of nobody knows: never use it again.
        pooled.invalidate(error)
        raise


def _engine(url: str, pool_size: int, *, options: str = "", is_autocommit: bool = False) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        # A failed statement would put what a resident said into the log.
        hide_parameters=True,
        connect_args={"connect_timeout": 3, "options": f"-c timezone=utc -c lock_timeout=10s {options}"},
        **({"isolation_level": "AUTOCOMMIT"} if is_autocommit else {}),
    )
    _ask_after_rest(engine)
    return engine


def _ask_after_rest(engine: Engine) -> None:
    """As ``pool_pre_ping``, but without a round to the server for a connection in steady use."""

    @event.listens_for(engine, "checkin")
    def _note(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["used_s"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        used_s = entry.info.get("used_s")
        if used_s is None or time.monotonic() - used_s < TRUSTED_FOR_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
