"""The dispatch catalogue takes nothing wrong, says what is, and tells what changed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.domain.city import AREA, CATALOGUE, GAZETTEER
from ticketing.domain.dispatching import (
    Change,
    Local,
    MatterRule,
    changes,
    content_of,
    faults,
    rules_of,
)
from ticketing.domain.places import UNKNOWN, Place
from ticketing.domain.units import Level, Unit
from ticketing.domain.vocabulary import Category

DIRECTORY = CATALOGUE.directory
HOTLINE = "city-hotline"
CITY_UNITS = [slug for slug in CATALOGUE.units() if slug.startswith("city-")]
LINKS = st.sampled_from(["village", "town", "town-xijin", "nobody", *CITY_UNITS])
CHAINS = st.lists(LINKS, max_size=5).map(tuple)
LOCAL = st.builds(
    Local,
    st.sampled_from(["town-xijin", "town-nanshan", "town-tianhu", "nowhere"]),
    LINKS,
    st.lists(LINKS, max_size=1).map(tuple),
)
#: Mostly right: upwards, each once, the hotline last.
UPWARDS = st.tuples(
    st.sampled_from([(), ("village",), ("town",), ("village", "town")]),
    st.lists(st.sampled_from([one for one in CITY_UNITS if one != HOTLINE]), unique=True, max_size=2),
).map(lambda parts: (*parts[0], *parts[1], HOTLINE))
GOOD_RULES = st.builds(
    MatterRule,
    UPWARDS,
    UPWARDS | st.just(()),
    st.lists(st.sampled_from(["town", *CITY_UNITS]), unique=True, max_size=2).map(tuple),
    st.lists(LOCAL, max_size=1).map(tuple),
)
RULES = st.builds(MatterRule, CHAINS, CHAINS, CHAINS, st.lists(LOCAL, max_size=2).map(tuple))
PLACES = (UNKNOWN, *(GAZETTEER.place(town=town.slug) for town in AREA.towns))


@given(st.sampled_from(Category), GOOD_RULES, st.sampled_from(PLACES), st.booleans())
def test_whatever_is_taken_sends_every_ticket_to_a_unit_whose_way_up_ends_at_the_hotline(
    category: Category, rule: MatterRule, place: Place, minor: bool
) -> None:
    assume(not faults(category, rule, DIRECTORY))
    catalogue = CATALOGUE.with_rules({**CATALOGUE.rules, category: rule}, version=1)

    found = catalogue.dispatch(category, place, minor=minor)
    way = [found.lead]
    while len(way) < 10 and (above := catalogue.parent(way[-1], category, minor=minor)) is not None:
        way.append(above)

    assert way[-1] == HOTLINE
    assert len(set(way)) == len(way)
    assert {found.lead, *found.support} <= set(catalogue.units())
    assert found.lead not in found.support
    if category in DIRECTORY.departmental:
        assert CATALOGUE.unit(found.lead).level is Level.CITY


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        pytest.param([], "chain_empty", id="nobody"),
        pytest.param(["town", "city-civil-affairs"], "not_to_hotline", id="ends before the hotline"),
        pytest.param(["town-xijin", HOTLINE], "unknown_link", id="one town for all"),
        pytest.param(["nobody", HOTLINE], "unknown_link", id="no such unit"),
        pytest.param(["town", "village", HOTLINE], "goes_down", id="down"),
        pytest.param(["city-deputy-mayor", HOTLINE], "above_hotline", id="told only, takes none"),
        pytest.param([HOTLINE, HOTLINE], "link_twice", id="twice"),
    ],
)
def test_a_bad_chain_is_named(chain: Sequence[str], code: str) -> None:
    found = faults(Category.URGENT_HARDSHIP, MatterRule(tuple(chain)), DIRECTORY)

    assert code in {one.code for one in found}


def test_a_departments_matter_is_not_pushed_to_a_township_neither_everywhere_nor_in_one_town() -> None:
    everywhere = MatterRule(("town", HOTLINE))
    in_one = MatterRule((HOTLINE,), local=(Local("town-xijin", "town-xijin"),))

    for rule in (everywhere, in_one):
        codes = {one.code for one in faults(Category.FUNERAL_COMPLAINT, rule, DIRECTORY)}
        assert codes == {"pushed_down"}
        assert faults(Category.URGENT_HARDSHIP, rule, DIRECTORY) == ()


def test_who_is_only_told_of_tickets_neither_leads_nor_supports_nor_does_who_is_below() -> None:
    below = Unit("city-errands", "errands", Level.CITY, "city-deputy-mayor")
    directory = replace(DIRECTORY, units={**DIRECTORY.units, below.slug: below})
    chain = ("town", HOTLINE)

    for unit in ("city-deputy-mayor", below.slug):
        leading = MatterRule(chain, local=(Local("town-xijin", unit),))
        supporting = MatterRule(chain, support=(unit,))
        for rule in (leading, supporting):
            codes = {one.code for one in faults(Category.URGENT_HARDSHIP, rule, directory)}
            assert codes == {"above_hotline"}


def test_in_one_town_another_unit_leads_and_one_supports() -> None:
    local = Local("town-xijin", "city-civil-affairs", ("city-minors",))
    rule = MatterRule(("town", HOTLINE), support=("town",), local=(local,))
    catalogue = CATALOGUE.with_rules({**CATALOGUE.rules, Category.SERVICE_REQUEST: rule}, version=3)

    there = catalogue.dispatch(Category.SERVICE_REQUEST, GAZETTEER.place(town="xijin"))
    elsewhere = catalogue.dispatch(Category.SERVICE_REQUEST, GAZETTEER.place(town="nanshan"))

    assert (there.lead, there.support) == ("city-civil-affairs", ("city-minors",))
    assert (elsewhere.lead, elsewhere.support) == ("town-nanshan", ())


@given(st.dictionaries(st.sampled_from(Category), RULES))
def test_what_is_stored_is_read_back_as_it_was(rules: dict[Category, MatterRule]) -> None:
    assert rules_of(content_of(rules), "here") == rules
    assert changes(rules, rules) == ()


def test_a_difference_names_matter_part_before_and_after() -> None:
    before = CATALOGUE.rules
    legal = before[Category.LEGAL_AID]
    after = {**before, Category.LEGAL_AID: replace(legal, support=("city-civil-affairs",))}

    assert changes(before, after) == (Change(Category.LEGAL_AID, "support", (), ("city-civil-affairs",)),)
