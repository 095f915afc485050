"""The second look on a real database: what is read again, once, by whomever; and what people make of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest

from bot.messages import InboundMessage, OutboundMessage
from bot.rasa_client import RasaFault
from bot.second_look import look_again
from tests.factories import FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from tests.fakes.language import CALM, FakeLanguage
from tests.integration.console_desk import desk_of, post
from tests.integration.house import a_gateway
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Kind
from ticketing.domain.errors import LookNotFound, LookSettled, NotPermitted
from ticketing.domain.second_look import Doubt, LookTicket, LookView, Outcome
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import BotStanding, StoredReply
from ticketing.domain.vocabulary import Category, Channel, Risk

QUIET = timedelta(minutes=21)
POSSIBLE = FakeLanguage(parsed={**CALM, "danger": {"name": "self_harm", "confidence": 0.3}})
DENIAL = "我刚才乱说的"


@pytest.fixture
def operator(runtime: Runtime) -> Actor:
    """Who looks."""
    return a_member(runtime, role=Role.OPERATOR, unit="city-hotline", name="陈接线")


def look(runtime: Runtime, language: FakeLanguage | None = None) -> int:
    """One round of the scheduler's duty."""
    return look_again(runtime, lambda _url: language or FakeLanguage())


def say(runtime: Runtime, *texts: str, peer: str = "peer", state: bool | None = True) -> str:
    """Somebody writes and is answered; ``state`` tells whether the bot is at rest afterwards."""
    for text in texts:
        receipt = runtime.intake.receive(an_arrival(text, peer=peer))
        runtime.intake.record_replies(
            receipt.message_id, [StoredReply("好的")], standing=BotStanding(settled=state is True)
        )
    return receipt.conversation_id


def listed(runtime: Runtime, operator: Actor) -> tuple[LookView, ...]:
    """What waits."""
    return runtime.second_looks.waiting(operator)


