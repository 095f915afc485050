"""The units that work on tickets, and the links of a dispatch chain that stand for the unit of the place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ticketing.domain.vocabulary import Category

#: Links of a dispatch chain that stand for the unit of the place.
VILLAGE, TOWN = "village", "town"


class Level(StrEnum):
    """How far a unit's duty reaches."""

    CITY = "city"
    TOWN = "town"
    VILLAGE = "village"
    #: Outside the house: takes orders, is never in a chain and gets no ticket.
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Unit:
    """An office or a team that works on tickets."""

    slug: str
    name: str
    level: Level
    #: One level up when a category's chain says nothing; None at the top.
    parent: str | None
    #: Its town; None for the city's units.
    town: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A social organisation or volunteer team."""

    unit: Unit
    #: Kinds of service it gives; empty: all.
    services: frozenset[str]
    #: Towns it works in; empty: all.
    towns: frozenset[str]

    def serves(self, kind: str, town: str | None) -> bool:
        """Whether an order of this kind in this town is for it; an unknown town is for everyone."""
        fits = not self.services or kind in self.services
        return fits and (not self.towns or town is None or town in self.towns)


@dataclass(frozen=True, slots=True)
class Directory:
    """The units there are, and what the rules say about them."""

    units: Mapping[str, Unit]
    #: Gets all that has no other unit, and all tickets of towns that others run.
    hotline: str
    #: Matters of a municipal department: never pushed down to a township.
    departmental: frozenset[Category]

    def level(self, link: str) -> Level | None:
        """Level of a unit or of a link that stands for the unit of the place; None for neither."""
        if link in {VILLAGE, TOWN}:
            return Level(link)
        return self.units[link].level if link in self.units else None

    def is_pushed_down(self, category: Category, link: str) -> bool:
        """Whether a department's matter would go to a township or a village."""
        return category in self.departmental and self.level(link) in {Level.TOWN, Level.VILLAGE}

    def is_above_hotline(self, link: str) -> bool:
        """Whether the unit's way up misses the hotline: it is only told when nobody takes a ticket."""
        passed: set[str] = set()
        while link in self.units and link not in passed and link != self.hotline:
            passed.add(link)
            link = self.units[link].parent or ""
        return link == "" or link in passed

    def towns(self) -> tuple[Unit, ...]:
        """The townships that the city's own offices serve."""
        units = self.units.values()
        return tuple(unit for unit in units if unit.level is Level.TOWN and unit.parent != self.hotline)
