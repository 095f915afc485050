"""No hostile text breaks the safety net, takes it two seconds, or makes it raise on noise alone."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import safety_net
from bot.safety_net import PART_CHARACTERS, PARTS_OVERLAP, parts_of
from bot.turns import whole_characters
from tests.hostile.inputs import HUGE, inputs
from ticketing.domain.vocabulary import Risk

REPLY_WITHIN_S = 2.0
HUNDREDS = 200


def test_hostile_texts_are_read_quickly_and_raise_nothing() -> None:
    slow, raised = [], []
    for name, text in inputs(HUNDREDS):
        begun_s = time.process_time()
        found = safety_net.scan(whole_characters(text))
        safety_net.voice_of(whole_characters(text))
        slow += [name] if time.process_time() - begun_s > REPLY_WITHIN_S else []
        raised += [(name, found.evidence)] if found.risk is not Risk.NONE else []

    assert slow == []
    assert raised == []


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_text_at_all_breaks_it(text: str) -> None:
    safety_net.scan(text)
    safety_net.scan_turns([text, text])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 5 * PART_CHARACTERS))
def test_what_stands_anywhere_in_a_long_text_stands_whole_in_a_part(place: int) -> None:
    words = "终" * PARTS_OVERLAP

    assert any(words in part for part in parts_of("好" * place + words + "好" * place))


def test_a_cry_for_help_is_heard_wherever_it_stands_in_a_very_long_text() -> None:
    for before in (0, PART_CHARACTERS - 3, PART_CHARACTERS - PARTS_OVERLAP, HUGE):
        text = "好" * before + "，我不想活了，" + "好" * 50

        assert safety_net.scan(text).risk is not Risk.NONE, before
