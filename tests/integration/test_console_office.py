"""Calls, conversations, figures, accounts and faults in the staff console."""

import re
from dataclasses import replace
from http import HTTPStatus

import pytest

from tests.factories import PASSWORD, a_member, an_arrival
from tests.integration.console_desk import CITY, browser, desk_of, log_in, post, reported, token_in
from ticketing.bootstrap import Runtime, build
from ticketing.console.errors import STATUS, CsrfRefused, PageNotFound, status_of
from ticketing.domain.errors import TicketingError
from ticketing.domain.staff import Role
from ticketing.settings import Settings


def test_an_operator_files_a_call_and_reads_number_and_code_to_the_caller(runtime: Runtime) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    desk = desk_of(runtime, operator)

    answer = post(
        desk,
        "/calls/new",
        category="child_protection",
        risk="emergency",
        text="听见隔壁孩子哭喊",
        place="南山街道",
        contact="",
    )
    page, again = (desk.get(answer.headers["location"]).text for _ in range(2))

    number = answer.headers["location"].split("/")[-1].split("?")[0]
    code = re.search(r"查询码 <b>(\w{8})</b>", page)
    assert code is not None
    assert runtime.reports.progress("", number=number, code=code[1]).town == "nanshan"
    assert runtime.tickets.get(operator, number).ticket.anonymous
    assert code[1] not in again


def test_the_code_of_a_call_is_never_shown_on_another_ticket(runtime: Runtime) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    other, _ = reported(runtime)

    post(desk, "/calls/new", category="complaint", risk="none", text="窗口态度差")

    assert "查询码" not in desk.get(f"/console/tickets/{other}").text


@pytest.mark.parametrize("missing", ["category", "risk", "text"])
def test_a_call_with_something_missing_keeps_the_rest(runtime: Runtime, missing: str) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    told = {"category": "complaint", "risk": "none", "text": "窗口态度差", "place": "西津街道大厅"}

    answer = post(desk, "/calls/new", **(told | {missing: ""}))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "西津街道大厅" in answer.text


def waiting_chat(runtime: Runtime) -> str:
    """A conversation in which a person is asked for."""
    receipt = runtime.intake.receive(an_arrival("我要找人工", peer="w"))
    runtime.intake.wait_for_person(receipt.message_id, reason="asked")
    return receipt.conversation_id


def test_an_operator_takes_over_a_chat_answers_and_gives_it_back(runtime: Runtime) -> None:
    chat = waiting_chat(runtime)
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))

    assert "我要找人工" in desk.get("/console/chats").text
    post(desk, f"/chats/{chat}/take")
    post(desk, f"/chats/{chat}/send", text="您好，我是接线员")
    held = runtime.intake.receive(an_arrival("好的", peer="w"))
    post(desk, f"/chats/{chat}/release")
    free = runtime.intake.receive(an_arrival("谢谢", peer="w"))

    assert (held.staff_has_it, free.staff_has_it) == (True, False)
    assert "您好，我是接线员" in [line.text for line in runtime.chats.for_resident(chat)]


def test_a_second_operator_learns_who_has_the_chat_and_keeps_his_text(runtime: Runtime) -> None:
    chat = waiting_chat(runtime)
    first = a_member(runtime, role=Role.OPERATOR, unit=CITY, name="陈接线")
    runtime.chats.take(first, chat)
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))

    take = post(desk, f"/chats/{chat}/take")
    send = post(desk, f"/chats/{chat}/send", text="我来答")

    assert take.status_code == HTTPStatus.CONFLICT
    assert "已由陈接线接管" in take.text
    assert "我来答" in send.text


def test_a_conversation_nobody_had_is_not_there(runtime: Runtime) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))

    assert desk.get("/console/chats/none").status_code == HTTPStatus.NOT_FOUND


def test_a_transcript_shows_every_line_after_the_last_one_seen(runtime: Runtime) -> None:
    chat = waiting_chat(runtime)
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    part = re.findall(r'hx-get="([^"]+)"', desk.get(f"/console/chats/{chat}").text)[0]

    for i in range(3):
        runtime.intake.receive(an_arrival(f"第{i}句", peer="w"))
    fragment = desk.get(part, headers={"HX-Request": "true"}).text

    assert [f"第{i}句" in fragment for i in range(3)] == [True] * 3
    assert "我要找人工" not in fragment


def test_a_share_is_shown_with_what_it_was_divided_by(runtime: Runtime) -> None:
    reported(runtime)
    desk = desk_of(runtime, a_member(runtime, role=Role.SUPERVISOR, unit=CITY))

    text = desk.get("/console/figures").text

    assert "0 ÷ 1" in text
    assert "100.0%" in text
    assert "未成年人保护" in text


def test_an_admin_adds_a_person_who_can_then_log_in_until_disabled(runtime: Runtime) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.ADMIN, unit=CITY))
    new = {"name": "周主任", "username": "zhou", "role": "worker", "unit": "town-xijin", "password": PASSWORD}

    added = post(desk, "/staff", **new)
    twice = post(desk, "/staff", **new)
    client = browser(runtime)
    log_in(client, "zhou")
    person = runtime.staff.actor_of_session(client.cookies["hotline_session"])
    post(desk, f"/staff/{person.id}/disable")

    assert added.headers["location"] == "/console/staff?done=add_staff"
    assert twice.status_code == HTTPStatus.CONFLICT
    assert 'value="周主任"' in twice.text
    assert PASSWORD not in twice.text
    assert client.get("/console/queue").headers["location"].startswith("/console/login")
    assert log_in(browser(runtime), "zhou").status_code == HTTPStatus.UNAUTHORIZED


