"""The state's working days: holidays and the weekend days that make up for them.

Years come from the package ``chinesecalendar``; a year announced after its last release is a file
``<year>.yml`` in ``data/calendar``, which then holds for that year. An unknown year is a fault: weekends
alone would put legal deadlines on New Year's Day. A second, independent source is kept as data, only to
check the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import chinese_calendar

from ticketing import yaml_files
from ticketing.domain.errors import CalendarEnds, DataFault

CALENDARS = Path(__file__).resolve().parent / "data" / "calendar"
SECOND_SOURCE = Path(__file__).resolve().parent / "data" / "second_calendar.yml"
#: The calendar must reach this far ahead: the longest limits, extended once, over the longest holidays.
REACH = timedelta(days=60)
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
        added = "".join(f" + {year}.yml" for year in self._announced)
        self._version = f"chinesecalendar {version('chinesecalendar')}{added}"

    @property
    def version(self) -> str:
        """Package and release, and the years added by files; kept with every deadline."""
        return self._version

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

    def missing_year(self, today: date) -> int | None:
        """The year that deadlines set today may need and that is not known; None if all are."""
        last = self.last_known_day(today)
        return last.year + 1 if last < today + REACH else None

    def _knows(self, year: int) -> bool:
        try:
            self.is_workday(date(year, 1, 1))
        except CalendarEnds:
            return False
        return True


def disagreements(calendar: WorkCalendar, path: Path = SECOND_SOURCE) -> Iterator[date]:
    """Days on which the second source says otherwise; raises CalendarEnds for a year only it knows."""
    data = yaml_files.load(path)
    for number, year in data["years"].items():
        second = AnnouncedYear(frozenset(year["holidays"]), frozenset(year["workdays"]))
        day = date(number, 1, 1)
        while day.year == number:
            if calendar.is_workday(day) != second.is_workday(day):
                yield day
            day += timedelta(days=1)


def _read_year(path: Path) -> AnnouncedYear:
    """One file: ``source`` (title, number and date of the notice), ``holidays`` and ``workdays``."""
    data = yaml_files.load(path)
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
