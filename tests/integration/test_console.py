"""Lists and tickets in the staff console: who sees what, who wins, and that nothing typed is lost."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

from httpx2 import Response
from sqlalchemy import Engine, event

from tests.factories import FakeClock, a_member, a_risk_arrival, an_arrival
from tests.integration.console_desk import (
    CITY,
    browser,
    desk_of,
    hidden,
    post,
    reported,
    token_in,
    told_police,
)
from ticketing.bootstrap import Runtime
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Role
from ticketing.domain.vocabulary import Category


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


def statements(ask: Callable[[], object]) -> int:
    """How many statements the database is asked meanwhile."""
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    ask()
    event.remove(Engine, "before_cursor_execute", note)
    return len(asked)


def test_a_long_list_asks_the_database_no_more_than_a_short_one(runtime: Runtime) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    reported(runtime)

    short = statements(lambda: desk.get("/console/queue"))
    for i in range(5):
        runtime.intake.receive(a_risk_arrival("又在打孩子", peer=f"p{i}"))

    assert statements(lambda: desk.get("/console/queue")) == short


def test_nothing_is_handed_up_from_the_top(runtime: Runtime) -> None:
    chat = runtime.intake.receive(an_arrival("投诉", peer="c")).conversation_id
    number = runtime.reports.open_report(chat, category=Category.COMPLAINT, text="投诉").number
    desk = desk_of(runtime, a_member(runtime, role=Role.SUPERVISOR, unit=CITY))

    assert f"/tickets/{number}/escalate" not in desk.get(f"/console/tickets/{number}").text


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
    told_police(runtime, worker, number)
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
    told_police(runtime, worker, number)
    runtime.tickets.resolve(worker, number, result="已上门看过，老人平安")

    answer = post(desk, f"/tickets/{number}/resolve", result="请出具告诫书")

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
    assert after == {"start", "reply", "note", "resolve", "return", "escalate"}


def test_a_supervisor_can_take_a_ticket_all_the_way(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    told_police(runtime, supervisor, number)
    own = desk_of(runtime, supervisor)
    another = desk_of(runtime, a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="另一位"))
    steps: list[tuple[str, dict[str, str]]] = [
        ("claim", {}),
        ("start", {}),
        ("note", {"text": "电话没人接"}),
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
        desk = another if deed == "call_back" else own
        form = hidden(desk.get(f"/console/tickets/{number}"), deed)
        answer = desk.post(f"/console/tickets/{number}/{deed}", data={**form, **fields})
        assert answer.headers.get("location") == f"/console/tickets/{number}?done={deed}", (deed, answer.text)
        assert desk.get(answer.headers["location"]).status_code == HTTPStatus.OK
    assert runtime.tickets.get(supervisor, number).ticket.status is Status.REFUSED


def test_a_return_needs_a_reason_and_stays_with_the_worker_until_it_is_decided(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker = a_member(runtime)
    told_police(runtime, worker, number)
    desk = desk_of(runtime, worker)

    refused = post(desk, f"/tickets/{number}/return", next_unit="town-nanshan")
    returned = post(desk, f"/tickets/{number}/return", next_unit="town-nanshan", reason="不在本辖区")

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="town-nanshan" selected' in refused.text
    assert returned.headers["location"] == f"/console/tickets/{number}?done=return"


def test_a_merge_joins_two_tickets(runtime: Runtime) -> None:
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    first = reported(runtime)[0]
    told_police(runtime, supervisor, first)
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
