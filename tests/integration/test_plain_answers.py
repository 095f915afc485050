"""A plain question of policy is answered without the dialogue, where the dialogue would say the same."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.messages import OutboundMessage
from bot.rasa_client import RasaFault, RasaUnavailable
from bot.training import ROOT
from tests.factories import a_member
from tests.fakes.language import FakeLanguage
from tests.integration.house import a_gateway
from tests.unit.gateway.messages import a_message
from ticketing import yaml_files
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Kind
from ticketing.domain.staff import Role
from ticketing.domain.ticket import BotStanding
from ticketing.domain.triage import FOLLOW_UP, Question
from ticketing.domain.vocabulary import Channel

AT_REST = BotStanding(settled=True)


def reads(intent: str, *questions: str, aspect: str | None = None) -> Mapping[str, object]:
    """A parse as the model gives it."""
    return {
        "intent": {"name": intent, "confidence": 0.9},
        "aspect": {"name": aspect, "confidence": 0.9},
        "questions": [{"topic": topic, "aspect": aspect, "confidence": 0.9} for topic in questions],
    }


READINGS: Mapping[str, Mapping[str, object]] = {
    "低保是什么": reads("dibao", "dibao"),
    "低保怎么办，高龄津贴呢": reads("dibao", "dibao", "elderly_allowance", aspect="steps"),
    "那要带什么材料": reads(FOLLOW_UP, aspect="materials"),
    "你好": reads("greet"),
    "孩子不听话": reads("counselling"),
    "嘟嘟": reads("nlu_fallback"),
}


@dataclass(slots=True)
class ReadingLanguage(FakeLanguage):
    """Reads a few sentences."""

    parses: list[str] = field(default_factory=list)

    async def parse(self, text: str) -> Mapping[str, object]:
        """What is in the table."""
        if self.fault is not None:
            raise RasaUnavailable(self.fault)
        self.parses.append(text)
        return READINGS[text]


@pytest.fixture
def language() -> ReadingLanguage:
    """A bot that is at rest after what it says."""
    return ReadingLanguage(standing=AT_REST)


def plain(runtime: Runtime, topic: str, aspect: str | None) -> str:
    """The answer of the policies."""
    (reply,) = runtime.answers.to([Question(topic, aspect)], titled=False)
    return reply.text


async def says(runtime: Runtime, language: FakeLanguage, *texts: str) -> tuple[OutboundMessage, ...]:
    """One resident says these; the answer to the last."""
    gateway = a_gateway(runtime, language)
    replies: tuple[OutboundMessage, ...] = ()
    for text in texts:
        replies = await gateway.handle(a_message(text))
    return replies


async def test_a_plain_question_is_answered_from_the_policies(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    (reply,) = await says(runtime, language, "低保是什么")

    assert reply.text == plain(runtime, "dibao", None)
    assert reply.buttons
    assert language.said == []


async def test_two_questions_at_once_get_two_answers_that_say_whose_they_are(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    first, second = await says(runtime, language, "低保怎么办，高龄津贴呢")

    assert first.text.startswith(f"【{runtime.knowledge.title('dibao')}】")
    assert second.text.startswith(f"【{runtime.knowledge.title('elderly_allowance')}】")
    assert language.said == []


async def test_a_bare_question_of_detail_goes_to_what_was_talked_about_last(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    (reply,) = await says(runtime, language, "低保怎么办，高龄津贴呢", "那要带什么材料")

    assert reply.text == plain(runtime, "elderly_allowance", "materials")
    assert language.said == []


async def test_a_bare_question_of_detail_before_any_topic_is_for_the_dialogue(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    await says(runtime, language, "那要带什么材料")

    assert language.said == ["那要带什么材料"]


async def test_the_dialogue_is_told_what_was_talked_about_without_it(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    await says(runtime, language, "低保是什么", "嘟嘟")

    assert (language.said, language.topics) == (["嘟嘟"], ["dibao"])


async def test_while_the_bot_waits_for_an_answer_everything_is_for_the_dialogue(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    language.standing = BotStanding(settled=False, topic=None)

    await says(runtime, language, "孩子不听话", "低保是什么", "那要带什么材料")

    assert language.said == ["孩子不听话", "低保是什么", "那要带什么材料"]


async def test_after_the_form_a_plain_question_needs_no_dialogue_again(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    language.standing = BotStanding(settled=False)
    await says(runtime, language, "孩子不听话")
    language.standing = AT_REST

    await says(runtime, language, "你好", "低保是什么")

    assert language.said == ["孩子不听话", "你好"]


async def test_a_picture_in_between_changes_nothing(runtime: Runtime, language: ReadingLanguage) -> None:
    gateway = a_gateway(runtime, language)
    await gateway.handle(a_message("低保是什么"))
    await gateway.handle(a_message("", kind=Kind.STICKER))

    (reply,) = await gateway.handle(a_message("那要带什么材料"))

    assert reply.text == plain(runtime, "dibao", "materials")


@pytest.mark.parametrize("fault", list(RasaFault))
async def test_without_the_dialogue_a_plain_question_is_answered_all_the_same(
    runtime: Runtime, language: ReadingLanguage, fault: RasaFault
) -> None:
    language.reply_fault = fault

    (reply,) = await says(runtime, language, "低保是什么")

    assert reply.text == plain(runtime, "dibao", None)


async def test_without_the_language_server_the_truth_is_said_and_the_dialogue_goes_on_after_it(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    await says(runtime, language, "低保是什么")
    language.fault = RasaFault.UNREACHABLE
    (sorry,) = await says(runtime, language, "那要带什么材料")
    language.fault = None

    await says(runtime, language, "那要带什么材料")

    assert sorry.text == runtime.texts.get("gateway.bot_unavailable")
    assert (language.said, language.topics) == (["那要带什么材料"], ["dibao"])


async def test_while_a_person_has_the_conversation_nothing_is_answered_and_the_bot_begins_anew_after_it(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    await says(runtime, language, "低保是什么")
    conversation_id = runtime.chats.conversation_of(Channel.WEB, "peer")
    assert conversation_id is not None
    runtime.chats.take(operator, conversation_id)
    silence = await says(runtime, language, "那要带什么材料")
    runtime.chats.release(operator, conversation_id)

    await says(runtime, language, "那要带什么材料")

    assert silence == ()
    assert language.forgotten == [conversation_id]
    assert (language.said, language.topics) == (["那要带什么材料"], [None])


async def test_a_redelivery_gets_the_stored_reply(runtime: Runtime, language: ReadingLanguage) -> None:
    message = a_message("低保是什么", external_id="same")
    first = await a_gateway(runtime, language).handle(message)

    again = await a_gateway(runtime, language).handle(message)

    lines = runtime.chats.lines_of(Channel.WEB, "peer")
    assert again == first
    assert [line.direction for line in lines] == ["in", "out"]


async def test_words_of_danger_are_never_answered_with_policies_alone(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    text = "津北村有个孩子天天被他爸打，身上都是伤，低保怎么办"
    language.parsed = reads("dibao", "dibao")

    replies = await a_gateway(runtime, FakeLanguage(parsed=language.parsed)).handle(a_message(text))

    assert "110" in replies[0].text


async def test_messages_of_one_person_are_answered_in_their_order_whichever_way(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    language.reply_after_s = 0.1
    gateways = [a_gateway(runtime, language)] * 3
    texts = ("嘟嘟", "低保是什么", "那要带什么材料")

    await asyncio.gather(
        *(gateway.handle(a_message(text)) for gateway, text in zip(gateways, texts, strict=True))
    )

    told = [line.text for line in runtime.chats.lines_of(Channel.WEB, "peer") if line.direction == "out"]
    assert told == ["好的", plain(runtime, "dibao", None), plain(runtime, "dibao", "materials")]


async def test_a_message_of_which_nobody_knows_what_became_sends_the_next_one_to_the_dialogue(
    runtime: Runtime, language: ReadingLanguage
) -> None:
    slow = ReadingLanguage(standing=AT_REST)
    slow.hold()
    other_process = a_gateway(runtime, slow)
    being_answered = asyncio.create_task(other_process.handle(a_message("你好")))
    await slow.asked_for(1)

    await says(runtime, language, "低保是什么")
    slow.may_reply.set()
    await being_answered

    assert language.said == ["低保是什么"]


def test_the_dialogue_answers_the_same_intents_by_the_same_action() -> None:
    rules = yaml_files.load(ROOT / "nlu_data" / "rules" / "policy.yml")["rules"]
    (rule,) = [one for one in rules if {"action": "action_answer_policy"} in one["steps"]]
    intents = {step["intent"] for step in rule["steps"][0]["or"]}

    assert intents == {*(path.stem for path in (ROOT / "nlu_data/nlu/topics").glob("*.yml")), FOLLOW_UP}
