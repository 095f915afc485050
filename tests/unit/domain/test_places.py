"""Every village is found by its name; what is doubtful is asked back; everyday words are no places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.city import AREA, GAZETTEER
from ticketing.domain.areas import Area, Town, Village, VillageKind
from ticketing.domain.errors import DataFault
from ticketing.domain.places import UNKNOWN, Place

TOWNS = st.sampled_from(AREA.towns)
VILLAGES = st.sampled_from(tuple(AREA.villages))


def found(text: str, *, asked: bool = False) -> str:
    """Printed name of the place in a text, or the candidates joined by a bar."""
    place = GAZETTEER.find(text, asked=asked)
    return "|".join(candidate.name for candidate in place.candidates) or place.name


def test_the_city_has_19_towns_102_villages_and_19_communities() -> None:
    kinds = [village.kind for village in AREA.villages]

    assert len(AREA.towns) == 19
    assert (kinds.count(VillageKind.VILLAGE), kinds.count(VillageKind.COMMUNITY)) == (102, 19)


def test_only_the_exclave_is_run_by_somebody_else() -> None:
    assert [(town.name, town.run_by) for town in AREA.towns if town.exclave] == [
        ("天湖街道", "宣城经济技术开发区")
    ]


@given(VILLAGES)
def test_every_village_is_found_by_its_full_name_and_gives_its_town(village: Village) -> None:
    town = next(town for town in AREA.towns if town.slug == village.town)

    place = GAZETTEER.find(f"我家在{town.name}{village.name}，孩子没人管")

    assert place == Place(town.slug, village.slug, name=town.name + village.name)


@given(VILLAGES, st.booleans())
def test_a_village_name_without_town_finds_it_or_asks(village: Village, asked: bool) -> None:
    place = GAZETTEER.find(village.name, asked=asked or village.common)

    assert village.slug in {place.village, *(candidate.village for candidate in place.candidates)}


@given(TOWNS)
def test_every_town_is_found_by_its_name(town: Town) -> None:
    assert GAZETTEER.find(f"{town.name}有人打架") == Place(town.slug, name=town.name)


@given(TOWNS)
def test_a_bare_town_name_in_answer_to_where_gives_the_town(town: Town) -> None:
    assert GAZETTEER.find(town.short, asked=True).town == town.slug


@given(st.text())
def test_any_text_gives_a_place_that_exists_or_none(text: str) -> None:
    place = GAZETTEER.find(text, asked=True)

    for one in (place, *place.candidates):
        assert one.village is None or GAZETTEER.place(village=one.village).town == one.town
        assert len(place.candidates) != 1


@given(st.lists(VILLAGES, min_size=1, max_size=3), st.text(alphabet="的在和与，。 ", max_size=3))
def test_candidates_are_never_a_place_the_text_does_not_name(villages: list[Village], glue: str) -> None:
    places = [GAZETTEER.place(village=village.slug) for village in villages]

    place = GAZETTEER.find(glue.join(one.name for one in places))

    # Run together, the name of a village may be read as part of the next word; its town is still named.
    named = {(one.town, one.village) for one in places} | {(one.town, None) for one in places}
    assert {(one.town, one.village) for one in (place.candidates or (place,))} <= named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("西津凤凰社区", "西津街道凤凰社区"),
        ("中溪凤凰", "中溪镇凤凰村"),
        ("凤凰社区", "西津街道凤凰社区"),
        ("凤凰村", "中溪镇凤凰村"),
        ("港口社区", "港口镇港口社区"),
        ("港口村", "港口镇港口村"),
        ("桥头村", "梅林镇桥头村"),
        ("桥头铺村", "竹峰街道桥头铺村"),
        ("仙霞镇的杨山村", "仙霞镇杨山村"),
        ("杨山村，南山街道的", "南山街道杨山村"),
        ("西津镇城西居委会", "西津街道城西社区"),
        ("罗溪村委会", "西津街道罗溪村"),
        ("我在云梯乡", "云梯畲族乡"),
        ("天湖街道马村", "天湖街道马村"),
        ("我家在河沥溪畈村", "河沥溪街道畈村"),
    ],
)
def test_names_as_people_write_them(text: str, expected: str) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("杨山村", "南山街道杨山村|仙霞镇杨山村"),
        ("凤凰", "西津街道凤凰社区|中溪镇凤凰村"),
        ("桥头", "竹峰街道桥头铺村|梅林镇桥头村"),
        ("汪溪", "汪溪街道|汪溪街道汪溪村"),
        ("港口", "港口镇|港口镇港口社区|港口镇港口村"),
        ("从罗溪村嫁到石口村", "西津街道罗溪村|中溪镇石口村"),
        # Town and village do not fit each other.
        ("西津街道山门村", "港口镇山门村|西津街道"),
    ],
)
def test_doubtful_names_are_asked_back(text: str, expected: str) -> None:
    assert sorted(found(text, asked=True).split("|")) == sorted(expected.split("|"))


def test_candidates_of_one_town_settle_the_town() -> None:
    assert GAZETTEER.find("港口", asked=True).town == "gangkou"
    assert GAZETTEER.find("杨山村").town is None


@pytest.mark.parametrize(
    "text",
    [
        "千家万家",
        "花园里有个孩子在哭",
        "城东路有人打架",
        "太平盛世",
        "公司联合办公",
        "住在幸福新村",
        "双村",
        "能上门服务吗",
        "南山公园",
        "西津路12号",
        "万家灯火",
        "凤凰花园小区",
        "梅林花园小区",
        "家里云梯坏了",
    ],
)
def test_everyday_words_are_no_places(text: str) -> None:
    assert GAZETTEER.find(text) == UNKNOWN


@pytest.mark.parametrize("text", ["千家万家", "城东路", "花园小区", "不知道", "跳过", "小区里", ""])
def test_no_place_in_an_answer_to_where_either(text: str) -> None:
    assert GAZETTEER.find(text, asked=True) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("城东", "西津街道城东社区"),
        ("就在太平那边", "港口镇太平村"),
        ("罗溪三组", "西津街道罗溪村"),
        ("梅林 花园", "梅林镇花园村"),
        ("双村吧", "方塘乡双村"),
    ],
)
def test_short_names_count_in_an_answer_to_where(text: str, expected: str) -> None:
    assert found(text, asked=True) == expected


def test_unknown_slugs_give_an_unknown_place() -> None:
    assert GAZETTEER.place(village="nowhere", town="nowhere") == UNKNOWN
    assert GAZETTEER.villages("nowhere") == ()
    assert GAZETTEER.name(town=None) == ""


def test_a_slug_used_twice_is_refused() -> None:
    town = {"slug": "a", "name": "A", "short": "A", "kind": "town", "mca_code": "1"}
    writing = {"village_ending": "x"}

    with pytest.raises(DataFault, match="used twice: a"):
        Area.from_mapping(
            {"area": "x", "name": "X", "towns": [town, town], "writing": writing}, where="x.yml"
        )
