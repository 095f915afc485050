"""A city's townships and villages, and how people write their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault


class TownKind(StrEnum):
    """What sort of township-level unit it is."""

    STREET = "street"
    TOWN = "town"
    TOWNSHIP = "township"


class VillageKind(StrEnum):
    """Countryside village or urban community."""

    VILLAGE = "village"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community; ``slug`` is unique in its city."""

    slug: str
    name: str
    #: The name without village or community.
    short: str
    kind: VillageKind
    #: Slug of the town it belongs to.
    town: str
    #: The short name is an everyday word: alone it is no place unless a place was asked for.
    common: bool
    #: Other short names in use.
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """A street, town or township."""

    slug: str
    name: str
    short: str
    kind: TownKind
    #: Of the Ministry of Civil Affairs, not of the statistics bureau: the two differ.
    mca_code: str
    #: The bare short name means the town wherever it stands.
    distinct: bool
    #: Outside the city and administered by ``run_by``.
    exclave: bool
    run_by: str
    variants: tuple[str, ...]
    villages: tuple[Village, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """What stands around place names in running text."""

    town_suffixes: tuple[str, ...]
    village_suffixes: tuple[str, ...]
    community_suffixes: tuple[str, ...]
    #: A short name that ends so needs no suffix.
    village_ending: str
    #: May stand between a town and its village.
    fillers: tuple[str, ...]
    #: Lead up to a place, so that a bare town name counts in running text.
    before: tuple[str, ...]
    #: May stand before a bare name in an answer to "where".
    may_precede: tuple[str, ...]
    #: Follow a place, so that a bare town name counts in running text.
    after: tuple[str, ...]
    #: May stand after a bare name in an answer to "where".
    may_follow: tuple[str, ...]
    #: Make the bare name a road, a river or an estate.
    not_before: tuple[str, ...]

    def suffixes(self, kind: VillageKind) -> tuple[str, ...]:
        """Suffixes of villages of ``kind``, for making full names."""
        return self.community_suffixes if kind is VillageKind.COMMUNITY else self.village_suffixes


@dataclass(frozen=True, slots=True)
class Area:
    """A county-level city."""

    slug: str
    name: str
    towns: tuple[Town, ...]
    writing: Writing

    @property
    def villages(self) -> Iterator[Village]:
        """All villages and communities, town by town."""
        return (village for town in self.towns for village in town.villages)

    @classmethod
    def from_mapping(cls, values: Mapping[str, object], *, where: str) -> "Area":
        """Area told by a data file; raises DataFault for a missing field or a slug used twice."""
        data = row(values, where)
        area = cls(
            slug=data.text("area"),
            name=data.text("name"),
            towns=tuple(_town(town) for town in data.rows("towns")),
            writing=_writing(data.row("writing")),
        )
        _refuse_twins([town.slug for town in area.towns], where)
        _refuse_twins([village.slug for village in area.villages], where)
        return area


def _town(data: Row) -> Town:
    slug = data.text("slug")
    return Town(
        slug=slug,
        name=data.text("name"),
        short=data.text("short"),
        kind=TownKind(data.text("kind")),
        mca_code=data.text("mca_code"),
        distinct=data.flag("distinct"),
        exclave=data.flag("exclave"),
        run_by=data.text("run_by", ""),
        variants=data.texts("variants"),
        villages=tuple(_village(village, slug) for village in data.rows("villages")),
    )


def _village(data: Row, town: str) -> Village:
    return Village(
        slug=data.text("slug"),
        name=data.text("name"),
        short=data.text("short"),
        kind=VillageKind(data.text("kind")),
        town=town,
        common=data.flag("common"),
        variants=data.texts("variants"),
    )


def _writing(data: Row) -> Writing:
    return Writing(
        town_suffixes=data.texts("town_suffixes"),
        village_suffixes=data.texts("village_suffixes"),
        community_suffixes=data.texts("community_suffixes"),
        village_ending=data.text("village_ending"),
        fillers=data.texts("fillers"),
        before=data.texts("before"),
        may_precede=data.texts("may_precede"),
        after=data.texts("after"),
        may_follow=data.texts("may_follow"),
        not_before=data.texts("not_before"),
    )


def _refuse_twins(slugs: list[str], where: str) -> None:
    twins = {slug for slug in slugs if slugs.count(slug) > 1}
    if twins:
        raise DataFault(detail=f"{where}: used twice: {', '.join(sorted(twins))}")
