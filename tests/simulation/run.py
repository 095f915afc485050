"""One run on an empty house."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.factories import FakeClock
from tests.simulation.balance import faults
from tests.simulation.figures import Figures, figures_of
from tests.simulation.life import Life
from ticketing.bootstrap import build
from ticketing.domain.clock import BEIJING
from ticketing.settings import Settings

#: A year whose holidays, and those of the year after it, are announced.
FIRST_DAY = date(2025, 1, 1)
#: The storm comes when so much of the time has passed: of a year, in August.
STORM_AFTER = 0.6


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played."""

    seed: int
    days: int
    #: Share of Ningguo's traffic.
    scale: float = 1.0
    first: date = FIRST_DAY


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    figures: Figures
    faults: tuple[str, ...]


def play(settings: Settings, plan: Plan, *, after_day: Callable[[date], None] = lambda _: None) -> Outcome:
    """Play ``plan`` in the empty database of ``settings``."""
    clock = FakeClock(
        datetime(plan.first.year, plan.first.month, plan.first.day, tzinfo=BEIJING).astimezone(UTC)
    )
    runtime = build(settings, clock=clock)
    last = plan.first + timedelta(days=plan.days - 1)
    storm_on = plan.first + timedelta(days=int(plan.days * STORM_AFTER))
    try:
        life = Life(runtime, clock, seed=plan.seed, scale=plan.scale, storm_on=storm_on)
        for ahead in range(plan.days):
            day = plan.first + timedelta(days=ahead)
            life.play_day(day)
            after_day(day)
        figures = figures_of(life, runtime, first=plan.first, last=last)
        return Outcome(figures, tuple(faults(life, runtime, first=plan.first, last=last)))
    finally:
        runtime.close()
