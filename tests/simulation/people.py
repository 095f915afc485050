"""Who works, and when they look: people are away, on leave, asleep, and do not always hear the telephone."""

import random
from datetime import UTC, date, datetime, time, timedelta

from tests.factories import a_member
from ticketing.bootstrap import Runtime
from ticketing.domain.clock import BEIJING
from ticketing.domain.staff import Actor, Role

HOTLINE = "city-hotline"
#: Of working days: away without anybody in their place.
AWAY_SHARE = 0.12
#: Of notices about people at risk outside office hours: heard at once.
HEARD_SHARE = 0.7
HEARD_WITHIN_MIN, LOOKED_WITHIN_MIN = 25.0, 70.0
LEAVE_DAYS = 12
FURTHEST_DAYS = 30


class People:
    """One person for each unit, made when first needed, and three at the hotline."""

    def __init__(self, runtime: Runtime, dice: random.Random) -> None:
        """Nobody yet."""
        self._runtime = runtime
        self._dice = dice
        self._known: dict[str, Actor] = {}
        self._leave: dict[tuple[str, int], tuple[date, date]] = {}
        self.operator = a_member(runtime, role=Role.OPERATOR, unit=HOTLINE, name="接线员")
        self.caller = a_member(runtime, role=Role.OPERATOR, unit=HOTLINE, name="回访员")
        self.supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=HOTLINE, name="主管")

    def of(self, unit: str) -> Actor:
        """Whoever works for the unit."""
        if unit == HOTLINE:
            return self.operator
        if unit not in self._known:
            self._known[unit] = a_member(self._runtime, unit=unit, name=f"{unit}的人")
        return self._known[unit]

    def looks_at(self, unit: str, at: datetime, *, at_risk: bool) -> datetime:
        """When somebody of the unit looks at what came in at ``at``; the hotline has its desk for that."""
        if at_risk and self._is_there(unit, at) and self._dice.random() < HEARD_SHARE:
            return at + self._within(HEARD_WITHIN_MIN)
        opens = self._runtime.office.worktime.next_open(at)
        for _ in range(FURTHEST_DAYS):
            if self._is_there(unit, opens):
                break
            opens = self._runtime.office.worktime.next_open(_next_morning(opens))
        return opens + self._within(LOOKED_WITHIN_MIN)

    def _within(self, mean_min: float) -> timedelta:
        return timedelta(minutes=round(1 + self._dice.expovariate(1 / mean_min), 1))

    def _is_there(self, unit: str, at: datetime) -> bool:
        day = at.astimezone(BEIJING).date()
        first, last = self._leave_of(unit, day.year)
        if first <= day <= last:
            return False
        return random.Random(f"{unit} {day}").random() >= AWAY_SHARE  # noqa: S311 - the same for all who ask

    def _leave_of(self, unit: str, year: int) -> tuple[date, date]:
        key = (unit, year)
        if key not in self._leave:
            first = date(year, 1, 1) + timedelta(days=random.Random(f"{key}").randrange(350))  # noqa: S311 - as above
            self._leave[key] = (first, first + timedelta(days=LEAVE_DAYS))
        return self._leave[key]


def _next_morning(at: datetime) -> datetime:
    day = at.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)
