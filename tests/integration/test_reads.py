"""Records of who read what: whatever breaks, no answer leaves without one; kept, never changed, seen."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError
from starlette.responses import Response

from bot.channels.telegram_staff import StaffChat, command_of
from bot.worker import scheduler_of
from tests.factories import FakeClock, a_member, a_risk_arrival
from tests.integration.console_desk import CITY, desk_of, log_in, mounted, reported
from ticketing.bootstrap import Runtime, build
from ticketing.console.app import create_console
from ticketing.console.gate import needs
from ticketing.console.visit import Visited
from ticketing.domain.errors import NotPermitted
from ticketing.domain.reads import About, Outcome, Reading, ReadSearch, ReadView, Subject, Way
from ticketing.domain.staff import Actor, Role
from ticketing.settings import Settings

#: Nothing listens there.
NO_VALKEY = "redis://127.0.0.1:9/0"


@pytest.fixture
def boss(runtime: Runtime) -> Actor:
    """Who looks into the records."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")


@pytest.fixture
def worker(runtime: Runtime) -> Actor:
    """Of the township that has the tickets here."""
    return a_member(runtime)


def kept(runtime: Runtime, boss: Actor, of: Actor) -> tuple[ReadView, ...]:
    """What is written down of one person, newest first."""
    return runtime.reads.find(boss, ReadSearch(staff_id=of.id)).items


def told(record: ReadView) -> tuple[Way, Outcome, str, tuple[str, ...]]:
    """What a record says."""
    return record.way, record.outcome, record.page, record.tickets


def sql(settings: Settings, statement: str) -> int:
    """As somebody with the database's own rights; how many rows."""
    engine = create_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(statement)).rowcount
    finally:
        engine.dispose()


def test_pages_lists_hits_and_files_are_each_written_down_in_their_way(
    runtime: Runtime, boss: Actor, worker: Actor
) -> None:
    number, chat = reported(runtime)
    client = desk_of(runtime, worker)
    for path in (f"/tickets/{number}", "/queue", "/search?q=打孩子", "/search?q=没有的词"):
        client.get(f"/console{path}")
    bosses = desk_of(runtime, boss)
    for path in (f"/chats/{chat}", "/figures/month/sheet?month=2026-11"):
        assert bosses.get(f"/console{path}").status_code == HTTPStatus.OK

    shown = Outcome.SHOWN
    assert [told(one) for one in reversed(kept(runtime, boss, worker))] == [
        (Way.PAGE, shown, "/tickets/{number}", (number,)),
        (Way.LIST, shown, "/queue", (number,)),
        (Way.SEARCH, shown, "/search", (number,)),
    ]
    export, chat_page = kept(runtime, boss, boss)
    assert told(chat_page) == (Way.CHAT, shown, "/chats/{conversation_id}", ())
    assert told(export) == (Way.EXPORT, Outcome.MASKED, "/figures/month/sheet", ())
    readers = runtime.reads.of_ticket(boss, number).items
    assert {(one.staff_name, one.way) for one in readers} == {
        (worker.name, Way.PAGE),
        (worker.name, Way.LIST),
        (worker.name, Way.SEARCH),
        (boss.name, Way.CHAT),
    }


def test_who_is_refused_is_written_down_by_page_form_and_search_of_others(
    runtime: Runtime, boss: Actor
) -> None:
    number, chat = reported(runtime)
    stranger = a_member(runtime, unit="town-meilin")
    client = desk_of(runtime, stranger)
    for path in (f"/tickets/{number}", f"/chats/{chat}", "/staff", "/tickets/NG20990101-0001"):
        assert client.get(f"/console{path}").status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    client.get("/console/tickets/13805630001'--")
    client.get(f"/console/search?q={number}")

    assert [told(one) for one in reversed(kept(runtime, boss, stranger))] == [
        (Way.PAGE, Outcome.REFUSED, "/tickets/{number}", (number,)),
        (Way.CHAT, Outcome.REFUSED, "/chats/{conversation_id}", ()),
        (Way.PAGE, Outcome.REFUSED, "/staff", ()),
        (Way.PAGE, Outcome.NOT_FOUND, "/tickets/{number}", ("NG20990101-0001",)),
        # What was typed is not kept, and nothing was found.
        (Way.PAGE, Outcome.NOT_FOUND, "/tickets/{number}", ()),
    ]
    refused = runtime.reads.find(boss, ReadSearch(outcome=Outcome.REFUSED)).items
    assert {one.staff_name for one in refused} == {stranger.name}


