"""What pages cost as tickets grow from a thousand to a million: lists, search, the monthly notice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

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
ASKED = 40
#: What others on the machine take away is left out: pages are told by their faster tenth.
TOLD = 0.1
CITY = "city-hotline"


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
        for name, ask in pages(runtime, worker, boss):
            for _ in range(3):
                ask()
            seconds = tuple(timed(ask) for _ in range(ASKED))
            self.rounds[name, size] = Round(seconds, sum(seconds))

    def names(self) -> tuple[str, ...]:
        """The pages asked for."""
        return tuple(dict.fromkeys(name for name, _ in self.rounds))

    def milliseconds(self, name: str, size: int) -> float:
        """One page, when nothing else is in the way."""
        return percentile_ms([self.rounds[name, size]], TOLD).median

    def growth(self, name: str) -> str:
        """How many times more the largest size costs than the smallest."""
        return told(self.milliseconds(name, SIZES[-1]) / self.milliseconds(name, SIZES[0]))


def pages(runtime: Runtime, worker: Actor, boss: Actor) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that is looked at all day."""
    queue, search = runtime.tickets.queue, runtime.tickets.search
    yield "a town's waiting tickets", partial(queue, worker, scope="unit")
    yield "one worker's own", partial(queue, worker, scope="mine")
    yield "the city's waiting tickets", partial(queue, boss, scope="unit")
    yield "the city's overdue tickets", partial(queue, boss, scope="overdue")
    yield "overdue by unit, beside that list", partial(runtime.reporting.overdue_by_unit, boss)
    yield "all tickets of the city", partial(queue, boss, scope="all")
    yield "all tickets, page 20", partial(queue, boss, scope="all", page=20)
    yield "search: a number", partial(search, boss, "NG19000101-777")
    yield "search: a word in three tickets", partial(search, boss, RARE)
    yield "search: a word in every fourth ticket", partial(search, boss, COMMON)
    yield "search: the same, by a worker of one town", partial(search, worker, COMMON)
    month = Month.of(runtime.clock.now()).plus(-1)
    yield "the month's notice", partial(runtime.monthly.report, boss, month)
    yield "the month's notice, a process's first", partial(first_report, runtime, boss, month)


def first_report(runtime: Runtime, boss: Actor, month: Month) -> object:
    """With nothing remembered of the months before."""
    return Monthly(runtime.office, load_month_rules(DATA / "month")).report(boss, month)
