"""What workers find: one ticket for one report, never less urgent than its words, with the finder's duty."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from threading import Barrier

import pytest
from fastapi.testclient import TestClient

from bot import safety_net
from bot.channels.found_pages import add_found_pages
from bot.channels.telegram_staff import StaffChat, command_of
from tests.factories import FakeClock, a_finding, a_member
from tests.integration.console_desk import log_in, mounted, token_in
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console
from ticketing.console.gate import declared
from ticketing.domain.casework import PoliceReport
from ticketing.domain.discovery import Found
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Channel, Risk

HOME = "village-xijin-jinbei"
A_FIND = Found(token="one", who="elder", what="hungry", risk=Risk.URGENT, village="xijin-jinbei")
NOTHING = Finding.nothing()


def a_director(runtime: Runtime) -> Actor:
    return a_member(runtime, unit=HOME, name="王主任")


def test_a_find_is_a_ticket_of_the_place_with_its_finder_and_can_be_counted(runtime: Runtime) -> None:
    worker = a_director(runtime)

    ticket = runtime.discovering.report(worker, replace(A_FIND, text="米缸空了"), NOTHING).ticket

    boss = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    found = runtime.tickets.get(boss, ticket.number)
    assert (ticket.category, ticket.risk, ticket.unit) == (
        Category.URGENT_HARDSHIP,
        Risk.URGENT,
        "town-xijin",
    )
    assert (ticket.channel, ticket.village) == (Channel.DISCOVERY, "xijin-jinbei")
    assert [(one.actor_name, one.data["who"]) for one in found.events if one.kind == "discovered"] == [
        ("王主任", "老人")
    ]


def test_a_double_tap_is_one_ticket_even_at_the_same_instant(runtime: Runtime) -> None:
    worker = a_director(runtime)
    start = Barrier(3)

    def tap(_: int) -> str:
        start.wait()
        return runtime.discovering.report(worker, A_FIND, NOTHING).ticket.number

    with ThreadPoolExecutor(3) as threads:
        numbers = set(threads.map(tap, range(3)))

    assert len(numbers) == 1
    changed = replace(A_FIND, text="还有一个孩子")
    assert runtime.discovering.report(worker, changed, NOTHING).ticket.number not in numbers


@pytest.mark.parametrize(
    ("found", "finding", "becomes"),
    [
        # The choice is as grave as its kind at least.
        (replace(A_FIND, what="suicidal", risk=Risk.NONE), NOTHING, (Category.SELF_HARM, Risk.EMERGENCY)),
        # The words raise, and where the choice saw no danger they say which.
        (
            replace(A_FIND, what="other", risk=Risk.NONE),
            a_finding(Category.ELDER_HARM, Risk.URGENT),
            (Category.ELDER_HARM, Risk.URGENT),
        ),
        # A child in the words is never lost behind another choice.
        (A_FIND, a_finding(), (Category.CHILD_PROTECTION, Risk.URGENT)),
        # The words never lower.
        (
            replace(A_FIND, who="child", what="hurt", risk=Risk.EMERGENCY),
            a_finding(Category.ELDER_HARM, Risk.URGENT),
            (Category.CHILD_PROTECTION, Risk.EMERGENCY),
        ),
    ],
    ids=["kind", "unseen", "child", "never lower"],
)
def test_a_find_is_as_grave_as_the_gravest_of_choice_kind_and_words(
    runtime: Runtime, found: Found, finding: Finding, becomes: tuple[Category, Risk]
) -> None:
    meaning = runtime.discovering.rules.meaning(found, finding)

    assert (meaning.category, meaning.risk) == becomes


def test_whatever_is_chosen_nothing_is_ever_lowered(runtime: Runtime) -> None:
    rules = runtime.discovering.rules
    for who in rules.who:
        for what in rules.what:
            for risk in Risk:
                for seen in Risk:
                    finding = NOTHING if seen is Risk.NONE else a_finding(Category.DOMESTIC_VIOLENCE, seen)
                    found = Found(token="t", who=who, what=what, risk=risk)
                    meaning = rules.meaning(found, finding)
                    assert meaning.risk.rank >= max(risk.rank, seen.rank, rules.what[what].least.rank)
                    assert meaning.minor or not rules.who[who].child


def test_who_finds_a_child_at_risk_has_the_duty_and_nobody_to_care_for_it_asks_for_a_decision(
    runtime: Runtime, clock: FakeClock
) -> None:
    worker = a_director(runtime)
    found = replace(A_FIND, who="child", what="uncared")

    done = runtime.discovering.report(worker, found, NOTHING)

    assert (done.is_childs, done.may_view) == (True, True)
    duties = {one.kind for one in runtime.tasks.open(worker)}
    assert duties == {TaskKind.POLICE_REPORT, TaskKind.GUARDIANSHIP}
    number = done.ticket.number
    runtime.tickets.claim(worker, number)
    report = PoliceReport(clock.now(), "西津派出所", "回执1", "abandoned")
    runtime.child_cases.report_police(worker, number, report)
    assert runtime.child_cases.get(worker, number).decision_due
    answers = {"situation": "guardian_missing", "decision": "referred", "decided_by": "市民政局 李科长"}
    runtime.child_cases.write_record(worker, number, form="guardianship", answers=answers)
    file = runtime.child_cases.get(worker, number)
    assert (file.decision_due, file.situations) == (False, ("abandoned",))
    assert runtime.tasks.open(worker) == ()


def test_each_of_the_nine_situations_is_marked_listened_to_assessed_planned_and_counted(
    runtime: Runtime,
) -> None:
    worker = a_director(runtime)
    cases = runtime.child_cases
    assert len(cases.rules.situations) == len("123456789")
    for situation in cases.rules.situations:
        found = replace(A_FIND, token=situation.slug, who="child", what="hurt")
        number = runtime.discovering.report(worker, found, NOTHING).ticket.number
        runtime.tickets.claim(worker, number)
        cases.mark_situation(worker, number, situation=situation.slug)
        listening = {"who": "孩子", "where": "visit", "said": "我怕"}
        cases.write_record(worker, number, form="listening", answers=listening)
        assessment = {"danger": "some", "care": "nobody", "guardianship": "ask", "needs": "有人管"}
        cases.write_record(worker, number, form="assessment", answers=assessment)
        plan = {"goal": "安全", "steps": "村里每天看", "check_on": "2026-12-01"}
        cases.write_record(worker, number, form="service_plan", answers=plan)
        file = cases.get(worker, number)
        assert (file.situations, file.decision_due, len(file.records)) == ((situation.slug,), True, 3)
        assert {TaskKind.PLANNED, TaskKind.GUARDIANSHIP} <= {one.kind for one in file.tasks}
    with pytest.raises(BadInput):
        cases.mark_situation(worker, number, situation="tenth")


def test_a_find_without_a_place_is_asked_for_one_and_organisations_find_nothing(runtime: Runtime) -> None:
    worker = a_director(runtime)
    with pytest.raises(BadInput):
        runtime.discovering.report(worker, replace(A_FIND, village=""), NOTHING)
    volunteer = a_member(runtime, role=Role.ORGANISATION, unit="org-demo")
    with pytest.raises(NotPermitted):
        runtime.discovering.report(volunteer, A_FIND, NOTHING)


def test_the_pages_read_the_words_give_back_what_was_typed_and_show_a_find_to_its_finder_only(
    runtime: Runtime,
) -> None:
    worker, other = a_director(runtime), a_director(runtime)
    console = add_found_pages(create_console(runtime))
    assert {declared(one) for one in console.routes if "/found" in getattr(one, "path", "")} == {
        "report_found"
    }
    mine, theirs = (
        TestClient(mounted(console), base_url="http://testserver", follow_redirects=False) for _ in "12"
    )
    log_in(mine, worker.username)
    log_in(theirs, other.username)
    page = mine.get("/console/found")
    form = {"csrf": token_in(page), "token": "t1", "who": "elder", "what": "other", "risk": "none"}
    words = {"text": "老人站在楼顶要跳下去", "village": "xijin-jinbei"}

    refused = mine.post("/console/found", data={**form, **words, "who": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words["text"] in refused.text
    kept = mine.post("/console/found", data={**form, **words})
    done = mine.get(kept.headers["location"])
    assert safety_net.scan(words["text"]).risk is Risk.EMERGENCY
    assert "拨打 110" in done.text
    assert theirs.get(kept.headers["location"]).status_code == HTTPStatus.NOT_FOUND


def test_a_bound_worker_reports_by_one_line_in_telegram(runtime: Runtime) -> None:
    worker = a_director(runtime)
    runtime.staff.bind_telegram(runtime.staff.bind_code(worker), "700")
    chat = StaffChat(runtime)
    command = command_of("/found 隔壁天天打孩子，身上都是伤")
    assert command is not None

    first, again = (asyncio.run(chat.obey("700", command)).text for _ in "12")

    assert first == again
    assert "未成年人保护" in first
    assert "请马上打110" in first
    assert len(runtime.tickets.queue(worker, scope="all").items) == 1