def test_what_is_read_in_telegram_or_refused_there_is_written_down_too(
    runtime: Runtime, boss: Actor, worker: Actor
) -> None:
    number, _ = reported(runtime)
    stranger = a_member(runtime, unit="town-meilin")
    chat = StaffChat(runtime)
    for chat_id, actor in (("801", worker), ("802", stranger)):
        runtime.staff.bind_telegram(runtime.staff.bind_code(actor), chat_id)
        for line in ("/queue", f"/detail {number}"):
            command = command_of(line)
            assert command is not None
            asyncio.run(chat.obey(chat_id, command))
        asyncio.run(chat.tapped(chat_id, f"detail:{number}"))

    seen = (Way.TELEGRAM, Outcome.SHOWN, "detail", (number,))
    denied = (Way.TELEGRAM, Outcome.REFUSED, "detail", (number,))
    listed = (Way.TELEGRAM, Outcome.SHOWN, "queue", (number,))
    assert [told(one) for one in kept(runtime, boss, worker)] == [seen, seen, listed]
    assert [told(one) for one in kept(runtime, boss, stranger)] == [denied, denied]


def test_without_valkey_every_reading_is_written_down(
    settings: Settings, runtime: Runtime, boss: Actor, worker: Actor
) -> None:
    number, _ = reported(runtime)
    alone = build(replace(settings, redis_url=NO_VALKEY))

    answer = desk_of(alone, worker).get(f"/console/tickets/{number}")
    alone.close()

    assert answer.status_code == HTTPStatus.OK
    assert told(kept(runtime, boss, worker)[0]) == (
        Way.PAGE,
        Outcome.SHOWN,
        "/tickets/{number}",
        (number,),
    )


def breaking(visit: Visited) -> Response:
    """Fails while it is drawn: half of what the page needs is missing."""
    view = visit.runtime.tickets.queue(visit.actor, scope="unit").items[0]
    return visit.page("ticket.html", ticket=view)


def opened(runtime: Runtime, actor: Actor, page: Callable[[Visited], Response]) -> Response:
    """What a person gets of a page that is there for one test."""
    console = create_console(runtime)
    console.add_api_route("/only/here", needs("view_ticket")(page), methods=["GET"])
    client = TestClient(mounted(console), follow_redirects=False)
    log_in(client, actor.username)
    return client.get("/console/only/here")  # type: ignore[return-value]  # httpx's own kind of the same


def test_a_page_that_breaks_while_it_is_drawn_was_written_down_before(
    runtime: Runtime, boss: Actor, worker: Actor
) -> None:
    number, _ = reported(runtime)

    answer = opened(runtime, worker, breaking)

    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert told(kept(runtime, boss, worker)[0]) == (Way.PAGE, Outcome.SHOWN, "/only/here", (number,))


def test_what_cannot_be_written_down_is_not_shown(
    runtime: Runtime, settings: Settings, worker: Actor
) -> None:
    number, _ = reported(runtime, "邻居赵腊梅天天打孩子，在西津街道")
    client = desk_of(runtime, worker)
    sql(settings, "alter table reads rename to lost")

    pages = [client.get(f"/console{path}") for path in (f"/tickets/{number}", "/queue", "/search?q=孩子")]
    sql(settings, "alter table lost rename to reads")

    assert {one.status_code for one in pages} == {HTTPStatus.INTERNAL_SERVER_ERROR}
    assert not any("赵腊梅" in one.text for one in pages)
    assert "赵腊梅" in client.get(f"/console/tickets/{number}").text


def another(runtime: Runtime) -> str:
    """A second child's case of another family in the same town."""
    receipt = runtime.intake.receive(a_risk_arrival("楼下有人打孩子，在西津街道", peer="other"))
    assert receipt.ticket is not None
    return receipt.ticket.number


