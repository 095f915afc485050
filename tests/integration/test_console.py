"""The staff console: who gets in, who sees what, and that nothing typed is ever lost."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route

from tests.factories import PASSWORD, FakeClock, a_member, a_risk_arrival, an_arrival
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console
from ticketing.console.errors import STATUS, CsrfRefused, PageNotFound, status_of
from ticketing.console.gate import PUBLIC, PUBLIC_MOUNTS, declared
from ticketing.console.pages import STATIC
from ticketing.domain.errors import TicketingError
from ticketing.domain.lifecycle import Status
from ticketing.domain.permissions import PERMISSIONS
from ticketing.domain.staff import Actor, Role
from ticketing.domain.vocabulary import Category

CITY = "city-hotline"
#: Opened without a login, and nothing else is.
OPEN_TO_ALL = {("GET", "/login"), ("POST", "/login")}


def mounted(console: FastAPI) -> FastAPI:
    """The console where it stands in the house."""
    house = FastAPI()
    house.mount("/console", console)
    return house


def browser(runtime: Runtime, *, base_url: str = "http://testserver") -> TestClient:
    """A browser that knows nobody yet."""
    return TestClient(mounted(create_console(runtime)), base_url=base_url, follow_redirects=False)


def token_in(page: Response) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None
    return found[1]


def log_in(client: TestClient, username: str, password: str = PASSWORD, **told: str) -> Response:
    """Fill in the login page."""
    token = token_in(client.get("/console/login"))
    data = {"csrf": token, "username": username, "password": password, **told}
    return client.post("/console/login", data=data)


def desk_of(runtime: Runtime, actor: Actor) -> TestClient:
    """A browser in which the person is logged in."""
    client = browser(runtime)
    assert log_in(client, actor.username).status_code == HTTPStatus.SEE_OTHER
    return client


def post(client: TestClient, path: str, **fields: str) -> Response:
    """Send a form with the token of this browser."""
    token = token_in(client.get("/console/account"))
    return client.post(f"/console{path}", data={"csrf": token, **fields})


def reported(runtime: Runtime, text: str = "邻居天天打孩子，在西津街道") -> tuple[str, str]:
    """A child-protection report in Xijin; its number and conversation."""
    receipt = runtime.intake.receive(a_risk_arrival(text))
    assert receipt.ticket is not None
    return receipt.ticket.number, receipt.conversation_id


def hidden(page: Response, deed: str) -> dict[str, str]:
    """The hidden fields of one form of the ticket's page."""
    form = re.search(rf'action="[^"]*/{deed}">(.*?)</form>', page.text, re.DOTALL)
    assert form is not None
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', form[1]))


# Getting in.


def test_a_page_leads_a_stranger_to_the_login_and_from_there_back(runtime: Runtime) -> None:
    actor = a_member(runtime)
    client = browser(runtime)

    refused = client.get("/console/queue?scope=mine")
    opened = log_in(client, actor.username, next="/queue?scope=mine")

    assert refused.headers["location"] == "/console/login?next=%2Fqueue%3Fscope%3Dmine"
    assert opened.headers["location"] == "/console/queue?scope=mine"
    assert client.get("/console/queue").status_code == HTTPStatus.OK


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"])
def test_a_login_never_leads_out_of_the_console(runtime: Runtime, path: str) -> None:
    actor = a_member(runtime)

    assert log_in(browser(runtime), actor.username, next=path).headers["location"] == "/console/"


def test_a_wrong_password_keeps_the_user_name_and_tells_nothing_else(runtime: Runtime) -> None:
    actor = a_member(runtime)

    wrong = log_in(browser(runtime), actor.username, "wrong-password")
    nobody = log_in(browser(runtime), "nobody", "wrong-password")

    assert wrong.status_code == nobody.status_code == HTTPStatus.UNAUTHORIZED
    assert f'value="{actor.username}"' in wrong.text
    assert "wrong-password" not in wrong.text
    assert "用户名或密码不对" in wrong.text
    assert "用户名或密码不对" in nobody.text


def test_after_five_failures_the_login_says_when_to_try_again(runtime: Runtime) -> None:
    actor = a_member(runtime)
    client = browser(runtime)

    for _ in range(5):
        log_in(client, actor.username, "wrong-password")
    throttled = log_in(client, actor.username)

    assert throttled.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "10 分钟后再试" in throttled.text


