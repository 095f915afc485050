"""Table of what the monthly notice counted of months that cannot change any more."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.storage.tables import Json, Record


class MonthFiguresRecord(Record):
    """The groups of one settled month; they come from tickets and events, so losing them loses nothing."""

    __tablename__ = "month_figures"

    #: Its first day.
    month: Mapped[date] = mapped_column(primary_key=True)
    #: How was counted: of another statement or other rules these are not the figures.
    counted_by: Mapped[str]
    #: Tickets of the month; when there are others by now, these are not the figures either.
    opened: Mapped[int]
    #: Lists of groups by what they are of.
    groups: Mapped[Json]
    kept_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("opened >= 0", name="opened"),
    )
