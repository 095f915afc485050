"""Reads the city's areas, units and clocks from the data folder."""

from collections.abc import Mapping
from pathlib import Path

from ticketing import yaml_files
from ticketing.domain.areas import Area
from ticketing.domain.data_rows import row
from ticketing.domain.deadlines import ClockRules, HotlineProfile, hours_of, rules_of
from ticketing.domain.places import Gazetteer
from ticketing.domain.routing import Catalogue
from ticketing.domain.spans import OfficeHours

#: The one city served so far; another is another file of this name in areas/ and units/.
CITY = "ningguo"
#: The number whose clocks hold for tickets of all channels.
MAIN_HOTLINE = "12345"


def load_gazetteer(folder: Path) -> Gazetteer:
    """Gazetteer of all files in the ``areas`` folder; raises DataFault."""
    return Gazetteer(_area(path) for path in sorted(folder.glob("*.yml")))


def load_catalogue(folder: Path, *, city: str = CITY) -> Catalogue:
    """Unit directory and dispatch catalogue from ``areas`` and ``units`` of the data ``folder``.

    Raises DataFault.
    """
    return Catalogue.from_mapping(
        _area(folder / "areas" / f"{city}.yml"),
        units=_mapping(folder / "units" / f"{city}.yml"),
        dispatch=_mapping(folder / "units" / "dispatch.yml"),
    )


def load_hotline_profiles(folder: Path) -> tuple[HotlineProfile, ...]:
    """Profiles of all numbers in the ``hotlines`` folder; raises DataFault."""
    paths = sorted(folder.glob("*.yml"))
    return tuple(HotlineProfile.from_mapping(_mapping(path), where=path.name) for path in paths)


def load_clock_rules(folder: Path, *, hotline: str = MAIN_HOTLINE) -> ClockRules:
    """Clock rules of a number, from the ``hotlines`` folder; raises DataFault."""
    return rules_of(load_hotline_profiles(folder), hotline)


def load_office_hours(folder: Path, *, hotline: str = MAIN_HOTLINE) -> OfficeHours:
    """Office hours of a number, from the ``hotlines`` folder; raises DataFault."""
    return hours_of(load_hotline_profiles(folder), hotline)


def _area(path: Path) -> Area:
    return Area.from_mapping(_mapping(path), where=path.name)


def _mapping(path: Path) -> Mapping[str, object]:
    content: object = yaml_files.load(path)
    return row(content, path.name).values
