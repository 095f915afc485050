"""How the monthly notice counts, as the city's data file says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.domain.month import RiseRule
from ticketing.domain.vocabulary import Category, Channel


@dataclass(frozen=True, slots=True)
class Decimals:
    """Digits after the point, by rate."""

    closed: int
    closed_on_time: int
    dissatisfied: int
    three_rates: int


@dataclass(frozen=True, slots=True)
class Definition:
    """What a rate is, and where that was seen."""

    name: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class MonthRules:
    """All rules of the notice."""

    #: Days after the month's last day until which something still counts.
    cutoff_days: int
    #: Channels of the line 政民互动; all others are the hotline's.
    interaction_channels: frozenset[Channel]
    #: Channels no resident wrote or rang on: told beside the notice, in neither of its lines.
    found_channels: frozenset[Channel]
    decimals: Decimals
    dissatisfied_up_to: int
    #: Kinds of event that count as having reached the person.
    contact_events: tuple[str, ...]
    hot_spot: RiseRule
    hot_spot_months: int
    season: RiseRule
    #: Categories whose small numbers stay in the house.
    small_categories: frozenset[Category]
    small_under: int
    definitions: tuple[Definition, ...]

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> "MonthRules":
        """Rules told by a data file; raises DataFault."""
        data = row(values, "month rules")
        hot_spot, season, small = data.row("hot_spot"), data.row("season"), data.row("small_numbers")
        return cls(
            cutoff_days=data.number("cutoff_days"),
            interaction_channels=frozenset(map(Channel, data.texts("interaction_channels"))),
            found_channels=frozenset(map(Channel, data.texts("found_channels"))),
            decimals=_decimals(data.row("decimals")),
            dissatisfied_up_to=data.number("dissatisfied_up_to"),
            contact_events=data.texts("contact_events"),
            hot_spot=_rise(hot_spot),
            hot_spot_months=hot_spot.number("months_before"),
            season=_rise(season),
            small_categories=frozenset(map(Category, small.texts("categories"))),
            small_under=small.number("under"),
            definitions=tuple(_definition(one) for one in data.rows("definitions")),
        )


def _decimals(data: Row) -> Decimals:
    return Decimals(
        closed=data.number("closed"),
        closed_on_time=data.number("closed_on_time"),
        dissatisfied=data.number("dissatisfied"),
        three_rates=data.number("three_rates"),
    )


def _rise(data: Row) -> RiseRule:
    try:
        return RiseRule(data.number("at_least"), Decimal(data.text("times")))
    except InvalidOperation as error:
        raise DataFault(detail=f"{data.where}: times must be a number in quotes") from error


def _definition(data: Row) -> Definition:
    return Definition(data.text("name"), data.text("text"), data.text("source"))
