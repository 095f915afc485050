"""Intake, claim and queue of the ticket services, beside the same database asked directly."""

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
from ticketing.domain.staff import Actor, Role
from ticketing.settings import Settings

THREADS = (1, 8, 50)
UNIT = "town-xijin"
SIZES = (1_000, 100_000)
QUEUE_ASKED = 15
_serial = count(1)

RAW_TABLE = "create table if not exists raw_work (id bigint primary key, owner bigint, body text)"
RAW_INSERT = "insert into raw_work (id, body) values (%s, %s)"
RAW_UPDATE = "update raw_work set owner = 1 where id = %s and owner is null returning id"
#: Tickets like those of the services, made by the database itself.
FILL = """
insert into tickets (number, category, risk, risk_rank, status, channel, town, unit, summary, anonymous,
                     fields, created_at, accept_by_at, resolve_by_at, assignee_id)
select 'NG19000101-' || n, (array['child_protection', 'elder_harm', 'complaint', 'human'])[1 + n %% 4],
       (array['urgent', 'emergency', 'none'])[1 + n %% 3], (array[1, 2, 0])[1 + n %% 3],
       case when n %% 10 = 0 then 'dispatched' when n %% 10 = 1 then 'claimed' else 'closed' end,
       'web', 'xijin',
       (array['town-xijin', 'town-nanshan', 'city-civil-affairs', 'city-hotline'])[1 + n %% 4],
       'bench', true, '{}', now() - n * interval '1 minute', now(), now() + interval '1 day',
       case when n %% 5000 = 1 then %s::bigint when n %% 10 = 1 then %s::bigint end
from generate_series(%s::bigint, %s::bigint) as n
"""


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


@dataclass(slots=True)
class Queue:
    """Seconds of one page of each list, by number of tickets in the database."""

    rounds: dict[tuple[str, int], list[Round]] = field(default_factory=dict)

    def measure(self, runtime: Runtime, *, size: int) -> None:
        """Fill up to ``size`` tickets and ask for pages."""
        worker = a_member(runtime, unit=UNIT)
        boss = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
        with psycopg.connect(plain_url(runtime.settings), autocommit=True) as connection:
            row = connection.execute("select count(*) from tickets").fetchone()
            assert row is not None
            connection.execute(FILL, (worker.id, boss.id, row[0] + 1, size))
            connection.execute("vacuum analyze tickets")
        for name, actor, scope, page in _lists(worker, boss):
            ask = partial(runtime.tickets.queue, actor, scope=scope, page=page)
            ask()
            seconds = tuple(timed(ask) for _ in range(QUEUE_ASKED))
            self.rounds.setdefault((name, size), []).append(Round(seconds, sum(seconds)))

    def names(self) -> tuple[str, ...]:
        """The lists asked for."""
        return tuple(dict.fromkeys(name for name, _ in self.rounds))


def _lists(worker: Actor, boss: Actor) -> tuple[tuple[str, Actor, str, int], ...]:
    return (
        ("a town's waiting tickets", worker, "unit", 1),
        ("one worker's own", worker, "mine", 1),
        ("the city's waiting tickets", boss, "unit", 1),
        ("the city's overdue tickets", boss, "overdue", 1),
        ("all tickets of the city", boss, "all", 1),
        ("all tickets, page 20", boss, "all", 20),
    )


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
