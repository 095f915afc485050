"""The shipped city, read once for the tests of its rules."""

from datetime import date
from pathlib import Path

import ticketing
from ticketing import yaml_files
from ticketing.domain.areas import Area
from ticketing.knowledge.areas import load_catalogue, load_clock_rules, load_gazetteer

DATA = Path(ticketing.__file__).parent / "data"
AREA = Area.from_mapping(yaml_files.load(DATA / "areas" / "ningguo.yml"), where="ningguo.yml")
GAZETTEER = load_gazetteer(DATA / "areas")
CATALOGUE = load_catalogue(DATA)
RULES = load_clock_rules(DATA / "hotlines")


class WeekCalendar:
    """Saturdays, Sundays and the given holidays off; the given days worked all the same."""

    def __init__(
        self, *, holidays: frozenset[date] = frozenset(), moved: frozenset[date] = frozenset()
    ) -> None:
        """``moved`` are weekend days that are worked."""
        self._holidays = holidays
        self._moved = moved

    version = "a week of the test"

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        return day in self._moved or (day.weekday() < 5 and day not in self._holidays)
