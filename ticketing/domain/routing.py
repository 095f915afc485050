"""Which unit gets a ticket, and who is next when nobody takes it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ticketing.domain.areas import Area, Town
from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault, UnitNotFound
from ticketing.domain.places import Place
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
class Chain:
    """Links from the nearest unit to the highest."""

    links: tuple[str, ...]
    #: Instead of ``links`` when the person concerned is under 18.
    minor_links: tuple[str, ...]


class Catalogue:
    """The unit directory and the dispatch catalogue of a city."""

    def __init__(
        self,
        units: Sequence[Unit],
        chains: Mapping[Category, Chain],
        coordinator: str,
        organisations: Sequence[Organisation] = (),
    ) -> None:
        """``coordinator`` gets all tickets of towns that others run; use from_mapping for data files."""
        self._units = {unit.slug: unit for unit in units}
        self._chains = chains
        self._coordinator = coordinator
        self._organisations = {one.unit.slug: one for one in organisations}

    @classmethod
    def from_mapping(
        cls, area: Area, *, units: Mapping[str, object], dispatch: Mapping[str, object]
    ) -> "Catalogue":
        """Catalogue of ``area`` told by two data files.

        Raises DataFault for a category without a chain and for a chain that does not end in the city.
        """
        data = row(units, f"units of {area.slug}")
        city = tuple(_city_units(data))
        named = {unit.slug for unit in city}
        chains = {
            Category(slug): _chain(links, named)
            for slug, links in row(dispatch, "dispatch").named_rows("categories").items()
        }
        missing = set(Category) - set(chains)
        if missing:
            raise DataFault(detail=f"dispatch: no chain for {', '.join(sorted(missing))}")
        coordinator = data.text("coordinated_by")
        local = _local_units(area, town_parent=data.text("town_parent"), coordinator=coordinator)
        return cls((*city, *local), chains, coordinator, tuple(_organisations(data)))

    def unit_for(self, category: Category, place: Place, *, minor: bool = False) -> str:
        """Slug of the unit that gets a ticket of ``category``.

        ``minor`` tells that the person concerned is under 18. An ambiguous place counts as far as
        its candidates agree; an unknown one gives the first city unit of the category.
        """
        town = self._units.get(f"town-{place.town}")
        if town is not None and town.parent == self._coordinator:
            return self._coordinator
        links = self._links(category, minor=minor)
        return next(unit for unit in (self._at(link, place) for link in links) if unit in self._units)

    def parent(self, unit: str, category: Category | None = None, *, minor: bool = False) -> str | None:
        """Unit one level up, None at the top; ``category`` makes the category's own chain hold.

        Raises UnitNotFound.
        """
        child = self._unit(unit)
        links = self._links(category, minor=minor) if category else ()
        own = child.slug if child.level is Level.CITY else str(child.level)
        if own not in links or child.parent == self._coordinator:
            return child.parent
        above = links[links.index(own) + 1 :]
        return self._at(above[0], Place(child.town)) if above else None

    def name(self, unit: str) -> str:
        """Name as printed, also of an organisation; raises UnitNotFound."""
        organisation = self._organisations.get(unit)
        return self._unit(unit).name if organisation is None else organisation.unit.name

    def unit(self, slug: str) -> Unit:
        """The unit itself; raises UnitNotFound."""
        return self._unit(slug)

    def units(self) -> tuple[str, ...]:
        """Slugs of all units, the city's first, then town by town."""
        return tuple(self._units)

    def organisations(self) -> tuple[Organisation, ...]:
        """All organisations that take orders; they are no units: no ticket is ever dispatched to one."""
        return tuple(self._organisations.values())

    def organisation(self, slug: str) -> Organisation | None:
        """One organisation; None when the slug is no organisation's."""
        return self._organisations.get(slug)

    def covers(self, unit: str, other: str) -> bool:
        """Whether ``other`` is ``unit`` itself or works under it."""
        if unit == other:
            return True
        parent = self._unit(other).parent
        return parent is not None and self.covers(unit, parent)

    def _unit(self, slug: str) -> Unit:
        if slug not in self._units:
            raise UnitNotFound(unit=slug)
        return self._units[slug]

    def _links(self, category: Category, *, minor: bool) -> tuple[str, ...]:
        chain = self._chains[category]
        return (minor and chain.minor_links) or chain.links

    def _at(self, link: str, place: Place) -> str:
        return {VILLAGE: f"village-{place.village}", TOWN: f"town-{place.town}"}.get(link, link)


def _city_units(data: Row) -> Iterator[Unit]:
    for unit in data.rows("city_units"):
        parent = unit.text("parent") if unit.has("parent") else None
        yield Unit(unit.text("slug"), unit.text("name"), Level.CITY, parent)


def _organisations(data: Row) -> Iterator[Organisation]:
    for one in data.rows("organisations"):
        unit = Unit(one.text("slug"), one.text("name"), Level.ORGANISATION, None)
        yield Organisation(unit, frozenset(one.texts("services")), frozenset(one.texts("towns")))


def _local_units(area: Area, *, town_parent: str, coordinator: str) -> Iterator[Unit]:
    for town in area.towns:
        yield Unit(
            f"town-{town.slug}",
            town.name,
            Level.TOWN,
            coordinator if town.exclave else town_parent,
            town.slug,
        )
        yield from _village_units(town)


def _village_units(town: Town) -> Iterator[Unit]:
    for village in town.villages:
        slug, name = f"village-{village.slug}", town.name + village.name
        yield Unit(slug, name, Level.VILLAGE, f"town-{town.slug}", town.slug)


def _chain(data: Row, city_units: set[str]) -> Chain:
    chain = Chain(data.texts("chain"), data.texts("minor_chain"))
    for links in (chain.links, chain.minor_links or chain.links):
        unknown = set(links) - city_units - {VILLAGE, TOWN}
        if unknown or not links or links[-1] not in city_units:
            raise DataFault(detail=f"{data.where}: chain must end in a city unit and name known units")
    return chain