def test_nothing_is_read_again_while_the_person_may_still_be_writing(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    say(runtime, "唉")
    clock.advance(timedelta(minutes=19))

    assert look(runtime, POSSIBLE) == 0
    clock.advance(timedelta(minutes=2))
    assert look(runtime, POSSIBLE) == 1
    (one,) = listed(runtime, operator)
    assert (one.doubts, one.category, one.score, one.evidence) == (
        (Doubt.MODEL,),
        Category.SELF_HARM,
        30,
        ("唉",),
    )


def test_danger_told_in_pieces_that_were_too_far_apart_is_seen_at_the_end(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    say(runtime, "我想")
    clock.advance(timedelta(minutes=15))
    say(runtime, "去死")
    clock.advance(QUIET)

    look(runtime)

    assert [one.doubts for one in listed(runtime, operator)] == [(Doubt.WORDS,)]


def test_a_harmless_conversation_is_read_once_and_listed_never(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    say(runtime, "低保怎么申请", "谢谢")
    clock.advance(QUIET)

    assert look(runtime) == 0
    assert runtime.second_looks.unread(10) == []
    assert listed(runtime, operator) == ()


def test_what_has_its_ticket_is_not_listed_but_a_danger_of_another_kind_is(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    runtime.intake.receive(an_arrival("我不想活了", peer="a", finding=a_finding(Category.SELF_HARM)))
    runtime.intake.receive(a_risk_arrival(peer="b"))
    clock.advance(QUIET)

    assert look(runtime, POSSIBLE) == 1
    assert [one.last_text for one in listed(runtime, operator)] == ["邻居天天打孩子，在津北村"]


def test_pictures_and_voices_nobody_looked_at_are_listed(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    for kind in (Kind.PHOTO, Kind.STICKER):
        arrival = an_arrival("", peer=kind.value)
        object.__setattr__(arrival, "kind", kind)
        runtime.intake.receive(arrival)
    clock.advance(QUIET)

    look(runtime)

    assert [one.doubts for one in listed(runtime, operator)] == [(Doubt.UNSEEN,)]


def test_who_stopped_in_the_middle_of_a_report_is_listed(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    for peer, settled in (("stopped", False), ("finished", True)):
        chat = say(runtime, "我要法律援助", peer=peer, state=settled)
        runtime.reports.open_report(chat, category=Category.LEGAL_AID, text="我要法律援助")
    clock.advance(QUIET)

    look(runtime)

    (one,) = listed(runtime, operator)
    assert one.doubts == (Doubt.UNFINISHED,)


def test_the_language_server_being_down_only_postpones_and_not_for_ever(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    away = FakeLanguage(fault=RasaFault.UNREACHABLE)
    say(runtime, "唉")
    clock.advance(QUIET)

    assert look(runtime, away) == 0
    assert len(runtime.second_looks.unread(10)) == 1
    clock.advance(timedelta(hours=2))
    assert look(runtime, away) == 1
    assert [one.doubts for one in listed(runtime, operator)] == [(Doubt.UNREAD,)]


def test_a_conversation_stands_in_the_list_once_however_many_workers_read_it(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    say(runtime, "唉")
    clock.advance(QUIET)

    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _round: look(runtime, POSSIBLE), range(4)))
    first = listed(runtime, operator)
    say(runtime, "算了")
    clock.advance(QUIET)
    look(runtime, POSSIBLE)

    assert sum(found) == len(first) == 1
    (again,) = listed(runtime, operator)
    assert (again.id, again.found_at, again.evidence) == (first[0].id, first[0].found_at, ("唉", "算了"))


def test_what_came_while_it_was_read_is_read_the_next_time(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    chat = say(runtime, "唉")
    clock.advance(QUIET)
    (unread,) = runtime.second_looks.unread(10)
    say(runtime, "我想", "去死")
    look(runtime)
    clock.advance(QUIET)
    look(runtime)

    assert unread.texts == ("唉",)
    assert [(one.conversation_id, one.doubts) for one in listed(runtime, operator)] == [
        (chat, (Doubt.WORDS,))
    ]


@pytest.fixture
def doubtful(runtime: Runtime, clock: FakeClock, operator: Actor) -> LookView:
    """One line of the list."""
    say(runtime, "活着没意思，在西津街道津北村")
    clock.advance(QUIET)
    look(runtime, POSSIBLE)
    (one,) = listed(runtime, operator)
    return one


def test_nobody_in_danger_takes_it_off_the_list_and_says_who_looked(
    runtime: Runtime, operator: Actor, doubtful: LookView
) -> None:
    runtime.second_looks.clear(operator, doubtful.id, reason="说的是电视剧")

    assert listed(runtime, operator) == ()
    closed = runtime.second_looks.one(operator, doubtful.id)
    assert (closed.outcome, closed.closed_by) == (Outcome.NO_DANGER, "陈接线")
    with pytest.raises(LookSettled):
        runtime.second_looks.clear(operator, doubtful.id)
    with pytest.raises(LookNotFound):
        runtime.second_looks.clear(operator, doubtful.id + 1)


def test_a_ticket_of_it_is_the_conversations_own_and_placed_and_dispatched(
    runtime: Runtime, operator: Actor, doubtful: LookView
) -> None:
    new = LookTicket(Category.SELF_HARM, Risk.URGENT, "活着没意思，在西津街道津北村")

    given = runtime.second_looks.file(operator, doubtful.id, new)

    ticket = runtime.tickets.get(operator, given.number).ticket
    assert (ticket.conversation_id, ticket.channel) == (doubtful.conversation_id, Channel.WEB)
    assert (ticket.town, ticket.risk) == ("xijin", Risk.URGENT)
    assert runtime.second_looks.one(operator, doubtful.id).ticket_number == given.number
    assert listed(runtime, operator) == ()


def test_taking_the_chat_over_takes_it_off_the_list_from_either_page(
    runtime: Runtime, clock: FakeClock, operator: Actor, doubtful: LookView
) -> None:
    runtime.chats.take(operator, doubtful.conversation_id)

    assert runtime.second_looks.one(operator, doubtful.id).outcome is Outcome.TAKEN_OVER
    say(runtime, "唉", peer="second")
    clock.advance(QUIET)
    look(runtime, POSSIBLE)
    (other,) = listed(runtime, operator)
    assert runtime.second_looks.take(operator, other.id) == other.conversation_id
    assert listed(runtime, operator) == ()


def test_what_a_person_of_staff_read_is_not_read_again(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    chat = say(runtime, "您好")
    runtime.chats.take(operator, chat)
    say(runtime, "我想", "去死")
    clock.advance(QUIET)

    assert runtime.second_looks.unread(10) == []
    runtime.chats.release(operator, chat)
    look(runtime)
    assert listed(runtime, operator) == ()


def test_supervisors_are_told_once_when_nobody_looks_and_the_task_ends_with_the_look(
    runtime: Runtime, clock: FakeClock, operator: Actor, doubtful: LookView
) -> None:
    boss = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    runtime.staff.bind_telegram(runtime.staff.bind_code(boss), "4711")

    early = runtime.second_looks.tell_late()
    clock.advance(timedelta(hours=4))
    told = [runtime.second_looks.tell_late() for _ in range(2)]

    assert (early, told) == (0, [1, 0])
    (notice,) = [one for one in runtime.outbox.due() if one.kind == "second_look"]
    assert notice.peer == "4711"
    assert "没意思" not in notice.text
    assert listed(runtime, operator)[0].is_late
    assert [one.kind for one in runtime.tasks.open(boss)] == [TaskKind.SECOND_LOOK]
    runtime.second_looks.clear(operator, doubtful.id)
    assert runtime.tasks.open(boss) == ()


def test_workers_of_villages_do_not_see_the_list(runtime: Runtime, doubtful: LookView) -> None:
    worker = a_member(runtime)

    with pytest.raises(NotPermitted):
        runtime.second_looks.one(worker, doubtful.id)


def test_the_page_shows_why_and_what_was_said_and_keeps_what_was_typed(
    runtime: Runtime, operator: Actor, doubtful: LookView
) -> None:
    desk = desk_of(runtime, operator)

    page = desk.get("/console/looks")
    refused = post(desk, f"/looks/{doubtful.id}/ticket", text="原话在这里", category="self_harm")

    assert "活着没意思" in page.text
    assert "1<span" in page.text
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "原话在这里" in refused.text
    assert post(desk, f"/looks/{doubtful.id}/clear").headers["location"] == "/console/looks?done=look_clear"
    late = post(desk, f"/looks/{doubtful.id}/clear")
    assert late.status_code == HTTPStatus.CONFLICT
    assert "陈接线" in late.text


async def test_a_later_denial_keeps_the_ticket_marks_it_and_lets_the_urgent_clocks_run(
    runtime: Runtime, clock: FakeClock, operator: Actor
) -> None:
    gateway = a_gateway(runtime, FakeLanguage(replies=(OutboundMessage("记下了"),)))
    await gateway.handle(InboundMessage(Channel.WEB, "child", "1", text="我爸天天打我，不想活了"))
    chat = runtime.chats.conversation_of(Channel.WEB, "child")
    assert chat is not None
    before = runtime.reports.current(chat)
    runtime.reports.retract(chat)
    await gateway.handle(InboundMessage(Channel.WEB, "child", "2", text=DENIAL))
    after = runtime.reports.current(chat)

    assert before is not None
    assert after is not None
    assert after.retracted
    assert (after.number, after.status, after.risk) == (before.number, before.status, before.risk)
    assert (after.accept_by_at, after.resolve_by_at) == (before.accept_by_at, before.resolve_by_at)
    assert after.accept_by_at is not None
    clock.at = after.accept_by_at + timedelta(seconds=1)
    assert runtime.deadlines.sweep().escalated == (after.number,)
    page = desk_of(runtime, operator).get(f"/console/tickets/{after.number}")
    assert "反映人后来说情况不属实" in page.text
