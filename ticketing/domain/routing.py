"""Which unit gets a ticket, who supports it, and who is next when nobody takes it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ticketing.domain.areas import Area, Town
from ticketing.domain.data_rows import Row, row
from ticketing.domain.dispatching import MatterRule, Rules, faults, rule_of
from ticketing.domain.errors import DataFault, UnitNotFound
from ticketing.domain.places import Place
from ticketing.domain.units import TOWN, VILLAGE, Directory, Level, Organisation, Unit
from ticketing.domain.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Dispatched:
    """Whom a ticket goes to."""

    lead: str
    support: tuple[str, ...]


class Catalogue:
    """The unit directory and one version of the dispatch catalogue of a city."""

    def __init__(
        self,
        directory: Directory,
        rules: Rules,
        *,
        organisations: Sequence[Organisation] = (),
        version: int = 0,
    ) -> None:
        """``version`` 0 is the data file; use from_mapping for data files."""
        self.directory = directory
        self.rules = rules
        self.version = version
        self._units = directory.units
        self._organisations = {one.unit.slug: one for one in organisations}

    @classmethod
    def from_mapping(
        cls, area: Area, *, units: Mapping[str, object], dispatch: Mapping[str, object]
    ) -> "Catalogue":
        """Catalogue of ``area`` told by two data files.

        Raises DataFault for a category without a rule and for a rule that may not hold.
        """
        data = row(units, f"units of {area.slug}")
        hotline = data.text("coordinated_by")
        city = tuple(_city_units(data))
        local = _local_units(area, town_parent=data.text("town_parent"), coordinator=hotline)
        rows = row(dispatch, "dispatch").named_rows("categories")
        directory = Directory(
            units={unit.slug: unit for unit in (*city, *local)},
            hotline=hotline,
            departmental=frozenset(Category(slug) for slug, one in rows.items() if one.flag("departmental")),
        )
        rules = {Category(slug): rule_of(one) for slug, one in rows.items()}
        _refuse_wrong(rules, directory)
        return cls(directory, rules, organisations=tuple(_organisations(data)))

    def with_rules(self, rules: Rules, *, version: int) -> "Catalogue":
        """The same units under another version of the catalogue."""
        return Catalogue(self.directory, rules, organisations=self.organisations(), version=version)

    def dispatch(self, category: Category, place: Place, *, minor: bool = False) -> Dispatched:
        """Who leads and who supports, by matter and place.

        ``minor`` tells that the person concerned is under 18: then what holds in one town does not. An
        ambiguous place counts as far as its candidates agree; an unknown one gives the first city unit.
        """
        rule = self.rules[category]
        lead, support = self._lead(category, place, minor=minor), rule.support
        local = rule.in_town(f"town-{place.town}")
        if local is not None and not (minor and rule.minor_chain) and self._is_served(place):
            lead, support = local.lead, local.support
        taking_part = dict.fromkeys(self._at(link, place) for link in support)
        return Dispatched(lead, tuple(one for one in taking_part if one in self._units and one != lead))

    def unit_for(self, category: Category, place: Place, *, minor: bool = False) -> str:
        """Slug of the unit that leads."""
        return self.dispatch(category, place, minor=minor).lead

    def _lead(self, category: Category, place: Place, *, minor: bool) -> str:
        if not self._is_served(place):
            return self.directory.hotline
        links = self._links(category, minor=minor)
        return next(unit for unit in (self._at(link, place) for link in links) if unit in self._units)

    def _is_served(self, place: Place) -> bool:
        """Whether the city's own offices serve the place."""
        town = self._units.get(f"town-{place.town}")
        return town is None or town.parent != self.directory.hotline

    def parent(self, unit: str, category: Category | None = None, *, minor: bool = False) -> str | None:
        """Unit one level up, None at the top; ``category`` makes the category's own chain hold.

        Raises UnitNotFound.
        """
        child = self._unit(unit)
        links = self._links(category, minor=minor) if category else ()
        own = child.slug if child.level is Level.CITY else str(child.level)
        if own not in links or child.parent == self.directory.hotline:
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

    def _links(self, category: Category, *, minor: bool) -> Sequence[str]:
        rule = self.rules[category]
        return (minor and rule.minor_chain) or rule.chain

    def _at(self, link: str, place: Place) -> str:
        return {VILLAGE: f"village-{place.village}", TOWN: f"town-{place.town}"}.get(link, link)


def _refuse_wrong(rules: Mapping[Category, MatterRule], directory: Directory) -> None:
    missing = set(Category) - set(rules)
    if missing:
        raise DataFault(detail=f"dispatch: no chain for {', '.join(sorted(missing))}")
    for category, rule in rules.items():
        found = faults(category, rule, directory)
        if found:
            told = ", ".join(f"{one.code} {one.link}".strip() for one in found)
            raise DataFault(detail=f"dispatch: {category}: {told}")


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
