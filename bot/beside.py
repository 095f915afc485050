"""What goes with a message besides its words: who seems to write, and what was told with it; pure."""

import json
from collections.abc import Mapping, Sequence

from bot import safety_net
from bot.safety_net import Voice
from ticketing.domain.triage import Understanding

#: Entities of the model that go with a report: whom it is about, and when it was.
TOLD = ("relation", "time")
PHONE = "phone"
REGISTER, CHILD, ADULT = "register", "child", "adult"


def told_in(parse: Mapping[str, object]) -> dict[str, str]:
    """The first of each entity in a parse result that a report is to know; odd ones count as not told."""
    found: dict[str, str] = {}
    entities = parse.get("entities")
    for entity in entities if isinstance(entities, Sequence) and not isinstance(entities, str) else ():
        if isinstance(entity, Mapping) and entity.get("entity") in {*TOLD, REGISTER, PHONE}:
            found.setdefault(str(entity["entity"]), str(entity.get("value", "")))
    return found


def voice_of(text: str, earlier: Sequence[str]) -> Voice:
    """Who writes and of whom; whoever was a child a few messages before is one still.

    Words that no child says of itself, now or then, outweigh that.
    """
    voice = safety_net.voice_of(text)
    if voice is Voice.CHILD or not earlier:
        return voice
    return Voice.CHILD if safety_net.voice_of("\n".join([*earlier, text])) is Voice.CHILD else voice


def beside(voice: Voice, understanding: Understanding, told: Mapping[str, str]) -> str:
    """What the bot is to know beside a report, as JSON; empty for nothing."""
    entities = {name: value for name, value in told.items() if name in TOLD}
    if voice is Voice.CHILD:
        entities[REGISTER] = CHILD
    elif told.get(REGISTER) == ADULT:
        entities[REGISTER] = ADULT
    if understanding.topic is not None:
        entities["asked_topic"] = understanding.topic
        if understanding.aspect is not None:
            entities["asked_aspect"] = understanding.aspect
    return json.dumps(entities, ensure_ascii=False) if entities else ""