def test_a_page_left_open_is_one_look_until_it_shows_something_new_or_ten_minutes_passed(
    runtime: Runtime, clock: FakeClock, boss: Actor, worker: Actor
) -> None:
    first, _ = reported(runtime)
    client = desk_of(runtime, worker)
    client.get("/console/queue")
    for _ in range(3):
        clock.advance(timedelta(seconds=15))
        client.get("/console/queue/list")
    assert len(kept(runtime, boss, worker)) == 1

    second = another(runtime)
    client.get("/console/queue/list")
    assert [set(one.tickets) for one in kept(runtime, boss, worker)] == [{first, second}, {first}]

    clock.advance(timedelta(minutes=11))
    client.get("/console/queue/list")
    client.get("/console/queue")
    assert len(kept(runtime, boss, worker)) == 4


def test_the_database_refuses_to_change_a_record_or_to_take_one_out_before_its_time(
    runtime: Runtime, settings: Settings, clock: FakeClock, worker: Actor
) -> None:
    reading = Reading(Way.PAGE, "/tickets/{number}", Outcome.SHOWN, (Subject(About.TICKET, "NG1"),))
    clock.at = datetime.now(UTC)
    runtime.reads.note(worker, reading)
    for statement in (
        "update reads set staff_id = 1",
        "update reads set at = '2020-01-01'",
        "delete from reads",
        "truncate reads",
    ):
        with pytest.raises(DatabaseError, match="neither changed nor taken out"):
            sql(settings, statement)

    assert sql(settings, "select from reads where at > now() - interval '1 hour'") == 1


def test_the_scheduler_takes_out_what_is_older_than_the_city_keeps_it(
    runtime: Runtime, clock: FakeClock, boss: Actor, worker: Actor
) -> None:
    keep = runtime.office.care.reads.keep_for
    reading = Reading(Way.PAGE, "/tickets/{number}", Outcome.SHOWN, (Subject(About.TICKET, "NG1"),))
    now = clock.at
    for age in (keep + timedelta(days=2), keep + timedelta(days=1), keep - timedelta(days=1)):
        clock.at = now - age
        runtime.reads.note(worker, reading)
    clock.at = now

    scheduler_of(runtime).duties["old_reads"]()

    assert [one.at for one in kept(runtime, boss, worker)] == [now - keep + timedelta(days=1)]
    assert runtime.reads.purge() == 0


def test_only_supervisors_and_administrators_look_into_the_records(
    runtime: Runtime, boss: Actor, worker: Actor
) -> None:
    number, _ = reported(runtime)
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    admin = a_member(runtime, role=Role.ADMIN, unit=CITY)
    desk_of(runtime, worker).get(f"/console/tickets/{number}")

    for actor in (worker, operator):
        with pytest.raises(NotPermitted):
            runtime.reads.find(actor, ReadSearch())
        page = desk_of(runtime, actor).get(f"/console/tickets/{number}/readers")
        assert page.status_code == HTTPStatus.FORBIDDEN
    for actor in (boss, admin):
        client = desk_of(runtime, actor)
        assert worker.name in client.get(f"/console/tickets/{number}/readers").text
        query = f"staff={worker.id}&since=2026-11-23&until=2026-11-23&ticket={number.lower()}&outcome=shown"
        assert worker.name in client.get(f"/console/reads?{query}").text
        assert "没有这样的记录" in client.get("/console/reads?until=2026-11-22&staff=x&outcome=y").text
    assert "谁看过这张工单" in desk_of(runtime, boss).get(f"/console/tickets/{number}").text


def test_records_are_turned_page_by_page_and_none_is_left_out(
    runtime: Runtime, boss: Actor, worker: Actor
) -> None:
    for index in range(120):
        subject = Subject(About.TICKET, f"NG{index}")
        runtime.reads.note(worker, Reading(Way.PAGE, "/x", Outcome.SHOWN, (subject,)))

    seen: list[str] = []
    before: int | None = None
    while True:
        page = runtime.reads.find(boss, ReadSearch(before_id=before))
        seen += [one.tickets[0] for one in page.items]
        before = page.next_before_id
        if before is None:
            break

    assert seen == [f"NG{index}" for index in reversed(range(120))]
