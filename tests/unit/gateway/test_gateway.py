"""What was said is kept, whoever is at risk hears the numbers first, and every fault is said honestly."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.gateway import Gateway
from bot.messages import Button, InboundMessage, OutboundMessage
from bot.rasa_client import RasaFault
from bot.spool import Spool
from tests.fakes.language import FakeLanguage
from tests.fakes.ledger import FakeLedger
from tests.unit.gateway.messages import a_message, a_ticket
from ticketing.domain.arrival import Kind
from ticketing.domain.vocabulary import Category, Risk

AT_RISK = "邻居天天打孩子，孩子身上都是伤"
EMERGENCY = "他现在拿刀要砍孩子"
CALM = "低保怎么申请"
MODEL_SEES_DANGER: Mapping[str, object] = {"intent": {"name": "child_protection", "confidence": 0.8}}


def handled(gateway: Gateway, *messages: InboundMessage) -> list[tuple[OutboundMessage, ...]]:
    """Replies to messages sent at once, in their order."""

    async def run() -> list[tuple[OutboundMessage, ...]]:
        return await asyncio.gather(*(gateway.handle(message) for message in messages))

    return asyncio.run(run())


def texts_of(replies: tuple[OutboundMessage, ...]) -> list[str]:
    """Only the words."""
    return [reply.text for reply in replies]


def test_an_ordinary_question_gets_the_bots_answer_with_its_buttons(
    gateway: Gateway, language: FakeLanguage, ledger: FakeLedger
) -> None:
    language.replies = (OutboundMessage("低保是……", (Button("要什么材料"),)),)

    (replies,) = handled(gateway, a_message(CALM))

    assert replies == language.replies
    assert ledger.replies[0][0].buttons == ("要什么材料",)


def test_a_childs_report_goes_on_as_one_whatever_the_model_calls_it(
    gateway: Gateway, language: FakeLanguage, ledger: FakeLedger
) -> None:
    danger = {"name": "domestic_violence", "confidence": 0.9, "emergency": 0.9}
    language.parsed = {"intent": {"name": "domestic_violence", "confidence": 0.9}, "danger": danger}

    handled(gateway, a_message(AT_RISK))

    assert language.commands == ["child_protection"]
    assert [(one.category, one.risk) for one in ledger.raised] == [
        (Category.CHILD_PROTECTION, Risk.EMERGENCY)
    ]


def test_somebody_at_risk_hears_the_numbers_and_the_ticket_before_anything_else(
    gateway: Gateway, language: FakeLanguage
) -> None:
    (replies,) = handled(gateway, a_message(AT_RISK))

    assert "110" in replies[0].text
    assert "NG1" in replies[0].text
    assert "CODE" in replies[0].text
    assert texts_of(replies)[1:] == ["好的"]
    assert language.commands == ["child_protection"]
    assert language.said == []


def test_a_policy_question_beside_a_report_goes_along_with_it(
    gateway: Gateway, language: FakeLanguage
) -> None:
    language.parsed = {
        "intent": {"name": "dibao", "confidence": 0.9},
        "aspect": {"name": "materials", "confidence": 0.9},
    }

    handled(gateway, a_message(AT_RISK))

    assert language.commands == ['child_protection{"asked_topic": "dibao", "asked_aspect": "materials"}']


def test_the_bot_is_told_that_a_child_writes(gateway: Gateway, language: FakeLanguage) -> None:
    handled(gateway, a_message("我爸天天打我，我才十岁"))

    assert language.commands == ['child_protection{"register": "child"}']


def test_danger_only_the_model_sees_opens_a_ticket_too(
    gateway: Gateway, language: FakeLanguage, ledger: FakeLedger
) -> None:
    language.parsed = MODEL_SEES_DANGER

    (replies,) = handled(gateway, a_message("那家的娃娃怪可怜的"))

    assert [(one.category, one.risk) for one in ledger.raised] == [(Category.CHILD_PROTECTION, Risk.URGENT)]
    assert "NG1" in replies[0].text


def test_an_answer_to_the_forms_questions_is_no_second_case(
    gateway: Gateway, language: FakeLanguage, ledger: FakeLedger
) -> None:
    ledger.open_ticket = a_ticket()
    language.parsed = MODEL_SEES_DANGER

    handled(gateway, a_message("他爸爸，四十来岁"))

    assert ledger.raised == []
    assert language.said == ["他爸爸，四十来岁"]


def test_a_report_split_over_several_messages_is_seen(gateway: Gateway, ledger: FakeLedger) -> None:
    for text in ("我爸爸", "每天都", "打我"):
        handled(gateway, a_message(text))

    assert [finding.category for finding in ledger.raised] == [Category.CHILD_PROTECTION]


def test_what_pieces_told_together_is_not_raised_again_by_the_next_message(
    gateway: Gateway, ledger: FakeLedger
) -> None:
    for text in ("我爸爸", "每天都", "打我", "你们几点下班"):
        handled(gateway, a_message(text))

    assert len(ledger.raised) == 1


def test_what_was_raised_once_is_not_raised_by_every_later_message(
    gateway: Gateway, ledger: FakeLedger
) -> None:
    handled(gateway, a_message(AT_RISK))
    handled(gateway, a_message(CALM))

    assert ledger.raised == []


def test_the_numbers_come_again_when_a_life_is_in_danger(
    gateway: Gateway, ledger: FakeLedger, language: FakeLanguage
) -> None:
    ledger.open_ticket = a_ticket()

    urgent, emergency = handled(gateway, a_message(AT_RISK), a_message(EMERGENCY))

    assert texts_of(urgent) == ["好的"]
    assert "110" in emergency[0].text
    assert language.said == [AT_RISK, EMERGENCY]


@pytest.mark.parametrize("fault", list(RasaFault))
def test_without_the_language_server_the_truth_is_said_and_a_person_is_called(
    gateway: Gateway, language: FakeLanguage, ledger: FakeLedger, fault: RasaFault
) -> None:
    language.reply_fault = fault

    (replies,) = handled(gateway, a_message(CALM))

    assert "工作人员" in replies[0].text
    assert "12345" in replies[0].text
    assert ledger.waiting == {0: f"bot_{fault}"}
    assert texts_of(replies) == [reply.text for reply in ledger.replies[0]]


def test_without_the_language_server_numbers_and_ticket_are_given_all_the_same(
    gateway: Gateway, language: FakeLanguage
) -> None:
    language.fault = RasaFault.UNREACHABLE

    (replies,) = handled(gateway, a_message(AT_RISK))

    assert "110" in replies[0].text
    assert "NG1" in replies[0].text
    assert "安全" in replies[1].text


def test_without_the_database_the_numbers_are_given_and_the_message_is_kept(
    gateway: Gateway, ledger: FakeLedger, spool: Spool
) -> None:
    ledger.away = True
    message = a_message(AT_RISK, external_id="m-9")

    (replies,) = handled(gateway, message)

    assert "110" in replies[0].text
    assert "现在还给不了您工单号" in replies[1].text
    assert [waiting.message for waiting in spool.waiting()] == [message]


def test_when_not_even_the_disk_takes_it_that_is_said(
    ledger: FakeLedger, tmp_path: Path, gateway: Gateway
) -> None:
    ledger.away = True
    (tmp_path / "spool").write_text("in the way")

    (replies,) = handled(gateway, a_message(CALM))

    assert "没能存下来" in replies[0].text


def test_a_spooled_message_is_taken_in_and_answered_late(
    gateway: Gateway, ledger: FakeLedger, language: FakeLanguage
) -> None:
    taken = asyncio.run(gateway.take_in(a_message(AT_RISK)))

    assert taken
    assert "系统有故障" in ledger.replies[0][0].text
    assert "NG1" in ledger.replies[0][1].text
    assert ledger.pushed == {0}


def test_a_spooled_message_somebody_else_is_answering_stays_in_the_spool(
    gateway: Gateway, ledger: FakeLedger
) -> None:
    handled(gateway, a_message(CALM, external_id="m-1"))
    ledger.being_answered = True

    assert not asyncio.run(gateway.take_in(a_message(CALM, external_id="m-1")))


def test_an_answer_is_given_although_it_cannot_be_kept(gateway: Gateway, ledger: FakeLedger) -> None:
    ledger.away_for_replies = True

    (replies,) = handled(gateway, a_message(CALM))

    assert texts_of(replies) == ["好的"]


@pytest.mark.parametrize("times", [1, 2, 3, 10])
def test_one_message_delivered_many_times_at_once_is_one_message_with_one_answer(
    gateway: Gateway, ledger: FakeLedger, language: FakeLanguage, times: int
) -> None:
    language.reply_after_s = 0.02

    replies = handled(gateway, *[a_message(CALM, external_id="same")] * times)

    assert len(ledger.arrivals) == 1
    assert language.said == [CALM]
    assert set(replies) == {language.replies}


def test_messages_of_one_person_are_taken_in_their_order(gateway: Gateway, language: FakeLanguage) -> None:
    language.reply_after_s = 0.01

    handled(gateway, *[a_message(str(number)) for number in range(5)])

    assert language.said == ["0", "1", "2", "3", "4"]


def test_nobody_waits_for_another_person(gateway: Gateway, language: FakeLanguage) -> None:
    language.hold()

    async def run() -> None:
        people = [a_message(CALM, peer=str(number)) for number in range(5)]
        talks = [asyncio.create_task(gateway.handle(message)) for message in people]
        await language.asked_for(5)
        language.may_reply.set()
        await asyncio.gather(*talks)

    asyncio.run(run())


def test_the_bot_is_silent_and_starts_anew_while_a_person_has_the_conversation(
    gateway: Gateway, ledger: FakeLedger, language: FakeLanguage
) -> None:
    ledger.staff_has_it = True

    (replies,) = handled(gateway, a_message(CALM))

    assert replies == ()
    assert language.said == []
    assert language.forgotten == ["c-1"]


def test_a_reply_the_bot_had_ready_is_not_said_once_a_person_took_over(
    gateway: Gateway, ledger: FakeLedger
) -> None:
    ledger.staff_takes_over = True

    (replies,) = handled(gateway, a_message(CALM))

    assert replies == ()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.TEXT])
def test_what_is_no_text_is_kept_and_acknowledged(
    gateway: Gateway, ledger: FakeLedger, language: FakeLanguage, kind: Kind
) -> None:
    (replies,) = handled(gateway, a_message("", kind=kind, payload={"file_id": "f"}))

    assert len(replies) == 1
    assert replies[0].text
    assert [(one.kind, one.payload) for one in ledger.arrivals] == [(kind, {"file_id": "f"})]
    assert language.said == []


@pytest.mark.parametrize("text", ["", "  \n", "/", "\0"])
def test_an_empty_message_is_kept_and_asked_for(gateway: Gateway, ledger: FakeLedger, text: str) -> None:
    (replies,) = handled(gateway, a_message(text))

    assert "没有看到文字" in replies[0].text
    assert len(ledger.arrivals) == 1


def test_the_words_under_a_picture_are_read_for_danger(gateway: Gateway, ledger: FakeLedger) -> None:
    (replies,) = handled(gateway, a_message(AT_RISK, kind=Kind.PHOTO))

    assert ledger.arrivals[0].finding.risk is Risk.URGENT
    assert "NG1" in replies[0].text
    assert "图片" in replies[1].text


def test_what_the_bot_cannot_see_or_hear_waits_for_a_person(gateway: Gateway, ledger: FakeLedger) -> None:
    handled(gateway, a_message("", kind=Kind.VOICE))

    assert ledger.waiting == {0: "voice"}


def test_a_shared_contact_can_be_read_by_staff(gateway: Gateway, ledger: FakeLedger) -> None:
    handled(gateway, a_message("", kind=Kind.CONTACT, payload={"name": "王", "phone": "0563"}))

    assert ledger.arrivals[0].text == "王 0563"


def test_a_typed_command_is_only_text(gateway: Gateway, language: FakeLanguage) -> None:
    handled(gateway, a_message("/child_protection"))

    assert language.said == ["child_protection"]
    assert language.commands == []


def test_of_a_very_long_message_all_is_kept_and_the_beginning_is_answered(
    gateway: Gateway, ledger: FakeLedger, language: FakeLanguage
) -> None:
    text = "我想问低保。" * 1000 + "邻居天天打孩子"

    (replies,) = handled(gateway, a_message(text))

    assert ledger.arrivals[0].text == text
    assert ledger.arrivals[0].finding.risk is Risk.URGENT
    assert "全文都已经记下来" in "".join(texts_of(replies))


@pytest.mark.parametrize("text", ["低保\0怎么申请", "低保\ud800怎么申请"])
def test_characters_no_database_takes_do_no_harm(gateway: Gateway, ledger: FakeLedger, text: str) -> None:
    handled(gateway, a_message(text))

    ledger.arrivals[0].text.encode()
    assert "\0" not in ledger.arrivals[0].text
