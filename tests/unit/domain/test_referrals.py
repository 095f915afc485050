"""A referral goes only the ways the rules know, whoever tries what."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.city import DATA
from ticketing import yaml_files
from ticketing.domain.errors import BadInput, ConsentMissing, DataFault
from ticketing.domain.referrals import (
    LIVE,
    STEPS,
    Carried,
    Disclosure,
    ReferralMove,
    ReferralRules,
    ReferralState,
    Standing,
    may,
    mermaid,
    moves_from,
)

FILE = yaml_files.load(DATA / "units" / "referrals.yml")
RULES = ReferralRules.from_mapping(FILE)
STANDINGS = st.builds(Standing, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@given(st.lists(st.sampled_from(ReferralMove), max_size=8))
def test_accepting_and_rejecting_come_first_done_only_after_accepting_and_nothing_after_the_end(
    tried: list[ReferralMove],
) -> None:
    state, made = ReferralState.IN_PROGRESS, list[ReferralMove]()
    for move in tried:
        if move in moves_from(state):
            state = STEPS[move][1]
            made.append(move)

    assert len([move for move in made if move in {ReferralMove.ACCEPT, ReferralMove.REJECT}]) <= 1
    assert ReferralMove.FINISH not in made or made[0] is ReferralMove.ACCEPT
    assert (state in LIVE) == (not made or made == [ReferralMove.ACCEPT])
    assert (moves_from(state) == ()) == (state not in LIVE)


@given(STANDINGS, st.sampled_from(ReferralMove))
def test_a_unit_answers_for_itself_and_only_a_body_without_accounts_is_answered_for(
    standing: Standing, move: ReferralMove
) -> None:
    if move is ReferralMove.REVOKE:
        allowed = standing.is_referrer or standing.is_supervisor
        assert may(standing, move, has_accounts=True) is may(standing, move, has_accounts=False) is allowed
    else:
        assert may(standing, move, has_accounts=True) is standing.is_addressee
        assert may(standing, move, has_accounts=False) is standing.is_recorder


@given(STANDINGS)
def test_the_receiver_never_takes_a_referral_back(standing: Standing) -> None:
    receiver = replace(standing, is_addressee=True, is_referrer=False, is_supervisor=False)

    assert not may(receiver, ReferralMove.REVOKE, has_accounts=True)


def test_without_consent_or_ground_nobody_is_told() -> None:
    with pytest.raises(ConsentMissing):
        RULES.check(Disclosure(consented_by="  "))
    with pytest.raises(BadInput):
        RULES.check(Disclosure(ground="because"))
    RULES.check(Disclosure(consented_by="本人电话同意"))
    RULES.check(Disclosure(ground="mandatory_report"))


def test_every_body_says_where_its_terms_come_from() -> None:
    terms = [RULES.unit_terms, *(body.terms for body in RULES.bodies.values())]

    assert all(one.basis for one in terms)
    assert {"psychological", "legal", "police", "hospital", "school", "shelter"} <= set(RULES.bodies)
    assert "social_organisation" in RULES.bodies


def test_a_file_without_grounds_is_refused() -> None:
    with pytest.raises(DataFault):
        ReferralRules.from_mapping({**FILE, "grounds": {}})


@pytest.mark.parametrize(
    ("carried", "is_sent", "is_waiting"),
    [
        pytest.param(Carried(), False, False, id="nothing to carry"),
        pytest.param(Carried(notices=2, arrived=1, tries=3), False, True, id="one of two"),
        pytest.param(Carried(notices=2, arrived=2), True, False, id="both"),
        pytest.param(Carried(notices=1, given_up=1), False, False, id="given up"),
    ],
)
def test_only_what_arrived_whole_counts_as_sent(carried: Carried, is_sent: bool, is_waiting: bool) -> None:
    assert (carried.is_sent, carried.is_waiting) == (is_sent, is_waiting)


def test_the_diagram_has_every_step() -> None:
    assert mermaid().count("-->") == 1 + sum(len(sources) for sources, _ in STEPS.values())
