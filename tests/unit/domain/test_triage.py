"""Category before topic before talk; the net and the model may each raise the risk, neither lowers it."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain import triage
from ticketing.domain.triage import Finding, Question, Understanding, assess, understanding_of
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk, Talk

NOTHING = Finding.nothing()


def parse(
    *ranking: tuple[str, float],
    questions: tuple[tuple[str, str | None, float], ...] = (),
    aspect: tuple[str | None, float] = (None, 0.0),
) -> Mapping[str, object]:
    ranked = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    asked = [{"topic": topic, "aspect": one, "confidence": score} for topic, one, score in questions]
    return {
        "intent": ranked[0] if ranked else {"name": None, "confidence": 0.0},
        "intent_ranking": ranked,
        "questions": asked,
        "aspect": {"name": aspect[0], "confidence": aspect[1]},
    }


def understood(category: Category, confidence: float) -> Understanding:
    return Understanding(None, None, category, None, confidence, (), ())


def test_a_clear_topic_brings_its_aspect() -> None:
    heard = understanding_of(parse(("dibao", 0.8), aspect=("materials", 0.7)))

    assert (heard.topic, heard.aspect, heard.category, heard.talk) == ("dibao", "materials", None, None)


def test_a_doubtful_aspect_is_left_out() -> None:
    heard = understanding_of(parse(("dibao", 0.8), aspect=("materials", triage.ASPECT_FROM - 0.01)))

    assert heard.aspect is None


def test_the_question_about_the_topic_tells_its_own_aspect() -> None:
    both = (("tekun", "amount", 0.6), ("dibao", "procedure", 0.6))

    heard = understanding_of(parse(("dibao", 0.5), questions=both, aspect=("place", 0.9)))

    assert (heard.topic, heard.aspect) == ("dibao", "procedure")
    assert heard.questions == (Question("dibao", "procedure"), Question("tekun", "amount"))


def test_a_category_keeps_the_question_asked_beside_it() -> None:
    asked = (("divorce_registration", "materials", 0.7),)

    heard = understanding_of(parse(("domestic_violence", 0.8), questions=asked))

    assert heard.category is Category.DOMESTIC_VIOLENCE
    assert (heard.topic, heard.aspect) == ("divorce_registration", "materials")


def test_a_doubtful_question_beside_a_category_is_left_out() -> None:
    asked = (("dibao", None, triage.QUESTION_FROM - 0.01),)

    assert understanding_of(parse(("complaint", 0.8), questions=asked)).topic is None


def test_two_clear_questions_save_a_message_whose_intent_is_split() -> None:
    asked = (("dibao", "amount", 0.7), ("elderly_allowance", "amount", 0.8))

    heard = understanding_of(parse(("dibao", 0.19), ("elderly_allowance", 0.18), questions=asked))

    assert heard.topic == "elderly_allowance"
    assert heard.talk is None


def test_low_confidence_is_unclear_with_candidates_to_choose_from() -> None:
    ranking = (("dibao", 0.19), ("greet", 0.18), ("tekun", 0.16), ("other_aid", 0.15), ("adoption", 0.1))

    heard = understanding_of(parse(*ranking))

    assert (heard.topic, heard.talk) == (None, Talk.UNCLEAR)
    assert heard.candidates == ("dibao", "tekun", "other_aid")


@pytest.mark.parametrize(
    ("intent", "talk"),
    [
        ("greet", Talk.GREET),
        ("thanks", Talk.THANKS),
        ("goodbye", Talk.GOODBYE),
        ("chitchat", Talk.CHITCHAT),
        ("unclear", Talk.UNCLEAR),
        ("ticket_progress", Talk.TICKET_PROGRESS),
        ("ticket_add", Talk.TICKET_PROGRESS),
        ("ticket_withdraw", Talk.TICKET_PROGRESS),
        ("ticket_rate", Talk.TICKET_PROGRESS),
        ("nlu_fallback", Talk.UNCLEAR),
        ("affirm", None),
        ("deny", None),
        ("skip", None),
        ("stop_form", None),
        ("retract", None),
    ],
)
def test_talk_intents_are_reported_under_their_public_slug(intent: str, talk: Talk | None) -> None:
    heard = understanding_of(parse((intent, 0.9), aspect=("amount", 0.9)))

    assert (heard.talk, heard.topic, heard.aspect, heard.category) == (talk, None, None, None)


def test_a_follow_up_has_an_aspect_and_no_topic() -> None:
    heard = understanding_of(parse(("follow_up", 0.9), aspect=("materials", 0.9)))

    assert (heard.topic, heard.aspect, heard.talk) == (None, "materials", None)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"intent": None},
        {"intent": {"name": None, "confidence": 0.0}, "intent_ranking": []},
        {"intent": "greet"},
        {"intent": {"name": "greet", "confidence": "high"}, "questions": "none", "aspect": []},
        {"intent_ranking": [None, 3, {"name": 5}]},
    ],
)
def test_an_odd_parse_result_is_unclear_and_no_fault(odd: Mapping[str, object]) -> None:
    assert understanding_of(odd).talk is Talk.UNCLEAR


def test_danger_split_between_categories_is_seen_by_its_sum() -> None:
    heard = understanding_of(parse(("child_protection", 0.3), ("domestic_violence", 0.25), ("adoption", 0.2)))

    assert heard.category is Category.CHILD_PROTECTION
    assert assess(NOTHING, heard).risk is Risk.URGENT


def test_danger_in_sum_outweighs_a_topic_that_leads() -> None:
    ranking = (("minor_protection", 0.4), ("child_protection", 0.3), ("elder_harm", 0.2))

    assert understanding_of(parse(*ranking)).category is Category.CHILD_PROTECTION


@pytest.mark.parametrize("category", sorted(AT_RISK_CATEGORIES))
def test_the_model_alone_can_raise_the_risk(category: Category) -> None:
    verdict = assess(NOTHING, understood(category, triage.AT_RISK_FROM))

    assert (verdict.risk, verdict.category) == (Risk.URGENT, category)


@pytest.mark.parametrize("category", sorted(set(Category) - AT_RISK_CATEGORIES))
def test_other_categories_are_no_risk(category: Category) -> None:
    assert assess(NOTHING, understood(category, 1.0)).risk is Risk.NONE


def test_the_finding_leads_and_the_topic_is_kept_beside_it() -> None:
    finding = Finding(Risk.EMERGENCY, Category.SELF_HARM, ("a",))
    heard = Understanding("dibao", "deadline", None, None, 0.9, (), ())

    verdict = assess(finding, heard)

    assert (verdict.risk, verdict.category) == (Risk.EMERGENCY, Category.SELF_HARM)
    assert (verdict.topic, verdict.aspect, verdict.talk) == ("dibao", "deadline", None)
    assert verdict.evidence == ("a",)


def test_the_category_of_the_finding_is_kept_against_the_model() -> None:
    finding = Finding(Risk.URGENT, Category.DOMESTIC_VIOLENCE, ("a",))

    assert assess(finding, understood(Category.COUNSELLING, 0.99)).category is Category.DOMESTIC_VIOLENCE


def test_talk_is_reported_only_when_there_is_nothing_else() -> None:
    heard = understanding_of(parse(("greet", 0.9)))

    assert assess(NOTHING, heard).talk is Talk.GREET
    assert assess(Finding(Risk.URGENT, Category.ELDER_HARM, ()), heard).talk is None


@given(
    risk=st.sampled_from(list(Risk)),
    category=st.sampled_from(sorted(Category)),
    confidence=st.floats(0, 1),
)
def test_neither_side_lowers_the_risk(risk: Risk, category: Category, confidence: float) -> None:
    finding = NOTHING if risk is Risk.NONE else Finding(risk, Category.ELDER_HARM, ())
    heard = understood(category, confidence)

    verdict = assess(finding, heard)

    assert verdict.risk.rank >= finding.risk.rank
    assert verdict.risk.rank >= assess(NOTHING, heard).risk.rank


def test_words_the_net_cleared_are_not_raised_by_the_model_alone() -> None:
    verdict = assess(Finding.nothing(cleared=True), understood(Category.SELF_HARM, 0.99))

    assert verdict.risk is Risk.NONE


def test_emergency_is_graver_than_urgent_and_urgent_than_none() -> None:
    assert sorted(Risk, key=lambda risk: risk.rank) == [Risk.NONE, Risk.URGENT, Risk.EMERGENCY]


def test_the_screen_raises_although_no_single_intent_says_danger() -> None:
    heard = understanding_of(
        {**parse(("counselling", 0.6)), "danger": {"name": "self_harm", "confidence": triage.AT_RISK_FROM}}
    )

    assert assess(NOTHING, heard).category is Category.SELF_HARM
    assert assess(NOTHING, heard).risk is Risk.URGENT


def test_a_screen_that_sees_no_danger_leaves_the_intent_as_it_is() -> None:
    heard = understanding_of(
        {**parse(("counselling", 0.6)), "danger": {"name": "self_harm", "confidence": 0.1}}
    )

    assert (heard.category, assess(NOTHING, heard).risk) == (Category.COUNSELLING, Risk.NONE)


def test_a_message_that_is_all_but_certainly_about_something_else_needs_more_danger_to_raise() -> None:
    danger = {"danger": {"name": "elder_harm", "confidence": triage.AT_RISK_FROM}}

    doubtful = understanding_of({**parse(("service_request", 0.8)), **danger})
    certain = understanding_of({**parse(("service_request", 0.99)), **danger})

    assert (doubtful.category, certain.category) == (Category.ELDER_HARM, Category.SERVICE_REQUEST)


def test_a_category_at_risk_that_leads_the_ranking_raises_although_the_screen_is_low() -> None:
    heard = understanding_of(
        {**parse(("self_harm", 0.5)), "danger": {"name": "self_harm", "confidence": 0.2}}
    )

    assert assess(NOTHING, heard).risk is Risk.URGENT


@pytest.mark.parametrize(("likelihood", "risk"), [(0.34, Risk.URGENT), (0.35, Risk.EMERGENCY)])
def test_the_model_grades_the_danger_it_sees(likelihood: float, risk: Risk) -> None:
    seen = {"name": "elder_harm", "confidence": 0.9, "emergency": likelihood}

    assert assess(NOTHING, understanding_of({**parse(("elder_harm", 0.9)), "danger": seen})).risk is risk


def test_the_model_makes_an_emergency_of_what_the_words_call_urgent() -> None:
    seen = {"name": "elder_harm", "confidence": 0.9, "emergency": 0.9}
    finding = Finding(Risk.URGENT, Category.ELDER_HARM, ("a",))

    verdict = assess(finding, understanding_of({**parse(("elder_harm", 0.9)), "danger": seen}))

    assert verdict.risk is Risk.EMERGENCY


def test_the_model_names_the_danger_that_both_see() -> None:
    seen = {"danger": {"name": "domestic_violence", "confidence": 0.9}}
    heard = understanding_of({**parse(("domestic_violence", 0.9)), **seen})

    verdict = assess(Finding(Risk.EMERGENCY, Category.SELF_HARM, ("a",)), heard)

    assert (verdict.risk, verdict.category) == (Risk.EMERGENCY, Category.DOMESTIC_VIOLENCE)
