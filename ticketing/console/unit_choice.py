"""Units as a person picks one: the city's own first, then town by town."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ticketing.domain.routing import Catalogue
from ticketing.domain.units import Unit


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units under one heading; ``town`` is the town unit's name, empty for the city's."""

    town: str
    units: tuple[Unit, ...]


def grouped(catalogue: Catalogue, slugs: Iterable[str]) -> tuple[UnitGroup, ...]:
    """The units under their towns, in the order of the directory."""
    units = [catalogue.unit(slug) for slug in slugs]
    return tuple(
        UnitGroup(catalogue.name(f"town-{town}") if town else "", tuple(members))
        for town, members in groupby(units, key=lambda unit: unit.town)
    )
