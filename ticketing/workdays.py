"""The state's working days: holidays and the weekend days that make up for them.

Years come from the package ``chinesecalendar``; a year announced after its last release is a file
``<year>.yml`` in ``data/calendar``, which then holds for that year. An unknown year is a fault: weekends
alone would put legal deadlines on New Year's Day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import yaml

from ticketing.domain.errors import CalendarEnds, DataFault

CALENDARS = Path(__file__).resolve().parent / "data" / "calendar"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class AnnouncedYear:
    """One year's exceptions from Monday to Friday, as the State Council announced them."""

    holidays: frozenset[date]
    #: Saturdays and Sundays that are worked.
    workdays: frozenset[date]

    def is_workday(self, day: date) -> bool:
        """Whether offices work."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)


class WorkCalendar:
    """Working days of the state calendar, moved days included."""

    def __init__(self, folder: Path = CALENDARS) -> None:
        """Read the years that ``folder`` adds; raises DataFault if one is not as it should be."""
        self._announced = {int(path.stem): _read_year(path) for path in sorted(folder.glob("*.yml"))}

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``; raises CalendarEnds beyond what is known."""
        announced = self._announced.get(day.year)
        if announced is not None:
            return announced.is_workday(day)
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as error:
            raise CalendarEnds(year=day.year) from error

    def last_known_day(self, today: date) -> date:
        """Every day from ``today`` up to this one is known; yesterday if not even today is."""
        year = today.year
        while self._knows(year):
            year += 1
        return max(date(year, 1, 1) - timedelta(days=1), today - timedelta(days=1))

    def _knows(self, year: int) -> bool:
        try:
            self.is_workday(date(year, 1, 1))
        except CalendarEnds:
            return False
        return True


def _read_year(path: Path) -> AnnouncedYear:
    """One file: ``source`` (title, number and date of the notice), ``holidays`` and ``workdays``."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not data.get("source") or not data.get("holidays"):
        raise DataFault(detail=f"{path.name}: needs source, holidays and workdays")
    return AnnouncedYear(holidays=_days(path, data, "holidays"), workdays=_days(path, data, "workdays"))


def _days(path: Path, data: Mapping[str, object], key: str) -> frozenset[date]:
    days = data.get(key) or []
    if not isinstance(days, list) or not all(isinstance(day, date) for day in days):
        raise DataFault(detail=f"{path.name}: {key} is not a list of days")
    if any(day.year != int(path.stem) for day in days):
        raise DataFault(detail=f"{path.name}: {key} has days of another year")
    return frozenset(days)
