"""What pages cost as tickets grow from a thousand to a million: lists, search, the monthly notice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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

SIZES = (1_000, 100_000, 1_000_000)
ASKED, WARM_UP = 40, 6
#: One ticket by its number costs the same at any size: if it does not, the machine was busier.
CONTROL = "control: one ticket by its number"
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


@dataclass(slots=True)
class Growth:
    """Seconds of each page, by its name and the number of tickets in the database."""

    rounds: dict[tuple[str, int], Round] = field(default_factory=dict)
    _filled: int = 0
    _people: tuple[Actor, ...] = ()

    def measure(self, runtime: Runtime, *, size: int) -> None:
        """Fill up to ``size`` tickets and ask for every page."""
        if not self._people:
            boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
            self._people = (a_member(runtime, unit=UNIT), boss)
        worker, boss = self._people
        fill(plain_url(runtime.settings), first=self._filled + 1, last=size, worker_id=worker.id)
        self._filled = size
        self._measure_keeping(runtime, size=size)
        asked = tuple(pages(runtime, worker, boss))
        seconds: dict[str, list[float]] = {name: [] for name, _ in asked}
        # In turns, so that what others on the machine do meets all pages alike; the first rounds warm up.
        for turn in range(WARM_UP + ASKED):
            for name, ask in asked:
                took = timed(ask)
                if turn >= WARM_UP:
                    seconds[name].append(took)
        for name, values in seconds.items():
            self.rounds[name, size] = Round(tuple(values), sum(values))

    def _measure_keeping(self, runtime: Runtime, *, size: int) -> None:
        with psycopg.connect(plain_url(runtime.settings), autocommit=True) as connection:
            for name, forget in KEEPING.items():
                seconds = []
                for _ in range(ASKED):
                    connection.execute(forget)
                    seconds.append(timed(runtime.monthly.keep_settled))
                self.rounds[name, size] = Round(tuple(seconds), sum(seconds))

    def names(self) -> tuple[str, ...]:
        """The pages asked for."""
        return tuple(dict.fromkeys(name for name, _ in self.rounds if name not in KEEPING))

    def milliseconds(self, name: str, size: int) -> float:
        """One page, when nothing else is in the way."""
        return percentile_ms([self.rounds[name, size]], TOLD).median

    def growth(self, name: str) -> str:
        """How many times more the largest size costs than the smallest, by the measure of CONTROL."""
        largest, smallest = SIZES[-1], SIZES[0]
        machine = self.milliseconds(CONTROL, largest) / self.milliseconds(CONTROL, smallest)
        return told(self.milliseconds(name, largest) / self.milliseconds(name, smallest) / machine)


def pages(runtime: Runtime, worker: Actor, boss: Actor) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that is looked at all day."""
    yield CONTROL, partial(runtime.tickets.search, boss, "NG19000101-0000777")
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