@pytest.mark.parametrize(
    ("base_url", "is_secure"), [("http://testserver", False), ("https://testserver", True)]
)
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    runtime: Runtime, base_url: str, is_secure: bool
) -> None:
    actor = a_member(runtime)

    cookie = log_in(browser(runtime, base_url=base_url), actor.username).headers["set-cookie"]

    assert cookie.startswith("hotline_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/console" in cookie
    assert ("Secure" in cookie) is is_secure


def test_a_logout_ends_the_session_on_the_server(runtime: Runtime) -> None:
    client = desk_of(runtime, a_member(runtime))
    session = client.cookies["hotline_session"]

    post(client, "/logout")
    client.cookies.set("hotline_session", session, path="/console")

    assert client.get("/console/queue").headers["location"].startswith("/console/login")


# The gate (T-30).


def routes(app: FastAPI) -> list[tuple[str, BaseRoute]]:
    """Every route of the console with its method."""
    return [
        (method, route)
        for route in app.routes
        for method in (route.methods or {"GET"} if isinstance(route, Route) else {"GET"})
        if method != "HEAD"
    ]


def test_every_route_declares_a_permission_of_the_table(runtime: Runtime) -> None:
    known = PERMISSIONS | {"public", "logged_in"}

    undeclared = [route for _, route in routes(create_console(runtime)) if declared(route) not in known]

    assert undeclared == []


def test_only_the_login_and_our_files_are_open_to_all(runtime: Runtime) -> None:
    public = {
        (method, str(getattr(route, "path", "")))
        for method, route in routes(create_console(runtime))
        if declared(route) == PUBLIC
    }

    assert public - {("GET", f"/{name}") for name in PUBLIC_MOUNTS} == OPEN_TO_ALL


def test_no_page_behind_the_login_answers_a_stranger(runtime: Runtime) -> None:
    app = create_console(runtime)
    client = TestClient(mounted(app), follow_redirects=False)

    for method, route in routes(app):
        path = re.sub(r"{\w+}", "1", str(getattr(route, "path", "")))
        answer = client.request(method, f"/console{path}")
        if declared(route) != PUBLIC:
            to_login = str(answer.headers.get("location", "")).startswith("/console/login")
            assert to_login or answer.status_code == HTTPStatus.UNAUTHORIZED, path


def seeded(runtime: Runtime, add: Callable[[FastAPI], object]) -> Response:
    """What an admin gets of a route somebody forgot to declare."""
    app = create_console(runtime)
    add(app)
    client = TestClient(mounted(app), follow_redirects=False)
    admin = a_member(runtime, role=Role.ADMIN, unit=CITY)
    log_in(client, admin.username)
    return client.get("/console/forgotten/")


def page(_: object = None) -> PlainTextResponse:
    """A page without a declaration."""
    return PlainTextResponse("secret")


@pytest.mark.parametrize(
    "add",
    [
        pytest.param(
            lambda app: app.get("/forgotten/")(lambda: PlainTextResponse("secret")), id="FastAPI route"
        ),
        pytest.param(lambda app: app.router.routes.append(Route("/forgotten/", page)), id="Starlette route"),
        pytest.param(
            lambda app: app.router.routes.append(Mount("/forgotten", routes=[Route("/", page)])), id="mount"
        ),
    ],
)
def test_a_route_without_a_permission_is_refused_even_to_an_admin(
    runtime: Runtime, add: Callable[[FastAPI], object]
) -> None:
    answer = seeded(runtime, add)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "secret" not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_exactly_the_pages_its_table_row_allows(runtime: Runtime, role: Role) -> None:
    actor = a_member(runtime, role=role, unit=CITY)
    client = desk_of(runtime, actor)
    pages = {
        "/queue": "view_ticket",
        "/chats": "view_chats",
        "/calls/new": "file_ticket",
        "/figures": "view_figures",
        "/staff": "manage_staff",
    }

    for path, permission in pages.items():
        allowed = runtime.permissions.may_ever(actor, permission)
        expected = HTTPStatus.OK if allowed else HTTPStatus.FORBIDDEN
        assert client.get(f"/console{path}").status_code == expected, path


@pytest.mark.parametrize("role", list(Role))
def test_everybody_starts_on_a_page_he_may_open(runtime: Runtime, role: Role) -> None:
    client = desk_of(runtime, a_member(runtime, role=role, unit=CITY))

    assert client.get(client.get("/console/").headers["location"]).status_code == HTTPStatus.OK


def test_no_form_is_taken_without_its_token(runtime: Runtime) -> None:
    app = create_console(runtime)
    client = TestClient(mounted(app), follow_redirects=False)
    log_in(client, a_member(runtime, role=Role.SUPERVISOR, unit=CITY).username)
    other = desk_of(runtime, a_member(runtime, role=Role.ADMIN, unit=CITY))
    foreign = token_in(other.get("/console/account"))

    for method, route in routes(app):
        if method != "POST" or not runtime.permissions.scope(Role.SUPERVISOR, declared(route) or ""):
            continue
        path = re.sub(r"{\w+}", "1", str(getattr(route, "path", "")))
        for token in ("", foreign):
            answer = client.post(f"/console{path}", data={"csrf": token, "text": "写了很久的话"})
            assert answer.status_code == HTTPStatus.FORBIDDEN, path
            assert "写了很久的话" in answer.text


# Lists.


def test_a_worker_sees_the_tickets_of_his_own_town_only(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    ours = desk_of(runtime, a_member(runtime))
    theirs = desk_of(runtime, a_member(runtime, unit="town-nanshan"))

    assert number in ours.get("/console/queue").text
    for scope in ("unit", "mine", "overdue", "all"):
        assert number not in theirs.get(f"/console/queue?scope={scope}&unit=town-xijin").text
    assert ours.get(f"/console/tickets/{number}").status_code == HTTPStatus.OK
    assert theirs.get(f"/console/tickets/{number}").status_code == HTTPStatus.FORBIDDEN
    assert post(theirs, f"/tickets/{number}/claim").status_code == HTTPStatus.FORBIDDEN


def test_a_refreshed_list_shows_everything_missed_and_marks_it_as_new(
    runtime: Runtime, clock: FakeClock
) -> None:
    client = desk_of(runtime, a_member(runtime))
    page = client.get("/console/queue")
    address = re.search(r'hx-get="([^"]+)"', page.text)
    assert address is not None

    clock.advance(timedelta(minutes=5))
    numbers = [reported(runtime, "邻居打孩子，在西津街道")[0]]
    runtime.intake.receive(a_risk_arrival("又在打，在西津街道", peer="b"))
    fragment = client.get(html.unescape(address[1]), headers={"HX-Request": "true"})

    assert "<html" not in fragment.text
    assert numbers[0] in fragment.text
    assert fragment.text.count("新到") == 2


def test_a_list_whose_login_ended_says_so_instead_of_standing_still(runtime: Runtime) -> None:
    fragment = browser(runtime).get("/console/queue/list", headers={"HX-Request": "true"})

    assert fragment.status_code == HTTPStatus.UNAUTHORIZED
    assert "请先登录" in fragment.text
    assert "hx-get" not in fragment.text


def test_the_most_dangerous_stands_first_and_risk_is_told_by_word(runtime: Runtime) -> None:
    operator = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    chat = runtime.intake.receive(an_arrival("投诉", peer="c")).conversation_id
    complaint = runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉窗口").number
    risky, _ = reported(runtime)

    text = operator.get("/console/queue").text

    assert text.index(risky) < text.index(complaint)
    assert ">加急</span>" in text
    assert ">普通</span>" in text


def test_an_overdue_ticket_is_counted_under_its_unit_and_says_by_how_much(
    runtime: Runtime, clock: FakeClock
) -> None:
    number, _ = reported(runtime)
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    clock.advance(timedelta(hours=1, minutes=15))

    text = desk_of(runtime, supervisor).get("/console/queue?scope=overdue").text

    assert number in text
    assert "已超时 15 分钟" in text
    assert re.search(r"西津街道 <b>1</b>", text)


def test_a_long_list_comes_in_pages(runtime: Runtime) -> None:
    operator = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    for i in range(21):
        chat = runtime.intake.receive(an_arrival("投诉", peer=f"p{i}")).conversation_id
        runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉")

    first, second = (operator.get(f"/console/queue?page={page}").text for page in (1, 2))

    assert (first.count('class="card ticket '), second.count('class="card ticket ')) == (20, 1)
    assert "下一页" in first
    assert "上一页" in second


# The ticket's page.


def test_of_two_who_claim_at_once_one_learns_who_was_faster(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    desks = [desk_of(runtime, a_member(runtime, name=name)) for name in ("李主任", "张主任")]
    tokens = [token_in(desk.get("/console/account")) for desk in desks]

    def claim(i: int) -> Response:
        return desks[i].post(f"/console/tickets/{number}/claim", data={"csrf": tokens[i]})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(claim, range(2)))

    lost = [answer for answer in answers if answer.status_code == HTTPStatus.CONFLICT]
    winner = runtime.tickets.get(a_member(runtime), number).ticket.assignee_name
    assert [answer.status_code for answer in answers].count(HTTPStatus.SEE_OTHER) == 1
    assert f"已经由{winner}接手" in lost[0].text


def test_a_reply_lands_in_the_residents_chat(runtime: Runtime) -> None:
    number, conversation = reported(runtime)
    desk = desk_of(runtime, a_member(runtime))
    post(desk, f"/tickets/{number}/claim")
    form = hidden(desk.get(f"/console/tickets/{number}"), "reply")

    answer = desk.post(f"/console/tickets/{number}/reply", data={**form, "text": "我们已经上门"})

    assert answer.headers["location"] == f"/console/tickets/{number}?done=reply"
    assert "我们已经上门" in [line.text for line in runtime.chats.for_resident(conversation)]
    assert "反映人会在聊天里看到" in desk.get(answer.headers["location"]).text


def test_an_edit_from_an_old_page_tells_what_changed_and_keeps_what_was_typed(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    desk = desk_of(runtime, worker)
    runtime.tickets.claim(worker, number)
    form = hidden(desk.get(f"/console/tickets/{number}"), "resolve")
    runtime.tickets.note(a_member(runtime, name="张主任"), number, text="派出所已立案")

    answer = desk.post(f"/console/tickets/{number}/resolve", data={**form, "result": "孩子已由亲属<照料>"})

    conflict = answer.text[: answer.text.index('class="columns"')]
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "张主任" in conflict
    assert "派出所已立案" in conflict
    assert ">孩子已由亲属&lt;照料&gt;</textarea>" in answer.text
    again = hidden(answer, "resolve")
    done = desk.post(f"/console/tickets/{number}/resolve", data={**again, "result": "孩子已由亲属照料"})
    assert done.status_code == HTTPStatus.SEE_OTHER


def test_what_is_typed_survives_losing_the_ticket_to_another_unit(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    desk = desk_of(runtime, worker)
    runtime.tickets.claim(worker, number)
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    runtime.tickets.dispatch(supervisor, number, unit="town-nanshan")

    answer = post(desk, f"/tickets/{number}/reply", text="我们下午三点上门")

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "我们下午三点上门" in answer.text


def test_a_deed_no_longer_possible_gives_the_typed_text_back(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    desk = desk_of(runtime, worker)
    runtime.tickets.claim(worker, number)
    runtime.tickets.resolve(worker, number, result="已处理")

    answer = post(desk, f"/tickets/{number}/refer", target="police", reason="请出具告诫书")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "请出具告诫书" in answer.text


def test_the_page_offers_only_what_table_and_lifecycle_allow_now(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    desk = desk_of(runtime, worker)

    def forms() -> set[str]:
        return set(re.findall(rf"/tickets/{number}/(\w+)\">", desk.get(f"/console/tickets/{number}").text))

    before = forms()
    runtime.tickets.claim(worker, number)
    after = forms()

    assert before == {"claim", "note", "return", "escalate"}
    assert after == {"start", "reply", "note", "resolve", "refer", "return", "escalate"}


def test_a_supervisor_can_take_a_ticket_all_the_way(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    desk = desk_of(runtime, supervisor)
    steps: list[tuple[str, dict[str, str]]] = [
        ("claim", {}),
        ("start", {}),
        ("note", {"text": "电话没人接"}),
        ("refer", {"target": "police", "reason": "请出具告诫书"}),
        ("resume", {"reason": "已出具"}),
        ("escalate", {"reason": "需要市里协调"}),
        ("dispatch", {"unit": CITY, "reason": "由热线办"}),
        ("claim", {}),
        ("return", {"reason": "属地办理", "next_unit": "town-xijin"}),
        ("claim", {}),
        ("resolve", {"result": "孩子已由亲属照料"}),
        ("call_back", {"outcome": "满意"}),
        ("close", {"result": ""}),
        ("reopen", {"reason": "又发生了"}),
        ("refuse", {"path": "请向公安机关报案"}),
    ]

    for deed, fields in steps:
        form = hidden(desk.get(f"/console/tickets/{number}"), deed)
        answer = desk.post(f"/console/tickets/{number}/{deed}", data={**form, **fields})
        assert answer.headers.get("location") == f"/console/tickets/{number}?done={deed}", (deed, answer.text)
        assert desk.get(answer.headers["location"]).status_code == HTTPStatus.OK
    assert runtime.tickets.get(supervisor, number).ticket.status is Status.REFUSED


def test_a_return_needs_a_reason_and_leads_the_worker_back_to_his_list(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    desk = desk_of(runtime, a_member(runtime))

    refused = post(desk, f"/tickets/{number}/return", next_unit="town-nanshan")
    returned = post(desk, f"/tickets/{number}/return", next_unit="town-nanshan", reason="不在本辖区")

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="town-nanshan" selected' in refused.text
    assert returned.headers["location"] == "/console/queue?done=return"


def test_a_merge_joins_two_tickets(runtime: Runtime) -> None:
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    first = reported(runtime)[0]
    receipt = runtime.intake.receive(a_risk_arrival("西津街道有孩子挨打", peer="other"))
    assert receipt.ticket is not None

    post(
        desk_of(runtime, supervisor), f"/tickets/{first}/merge", into=receipt.ticket.number, reason="同一件事"
    )

    assert runtime.tickets.get(supervisor, first).ticket.status is Status.MERGED


def test_a_ticket_about_a_child_reminds_the_worker_of_his_own_duty(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    operator = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    chat = runtime.intake.receive(an_arrival("投诉", peer="c")).conversation_id
    complaint = runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉").number

    child, other = (operator.get(f"/console/tickets/{one}").text for one in (number, complaint))

    assert "《未成年人保护法》第十一条" in child
    assert 'href="tel:110"' in child
    assert "第十一条" not in other


def test_the_moving_part_shows_what_the_resident_added_and_says_that_it_changed(runtime: Runtime) -> None:
    number, conversation = reported(runtime)
    desk = desk_of(runtime, a_member(runtime))
    part = html.unescape(re.findall(r'hx-get="([^"]+)"', desk.get(f"/console/tickets/{number}").text)[0])

    runtime.reports.add(conversation, text="刚才又打了")
    fragment = desk.get(part, headers={"HX-Request": "true"}).text

    assert "刚才又打了" in fragment
    assert "工单有新变化" in fragment


def test_what_people_say_is_never_run_as_markup(runtime: Runtime) -> None:
    number, conversation = reported(runtime, "<script>alert(1)</script>打孩子，在西津街道")
    runtime.reports.add(conversation, text='"><img src=x onerror=alert(2)>')
    desk = desk_of(runtime, a_member(runtime))

    pages = desk.get("/console/queue").text + desk.get(f"/console/tickets/{number}").text

    assert "<script>alert" not in pages
    assert "<img" not in pages


# Calls.


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


@pytest.mark.parametrize("missing", ["category", "risk", "text"])
def test_a_call_with_something_missing_keeps_the_rest(runtime: Runtime, missing: str) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    told = {"category": "complaint", "risk": "none", "text": "窗口态度差", "place": "西津街道大厅"}

    answer = post(desk, "/calls/new", **(told | {missing: ""}))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "西津街道大厅" in answer.text


# Conversations.


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


def test_a_transcript_shows_every_line_after_the_last_one_seen(runtime: Runtime) -> None:
    chat = waiting_chat(runtime)
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    part = re.findall(r'hx-get="([^"]+)"', desk.get(f"/console/chats/{chat}").text)[0]

    for i in range(3):
        runtime.intake.receive(an_arrival(f"第{i}句", peer="w"))
    fragment = desk.get(part, headers={"HX-Request": "true"}).text

    assert [f"第{i}句" in fragment for i in range(3)] == [True] * 3
    assert "我要找人工" not in fragment


# Figures, staff, own account.


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


# Faults.


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


# The browser is kept on a short leash.


@pytest.mark.parametrize("path", ["/login", "/queue", "/nowhere", "/static/console.css"])
def test_every_answer_forbids_scripts_of_others_and_framing(runtime: Runtime, path: str) -> None:
    headers = desk_of(runtime, a_member(runtime)).get(f"/console{path}").headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"].startswith("public" if "static" in path else "no-store")


def test_templates_have_nothing_inline_and_load_nothing_from_elsewhere() -> None:
    templates = STATIC.parent / "templates"

    for path in templates.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script>|<style|\sstyle=|\son\w+=|https?://", text), path.name


def test_every_page_has_the_words_it_asks_for(runtime: Runtime) -> None:
    templates = STATIC.parent / "templates"
    keys = {
        key
        for path in templates.glob("*.html")
        for key in re.findall(r'w\.say\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }

    assert {key for key in keys if not runtime.texts.has(f"console.{key}")} == set()
