"""Intake and claim of the ticket services, beside the same database asked directly."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Self

import psycopg

from tests.bench.measuring import Figure, Round, timed, together
from tests.factories import a_member, a_risk_arrival
from ticketing.bootstrap import Runtime, build
from ticketing.settings import Settings

THREADS = (1, 8, 50)
UNIT = "town-xijin"
_serial = count(1)

RAW_TABLE = "create table if not exists raw_work (id bigint primary key, owner bigint, body text)"
RAW_INSERT = "insert into raw_work (id, body) values (%s, %s)"
RAW_UPDATE = "update raw_work set owner = 1 where id = %s and owner is null returning id"


@dataclass(slots=True)
class Desk:
    """Rounds by kind of work and number of threads."""

    rounds: dict[tuple[str, int], list[Round]] = field(default_factory=dict)

    def measure(self, runtime: Runtime, *, pieces: int) -> None:
        """One round of everything: ours, then the same kind of statement by itself."""
        url = plain_url(runtime.settings)
        member = a_member(runtime, unit=UNIT)
        for threads in THREADS:
            arrivals = [f"bench-{next(_serial)}" for _ in range(pieces)]
            self._keep("intake", threads, partial(_receive, runtime), arrivals)
            raw = [next(_serial) for _ in range(pieces)]
            with _Connections(url) as ask:
                self._keep("insert", threads, partial(ask, RAW_INSERT), [(one, "x" * 200) for one in raw])
                self._keep("update", threads, partial(ask, RAW_UPDATE), [(one,) for one in raw])
            numbers = [_receive(runtime, f"claim-{next(_serial)}") for _ in range(pieces)]
            self._keep("claim", threads, partial(runtime.tickets.claim, member), numbers)

    def _keep[T](self, kind: str, threads: int, work: Callable[[T], object], pieces: Sequence[T]) -> None:
        shares = [pieces[start::threads] for start in range(threads)]
        one = together([partial(_each, work, share) for share in shares])
        self.rounds.setdefault((kind, threads), []).append(one)

    def share_of(self, kind: str, raw: str, threads: int) -> Figure:
        """Ours per second for one of the raw statement, round by round."""
        pairs = zip(self.rounds[kind, threads], self.rounds[raw, threads], strict=True)
        return Figure.of([ours.per_second / limit.per_second for ours, limit in pairs])


@contextmanager
def fresh(settings: Settings) -> Iterator[Runtime]:
    """A runtime of this process, closed afterwards."""
    runtime = build(settings)
    try:
        yield runtime
    finally:
        runtime.close()


def plain_url(settings: Settings) -> str:
    """The database's address without SQLAlchemy's driver."""
    return settings.database_url.replace("postgresql+psycopg://", "postgresql://")


def _receive(runtime: Runtime, peer: str) -> str:
    receipt = runtime.intake.receive(a_risk_arrival(peer=peer))
    assert receipt.ticket is not None
    return receipt.ticket.number


def _each[T](work: Callable[[T], object], pieces: Sequence[T]) -> list[float]:
    return [timed(partial(work, piece)) for piece in pieces]


class _Connections:
    """A connection of its own for each thread, each statement a transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        self._all: list[psycopg.Connection] = []

    def __call__(self, statement: str, values: tuple[object, ...]) -> None:
        if not hasattr(self._own, "connection"):
            self._own.connection = psycopg.connect(self._url, autocommit=True)
            self._all.append(self._own.connection)
        self._own.connection.execute(statement, values)

    def __enter__(self) -> Self:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(RAW_TABLE)
        return self

    def __exit__(self, *_about: object) -> None:
        for connection in self._all:
            connection.close()
