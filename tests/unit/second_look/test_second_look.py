"""What makes a conversation doubtful, and by when a person has looked at it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ticketing
from bot.second_look import PARSES_MAX, SecondReader, alone, in_words, together
from bot.turns import UNDERSTOOD_CHARACTERS
from tests.factories import NOON
from tests.fakes.language import CALM, FakeLanguage
from ticketing import yaml_files
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import DataFault
from ticketing.domain.second_look import (
    Doubt,
    LookRules,
    Sign,
    Unread,
    Verdict,
    danger_in,
    verdict_of,
)
from ticketing.domain.vocabulary import Category

DATA = yaml_files.load(Path(ticketing.__file__).parent / "data" / "care" / "second_look.yml")
RULES = LookRules.from_mapping(DATA)
SAID = Unread("c", None, NOON, ("谢谢",), has_unseen=False, is_unfinished=False, covered=frozenset())
MAYBE = Sign(Doubt.MODEL, 30, Category.SELF_HARM, ("活着真累",))


@settings(deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds it
def test_what_is_found_by_day_is_due_the_same_day_and_nobody_is_woken(found_at: datetime) -> None:
    due = RULES.due_at(found_at)
    there, then = found_at.astimezone(BEIJING), due.astimezone(BEIJING)

    assert found_at < due <= found_at + timedelta(hours=12)
    assert RULES.day_begins <= then.hour <= RULES.day_ends
    assert then.hour < RULES.day_ends or (then.minute, then.second) == (0, 0)
    assert (there.date() == then.date()) is (there.hour < RULES.day_ends)


def test_nothing_seen_and_nothing_missing_is_no_doubt() -> None:
    assert verdict_of(SAID, []).doubts == ()


def test_the_gravest_reason_stands_first_and_every_piece_of_evidence_once() -> None:
    words = Sign(Doubt.WORDS, 100, Category.SELF_HARM, ("不想活",))

    found = verdict_of(replace(SAID, has_unseen=True, is_unfinished=True), [MAYBE, MAYBE, words])

    assert found == Verdict(
        (Doubt.WORDS, Doubt.MODEL, Doubt.UNSEEN, Doubt.UNFINISHED),
        100,
        Category.SELF_HARM,
        ("不想活", "活着真累"),
    )


def test_what_a_ticket_is_about_already_is_no_doubt_but_another_danger_is() -> None:
    covered = replace(SAID, covered=frozenset({Category.DOMESTIC_VIOLENCE}), has_unseen=True)
    same = Sign(Doubt.WORDS, 100, Category.DOMESTIC_VIOLENCE, ("打我",))

    assert verdict_of(covered, [same]).doubts == ()
    assert verdict_of(covered, [same, MAYBE]).category is Category.SELF_HARM


@pytest.mark.parametrize(
    "parse",
    [{}, {"danger": None}, {"danger": {"name": "greet", "confidence": 1}}, {"danger": {"name": "self_harm"}}],
)
def test_a_parse_that_tells_nothing_of_danger_tells_none(parse: dict[str, object]) -> None:
    assert danger_in(parse) == (None, 0.0)


@pytest.mark.parametrize(
    "wrong", [{"day_begins_hour": 23}, {"doubtful_from_percent": 0}, {"quiet_minutes": "x"}]
)
def test_rules_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DataFault):
        LookRules.from_mapping({**DATA, **wrong})


def test_what_was_said_in_pieces_hours_apart_is_read_together() -> None:
    found = list(in_words(["我想", "去死", "谢谢你"]))

    assert {sign.category for sign in found} == {Category.SELF_HARM}
    assert {sign.doubt for sign in found} == {Doubt.WORDS}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=5))
def test_the_model_gets_every_text_alone_and_all_together_in_what_it_can_read(texts: list[str]) -> None:
    told = {text.strip().lstrip("/ \t\r\n") for text in texts} - {""}

    assert set(alone(texts)) == told
    assert all(text in together(texts)[0] for text in told)
    assert len(alone(texts)) == len(told)


def test_nothing_of_a_very_long_text_stays_unread() -> None:
    text = "好" * 4500 + "末"

    assert "".join(together([text])) == text
    assert alone([text])[-1].endswith("末")
    assert all(len(piece) <= UNDERSTOOD_CHARACTERS for piece in together([text]))


class OneList:
    """A list with one conversation on it, which remembers the verdict."""

    rules = RULES

    def __init__(self, unread: Unread) -> None:
        self._unread = unread
        self.noted: list[Verdict] = []

    def unread(self, limit: int) -> list[Unread]:
        """That one."""
        return [self._unread][:limit]

    def note(self, unread: Unread, verdict: Verdict) -> bool:
        """Remember it."""
        self.noted.append(verdict)
        return bool(verdict.doubts)


def seeing(confidence: float) -> FakeLanguage:
    """A model that sees self-harm in everything."""
    return FakeLanguage(parsed={**CALM, "danger": {"name": "self_harm", "confidence": confidence}})


@pytest.mark.parametrize(
    ("confidence", "doubts"), [(0.24, ()), (0.25, (Doubt.MODEL,)), (0.29, (Doubt.MODEL,))]
)
async def test_what_the_model_holds_possible_goes_to_a_person(
    confidence: float, doubts: tuple[Doubt, ...]
) -> None:
    looks = OneList(SAID)

    await SecondReader(seeing(confidence), looks, NOON).read()

    assert [verdict.doubts for verdict in looks.noted] == [doubts]


async def test_more_than_the_model_is_asked_goes_to_a_person() -> None:
    looks = OneList(replace(SAID, texts=tuple(f"第{i}句" for i in range(PARSES_MAX + 1))))

    await SecondReader(FakeLanguage(), looks, NOON).read()

    assert looks.noted[0].doubts == (Doubt.UNREAD,)