def test_an_admin_cannot_lock_himself_out(runtime: Runtime) -> None:
    admin = a_member(runtime, role=Role.ADMIN, unit=CITY)
    desk = desk_of(runtime, admin)

    assert post(desk, f"/staff/{admin.id}/disable").status_code == HTTPStatus.CONFLICT
    assert desk.get("/console/staff").status_code == HTTPStatus.OK


def test_a_bind_code_ties_the_persons_telegram(runtime: Runtime) -> None:
    worker = a_member(runtime)

    text = post(desk_of(runtime, worker), "/account/bind").text

    code = re.search(r"/bind (\w+)", text)
    assert code is not None
    assert runtime.staff.bind_telegram(code[1], "4711").id == worker.id


def subclasses(kind: type[TicketingError]) -> set[type[TicketingError]]:
    """All faults there are."""
    return {kind}.union(*(subclasses(sub) for sub in kind.__subclasses__()))


def test_every_fault_has_a_chinese_sentence(runtime: Runtime) -> None:
    missing = {one.code for one in subclasses(TicketingError) if not runtime.texts.has(f"errors.{one.code}")}

    assert missing == set()


def test_the_status_table_names_only_faults_there_are() -> None:
    assert set(STATUS) <= {one.code for one in subclasses(TicketingError)}
    assert status_of(CsrfRefused()) is HTTPStatus.FORBIDDEN
    assert status_of(PageNotFound()) is HTTPStatus.NOT_FOUND
    assert status_of(TicketingError()) is HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize("path", ["/nowhere", "/tickets/NG20200101-0001", "/queue?page=x", "/chats/none/x"])
def test_an_address_that_leads_nowhere_gets_a_page_of_ours(runtime: Runtime, path: str) -> None:
    desk = desk_of(runtime, a_member(runtime))

    answer = desk.get(f"/console{path}")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "没有" in answer.text
    assert "<html" in answer.text


def test_an_unexpected_error_gets_a_number_keeps_the_text_and_logs_no_value(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = reported(runtime)
    desk = desk_of(runtime, a_member(runtime, role=Role.SUPERVISOR, unit=CITY))
    token = token_in(desk.get("/console/account"))

    phone = "13800001111"

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(phone)

    monkeypatch.setattr("ticketing.storage.tickets.Tickets.add_event", broken)
    answer = desk.post(f"/console/tickets/{number}/note", data={"csrf": token, "text": "写了很久的备注"})

    incident = re.search(r"<b>([0-9a-f]{8})</b>", answer.text)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert incident is not None
    assert incident[1] in caplog.text
    assert "RuntimeError" in caplog.text
    assert phone not in caplog.text + answer.text
    assert "写了很久的备注" in answer.text


def test_a_form_sent_after_the_login_ended_comes_back_with_its_text(runtime: Runtime) -> None:
    number, _ = reported(runtime)

    answer = browser(runtime).post(f"/console/tickets/{number}/note", data={"text": "写了很久的备注"})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "写了很久的备注" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/queue?page=99999999999999999999",
        "/queue?page=-1&since=99999999999999999999",
        "/queue/list?since=-5&category=none&unit=none",
        "/tickets/NG20261123-0001?done=none",
        "/chats/none/lines?after=99999999999999999999",
        "/chats/none/lines?after=9223372036854775807",
    ],
)
def test_no_number_in_an_address_breaks_a_page(runtime: Runtime, path: str) -> None:
    reported(runtime)
    desk = desk_of(runtime, a_member(runtime, role=Role.SUPERVISOR, unit=CITY))

    assert desk.get(f"/console{path}").status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}


@pytest.mark.parametrize("path", ["/tickets/%00", "/queue?category=%00", "/queue?scope=a%00b"])
def test_what_the_database_cannot_hold_is_no_address(runtime: Runtime, path: str) -> None:
    desk = desk_of(runtime, a_member(runtime))

    assert desk.get(f"/console{path}").status_code == HTTPStatus.NOT_FOUND


def test_what_the_database_cannot_hold_is_left_out_of_a_text(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    desk = desk_of(runtime, worker)

    post(desk, f"/tickets/{number}/note", text="敲门\x00无人", version="9" * 5000)

    assert runtime.tickets.get(worker, number).events[-1].text == "敲门无人"


def test_a_form_longer_than_any_of_ours_is_not_read(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    desk = desk_of(runtime, a_member(runtime))

    for client in (desk, browser(runtime)):
        answer = client.post(f"/console/tickets/{number}/note", data={"text": "长" * 400_000})
        assert HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert "长长" not in answer.text


def test_a_database_that_is_away_costs_nobody_his_text(runtime: Runtime, settings: Settings) -> None:
    away = build(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"))

    answer = browser(away).post("/console/tickets/NG20261123-0001/note", data={"text": "写了很久的备注"})
    away.close()

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "写了很久的备注" in answer.text
    assert "数据库暂时连不上" in answer.text
