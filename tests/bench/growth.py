"""What pages cost as tickets grow from a thousand to a million: lists, search, the monthly notice."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import psycopg

from tests.bench.desk import UNIT, plain_url
from tests.bench.filling import COMMON, RARE, fill
from tests.bench.measuring import Round, percentile_ms, timed, told
from tests.factories import a_member
from ticketing.bootstrap import DATA, Runtime
from ticketing.domain.month import Month
from ticketing.domain.staff import Actor, Role
from ticketing.knowledge.month import load_month_rules
from ticketing.services.monthly import Monthly

SMALL, LARGER = 1_000, (100_000, 1_000_000)
SIZES = (SMALL, *LARGER)
#: The driver prepares a statement at its sixth time, the database settles for a plan five times later.
ASKED, WARM_UP = 40, 12
#: What others on the machine take away is left out: pages are told by their faster tenth.
TOLD = 0.1
CITY = "city-hotline"
#: What the scheduler has to do when so much is not kept, the whole year last of all.
KEEPING = {
    "nothing: every round but one a day": "select 1",
    "a month that has settled: once a month": (
        "delete from month_figures where month = (select max(month) from month_figures)"
    ),
    "a whole year: once a day, to see that the rows still say so": "delete from month_figures",
}


class _House:
    """One database, and who looks at it."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._worker = a_member(runtime, unit=UNIT)
        self._boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
        self._filled = 0

    def fill_up(self, size: int) -> None:
        """Up to so many tickets."""
        url = plain_url(self.runtime.settings)
        fill(url, first=self._filled + 1, last=size, worker_id=self._worker.id)
        self._filled = size

    def pages(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """What is looked at, by name."""
        return pages(self.runtime, self._worker, self._boss)

    def keeping(self, forget: str) -> float:
        """Seconds in which the scheduler keeps what ``forget`` took away."""
        with psycopg.connect(plain_url(self.runtime.settings), autocommit=True) as connection:
            connection.execute(forget)
        return timed(self.runtime.monthly.keep_settled)


class Growth:
    """Seconds of each page, by its name and the number of tickets in the database.

    A small house beside the growing one is asked in the same turns: what others on the machine do meets both.
    """

    def __init__(self, small: Runtime, growing: Runtime) -> None:
        """Fill the small one."""
        self.rounds: dict[tuple[str, int], Round] = {}
        self._small, self._growing = _House(small), _House(growing)
        self._small.fill_up(SMALL)

    def measure(self, size: int) -> None:
        """Fill up to ``size`` tickets and ask both houses; of the small one the last time counts."""
        self._growing.fill_up(size)
        houses = ((self._small, SMALL), (self._growing, size))
        for name, forget in KEEPING.items():
            self._measure({(name, tickets): partial(house.keeping, forget) for house, tickets in houses})
        asked = {(name, tickets): ask for house, tickets in houses for name, ask in house.pages()}
        self._measure(
            {key: partial(timed, ask) for key, ask in sorted(asked.items(), key=lambda one: one[0])}
        )

    def _measure(self, asked: Mapping[tuple[str, int], Callable[[], float]]) -> None:
        seconds: dict[tuple[str, int], list[float]] = {key: [] for key in asked}
        for turn in range(WARM_UP + ASKED):
            for key, ask in asked.items():
                took = ask()
                if turn >= WARM_UP:
                    seconds[key].append(took)
        self.rounds |= {key: Round(tuple(values), sum(values)) for key, values in seconds.items()}

    def names(self) -> tuple[str, ...]:
        """The pages asked for."""
        return tuple(name for name, _ in self._small.pages())

    def milliseconds(self, name: str, size: int) -> float:
        """One page, when nothing else is in the way."""
        return percentile_ms([self.rounds[name, size]], TOLD).median

    def growth(self, name: str) -> str:
        """How many times more the largest size costs than the smallest."""
        return told(self.milliseconds(name, SIZES[-1]) / self.milliseconds(name, SMALL))


def pages(runtime: Runtime, worker: Actor, boss: Actor) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that is looked at all day."""
    yield "one ticket by its number", partial(runtime.tickets.search, boss, "NG19000101-0000777")
    queue, search = runtime.tickets.queue, runtime.tickets.search
    yield "a town's waiting tickets", partial(queue, worker, scope="unit")
    yield "one worker's own", partial(queue, worker, scope="mine")
    yield "the city's waiting tickets", partial(queue, boss, scope="unit")
    yield "the city's overdue tickets", partial(queue, boss, scope="overdue")
    yield "overdue by unit, beside that list", partial(runtime.reporting.overdue_by_unit, boss)
    yield "all tickets of the city", partial(queue, boss, scope="all")
    yield "all tickets, page 20", partial(queue, boss, scope="all", page=20)
    yield "one ticket's page", partial(runtime.tickets.get, boss, "NG19000101-0000777")
    yield "search: a word in three tickets", partial(search, boss, RARE)
    yield "search: a word in every fourth ticket", partial(search, boss, COMMON)
    yield "search: the same, by a worker of one town", partial(search, worker, COMMON)
    month = Month.of(runtime.clock.now()).plus(-1)
    yield "the month's notice", partial(runtime.monthly.report, boss, month)
    yield "the month's notice, a process's first", partial(first_report, runtime, boss, month)
    yield "the notice of the month that is running", partial(runtime.monthly.report, boss, month.plus(1))


def first_report(runtime: Runtime, boss: Actor, month: Month) -> object:
    """By a service that was made this moment, with its rules read from the file."""
    return Monthly(runtime.office, load_month_rules(DATA / "month")).report(boss, month)
