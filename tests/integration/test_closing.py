"""The end of a matter on the real database: asked once, answered, called back, worked on again."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.factories import FakeClock, a_member, an_arrival
from ticketing.bootstrap import Runtime
from ticketing.domain.closure import Answer, CallBack, Reach
from ticketing.domain.errors import (
    NotPermitted,
    ResultNotPlain,
    SecondPersonNeeded,
    TaskNotFound,
    TransitionRefused,
)
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.vocabulary import Category

CITY = "city-hotline"
DONE_WELL = "路灯已经修好，今晚就亮"


def filed(runtime: Runtime) -> tuple[str, str]:
    """A request in Xijin; number and conversation."""
    words = "西津街道城东社区路灯坏了"
    chat = runtime.intake.receive(an_arrival(words)).conversation_id
    return runtime.reports.open_report(chat, category=Category.OTHER_DEPARTMENT, text=words).number, chat


def a_supervisor(runtime: Runtime, name: str = "郑主管") -> Actor:
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name=name)


def resolve(runtime: Runtime, worker: Actor, number: str, result: str = DONE_WELL) -> None:
    runtime.tickets.claim(worker, number)
    runtime.tickets.resolve(worker, number, result=result)


def tasks(runtime: Runtime, actor: Actor, kind: TaskKind) -> list[str]:
    return [one.text for one in runtime.tasks.open(actor) if one.kind is kind]


def test_the_resident_reads_exactly_what_the_page_shows_and_is_asked_two_things_by_taps(
    runtime: Runtime,
) -> None:
    number, chat = filed(runtime)
    worker, boss = a_member(runtime, unit=CITY), a_supervisor(runtime)
    with pytest.raises(ResultNotPlain):
        resolve(runtime, worker, number, "已处理")
    runtime.tickets.resolve(worker, number, result=DONE_WELL)

    told = runtime.chats.for_resident(chat)[-1]
    assert told.text == runtime.tickets.get(boss, number).closures[0].told
    assert len(told.buttons) == 5
    assert runtime.reports.tapped(chat, "修好了吗") is None
    asked = runtime.reports.tapped(chat, "基本满意")
    assert asked is not None
    assert asked.buttons == ("解决了", "还没解决")
    assert runtime.reports.tapped(chat, "解决了") is not None

    closure = runtime.tickets.get(boss, number).closures[0]
    assert (closure.answer, closure.closed_at is not None) == (Answer(3, solved=True), True)
    assert runtime.reports.progress(chat).status is Status.CLOSED


def test_an_unsettled_matter_goes_back_under_supervision_and_the_first_result_stays(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, chat = filed(runtime)
    worker, boss = a_member(runtime, unit=CITY), a_supervisor(runtime)
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    resolve(runtime, worker, number)
    first = clock.now()
    runtime.reports.rate(chat, score=5)
    clock.advance(timedelta(days=3))

    heard = runtime.reports.tapped(chat, "还没解决")

    assert heard is not None
    again = runtime.tickets.get(boss, number)
    assert (again.ticket.status, again.ticket.result) == (Status.DISPATCHED, None)
    assert again.ticket.accept_by_at is not None
    assert again.ticket.accept_by_at > clock.now()
    assert [(one.result, one.closed_at) for one in again.closures] == [(DONE_WELL, first)]
    assert len(tasks(runtime, boss, TaskKind.SUPERVISE)) == 1
    assert tasks(runtime, operator, TaskKind.SUPERVISE) == []
    supervised = next(one for one in runtime.tasks.open(boss) if one.kind is TaskKind.SUPERVISE)
    with pytest.raises(NotPermitted):
        runtime.tasks.finish(operator, supervised.id, outcome="知道了")
    runtime.tasks.finish(boss, supervised.id, outcome="已到现场看过")


def test_a_call_back_is_not_done_by_a_word_that_asks_nobody_anything(runtime: Runtime) -> None:
    number, _ = filed(runtime)
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    resolve(runtime, a_member(runtime, unit=CITY), number)
    (task,) = [one for one in runtime.tasks.open(operator) if one.kind is TaskKind.CALL_BACK]

    with pytest.raises(TaskNotFound):
        runtime.tasks.finish(operator, task.id, outcome="办完了")

    assert len(tasks(runtime, operator, TaskKind.CALL_BACK)) == 1


def test_one_question_per_result_and_a_defined_end_for_second_late_and_overtaken_answers(
    runtime: Runtime, clock: FakeClock, database_url: str
) -> None:
    number, chat = filed(runtime)
    worker, boss = a_member(runtime, unit=CITY), a_supervisor(runtime)
    resolve(runtime, worker, number)
    runtime.reports.rate(chat, score=1)
    overtaken = runtime.reports.rate(chat, score=5)  # the work goes on: kept with the first result
    resolve(runtime, worker, number, "灯泡换过了，开关也换了")
    runtime.reports.rate(chat, score=5)
    second = runtime.reports.rate(chat, score=4)  # the newest counts
    clock.advance(timedelta(days=60))
    late = runtime.reports.rate(chat, score=1)

    closures = runtime.tickets.get(boss, number).closures
    assert [one.answer.grade for one in closures] == [5, 1]
    assert [one.is_late for one in closures] == [False, True]
    assert (overtaken.status, second.status, late.status) == (
        Status.DISPATCHED,
        Status.CLOSED,
        Status.CLOSED,
    )
    assert len(tasks(runtime, boss, TaskKind.SUPERVISE)) == 2
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from ratings")) == 2
    engine.dispose()


def test_after_the_set_rounds_a_supervisor_takes_it_in_hand(runtime: Runtime) -> None:
    number, chat = filed(runtime)
    worker, boss = a_member(runtime, unit=CITY), a_supervisor(runtime)
    statuses = []
    for _ in range(3):
        resolve(runtime, worker, number)
        statuses.append(runtime.reports.rate(chat, score=1).status)

    assert statuses == [Status.DISPATCHED, Status.DISPATCHED, Status.RESOLVED]
    assert len(runtime.tickets.get(boss, number).closures) == 3
    assert any("亲自联系" in one for one in tasks(runtime, boss, TaskKind.SUPERVISE))


def test_calling_back_is_tried_three_times_by_somebody_else_and_an_unsettled_matter_goes_back(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, _ = filed(runtime)
    boss, other = a_supervisor(runtime), a_supervisor(runtime, "乙")
    resolve(runtime, boss, number)
    nobody = CallBack(Reach.NOT_REACHED, "没人接")

    with pytest.raises(SecondPersonNeeded):
        runtime.tickets.call_back(boss, number, outcome="没人接", call=nobody)
    for tries in (1, 2):
        assert (
            runtime.tickets.call_back(other, number, outcome="没人接", call=nobody).status is Status.RESOLVED
        )
        assert tasks(runtime, other, TaskKind.CALL_BACK)[0].startswith(f"前面打过 {tries} 次")
    assert (
        runtime.tickets.call_back(other, number, outcome="没人接", call=nobody).status is Status.CALLED_BACK
    )
    runtime.tickets.reopen(other, number, reason="再核实")
    resolve(runtime, boss, number)
    unsettled = CallBack(Reach.REACHED, "灯还是不亮", Answer(4, solved=False))
    back = runtime.tickets.call_back(other, number, outcome="灯还是不亮", call=unsettled)

    assert back.status is Status.DISPATCHED
    closures = runtime.tickets.get(boss, number).closures
    assert [[call.reach for call in one.call_backs] for one in closures] == [
        [Reach.NOT_REACHED] * 3,
        [Reach.REACHED],
    ]
    assert closures[1].answer == Answer(4, solved=False)


def test_a_result_given_at_closing_is_told_and_nothing_asked_means_nothing_rated(runtime: Runtime) -> None:
    number, chat = filed(runtime)
    worker, boss = a_member(runtime, unit=CITY), a_supervisor(runtime)
    with pytest.raises(TransitionRefused):
        runtime.reports.rate(chat, score=5)
    assert runtime.reports.tapped(chat, "满意") is None
    resolve(runtime, worker, number)

    runtime.tickets.close(boss, number, result="供电所把整条街的灯都换了")

    assert "整条街的灯都换了" in runtime.chats.for_resident(chat)[-1].text
