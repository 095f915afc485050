"""The only source of the present instant; passed around, never asked for in passing."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

#: China has one civil time and no daylight saving since 1992.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Present instant, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Present instant, aware, UTC."""
        return datetime.now(UTC)


def today(clock: Clock) -> date:
    """Calendar day in China at this instant."""
    return clock.now().astimezone(BEIJING).date()
