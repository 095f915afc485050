"""The hotline's desk: a few people, one thing at a time, so that a storm makes everybody wait."""

import random
from datetime import UTC, datetime, timedelta

from ticketing.domain.clock import BEIJING

#: Seats by day and by night.
SEATS_BY_DAY, SEATS_BY_NIGHT = 3, 1
DAY_BEGINS, NIGHT_BEGINS = 7, 22
#: Until somebody free reaches for the next thing.
REACHED_WITHIN_MIN = 1.5
#: A call that is answered at once, one that becomes a ticket, a ticket taken out of the queue.
ANSWERING, FILING, TAKING = timedelta(minutes=4), timedelta(minutes=7), timedelta(minutes=5)


class Desk:
    """Who of the operators is free when."""

    def __init__(self, dice: random.Random) -> None:
        """Everybody is."""
        self._dice = dice
        self._free_at = [datetime.min.replace(tzinfo=UTC)] * SEATS_BY_DAY

    def turn(self, now: datetime, length: timedelta) -> datetime:
        """When somebody turns to a thing that came up now and takes so long."""
        hour = now.astimezone(BEIJING).hour
        seats = SEATS_BY_DAY if DAY_BEGINS <= hour < NIGHT_BEGINS else SEATS_BY_NIGHT
        seat = min(range(seats), key=lambda place: self._free_at[place])
        reached = timedelta(minutes=round(self._dice.expovariate(1 / REACHED_WITHIN_MIN), 2))
        begins = max(now, self._free_at[seat]) + reached
        self._free_at[seat] = begins + length
        return begins
