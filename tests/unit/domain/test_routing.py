"""Every ticket has a unit that exists, and the way up from it ends in the city."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.city import AREA, CATALOGUE, GAZETTEER
from ticketing.domain.errors import DataFault, UnitNotFound
from ticketing.domain.places import UNKNOWN, Place
from ticketing.domain.routing import Catalogue
from ticketing.domain.units import Level
from ticketing.domain.vocabulary import Category

PLACES = (
    UNKNOWN,
    *(GAZETTEER.place(town=town.slug) for town in AREA.towns),
    *(GAZETTEER.place(village=village.slug) for village in AREA.villages),
)
LEVELS = list(Level)


def way_up(unit: str, category: Category | None, *, minor: bool = False) -> list[str]:
    """The unit and all above it; stops at twice the longest way that is possible."""
    way = [unit]
    while len(way) < 10 and (above := CATALOGUE.parent(way[-1], category, minor=minor)) is not None:
        way.append(above)
    return way


@given(st.sampled_from(Category), st.sampled_from(PLACES), st.booleans())
def test_every_category_and_place_has_a_unit_and_a_way_up_to_the_city(
    category: Category, place: Place, minor: bool
) -> None:
    unit = CATALOGUE.unit_for(category, place, minor=minor)

    way = way_up(unit, category, minor=minor)

    assert unit in CATALOGUE.units()
    assert len(set(way)) == len(way)
    assert way[-1] == "city-hotline"


@given(st.sampled_from(CATALOGUE.units()), st.sampled_from([None, *Category]), st.booleans())
def test_from_any_unit_the_way_up_ends_and_never_goes_down(
    unit: str, category: Category | None, minor: bool
) -> None:
    way = way_up(unit, category, minor=minor)

    heights = [LEVELS.index(CATALOGUE.unit(one).level) for one in way]
    assert way[-1] in {"city-hotline", "city-deputy-mayor"}  # the latter takes none itself
    assert heights == sorted(heights, reverse=True)


@given(st.sampled_from(Category), st.sampled_from(PLACES))
def test_a_local_unit_is_always_the_one_of_the_place(category: Category, place: Place) -> None:
    unit = CATALOGUE.unit_for(category, place)

    assert unit.startswith("city-") or unit in {f"town-{place.town}", f"village-{place.village}"}


def test_a_child_at_risk_goes_to_its_village_then_town_then_the_centre_for_minors() -> None:
    unit = CATALOGUE.unit_for(Category.CHILD_PROTECTION, GAZETTEER.find("西津街道凤凰社区"))

    assert way_up(unit, Category.CHILD_PROTECTION) == [
        "village-xijin-fenghuang",
        "town-xijin",
        "city-minors",
        "city-hotline",
    ]


def test_hardship_goes_to_the_town_then_to_civil_affairs() -> None:
    unit = CATALOGUE.unit_for(Category.URGENT_HARDSHIP, GAZETTEER.find("西津街道凤凰社区"))

    assert way_up(unit, Category.URGENT_HARDSHIP) == ["town-xijin", "city-civil-affairs", "city-hotline"]


@pytest.mark.parametrize(
    ("category", "unit"),
    [
        (Category.CHILD_PROTECTION, "city-minors"),
        (Category.URGENT_HARDSHIP, "city-civil-affairs"),
        (Category.SELF_HARM, "city-hotline"),
        (Category.FUNERAL_COMPLAINT, "city-civil-affairs"),
        (Category.HUMAN, "city-hotline"),
    ],
)
def test_without_a_place_the_city_unit_of_the_category_gets_it(category: Category, unit: str) -> None:
    assert CATALOGUE.unit_for(category, UNKNOWN) == unit


@pytest.mark.parametrize(
    "category",
    [Category.OTHER_DEPARTMENT, Category.LEGAL_AID, Category.FUNERAL_COMPLAINT, Category.DOMESTIC_VIOLENCE],
)
def test_a_departments_matter_is_never_pushed_to_a_township(category: Category) -> None:
    assert all(CATALOGUE.unit_for(category, place).startswith("city-") for place in PLACES)


@pytest.mark.parametrize("category", [Category.SELF_HARM, Category.DOMESTIC_VIOLENCE, Category.COUNSELLING])
def test_a_minor_is_for_the_centre_for_minors(category: Category) -> None:
    place = GAZETTEER.find("宁墩镇")

    assert CATALOGUE.unit_for(category, place) == "city-hotline"
    assert CATALOGUE.unit_for(category, place, minor=True) == "city-minors"


@given(st.sampled_from(Category), st.booleans())
def test_the_hotline_coordinates_for_the_exclave(category: Category, minor: bool) -> None:
    assert CATALOGUE.unit_for(category, GAZETTEER.find("天湖街道马村"), minor=minor) == "city-hotline"


def test_an_ambiguous_place_counts_as_far_as_its_candidates_agree() -> None:
    within_one_town = GAZETTEER.find("港口", asked=True)
    in_two_towns = GAZETTEER.find("杨山村")

    assert CATALOGUE.unit_for(Category.CHILD_PROTECTION, within_one_town) == "town-gangkou"
    assert CATALOGUE.unit_for(Category.CHILD_PROTECTION, in_two_towns) == "city-minors"


def test_units_are_named_in_full() -> None:
    assert CATALOGUE.name("village-xijin-fenghuang") == "西津街道凤凰社区"
    assert CATALOGUE.name("town-yunti") == "云梯畲族乡"


def test_a_unit_covers_those_under_it_only() -> None:
    assert CATALOGUE.covers("town-xijin", "village-xijin-fenghuang")
    assert not CATALOGUE.covers("town-xijin", "village-zhongxi-fenghuang")
    assert not CATALOGUE.covers("village-xijin-fenghuang", "town-xijin")


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnitNotFound):
        CATALOGUE.parent("town-nowhere")


@pytest.mark.parametrize(
    ("links", "complaint"),
    [
        (["town"], "not_to_hotline town"),
        (["city-nobody"], "unknown_link city-nobody"),
        ([], "chain_empty"),
    ],
)
def test_a_chain_that_does_not_reach_the_city_is_refused(links: list[str], complaint: str) -> None:
    chains = {category: {"chain": links} for category in Category}

    with pytest.raises(DataFault, match=complaint):
        Catalogue.from_mapping(AREA, units=UNITS, dispatch={"categories": chains})


def test_a_category_without_a_chain_is_refused() -> None:
    chains = {Category.HUMAN.value: {"chain": ["city-hotline"]}}

    with pytest.raises(DataFault, match="no chain for child_protection"):
        Catalogue.from_mapping(AREA, units=UNITS, dispatch={"categories": chains})


UNITS: dict[str, object] = {
    "city_units": [{"slug": "city-hotline", "name": "12345"}],
    "town_parent": "city-hotline",
    "coordinated_by": "city-hotline",
}
