"""The residents' pages, over HTTP on a real ledger."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from bot.channels.webchat import QUICK_KEYS
from bot.channels.webchat_visitor import COOKIE, Visitor
from bot.messages import Button, OutboundMessage
from bot.rasa_client import RasaFault
from bot.spool import Spool
from bot.training import ROOT
from bot.web import House, app_of
from tests.factories import FakeClock, a_member
from tests.fakes.language import FakeLanguage
from tests.integration.console_desk import told_police
from tests.integration.house import a_gateway
from ticketing.bootstrap import Runtime, build
from ticketing.domain.answer_marks import AnswerMark
from ticketing.domain.staff import Role
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Settings

AT_RISK = "津北村有个孩子天天被他爸打，身上都是伤"
UNREACHABLE = "postgresql+psycopg://nobody:x@127.0.0.1:9/none"


@pytest.fixture
def language() -> FakeLanguage:
    """The language server."""
    return FakeLanguage(replies=(OutboundMessage("低保是……", (Button("要什么材料"),)),))


@pytest.fixture
def browser(runtime: Runtime, language: FakeLanguage) -> Iterator[TestClient]:
    """A browser that keeps its cookies; its requests come over https."""
    house = House(runtime, a_gateway(runtime, language), language)
    with TestClient(app_of(house), base_url="https://testserver", follow_redirects=False) as client:
        yield client


@pytest.fixture
def cut_off(settings: Settings, language: FakeLanguage, clock: FakeClock) -> Iterator[TestClient]:
    """The same with the database away."""
    runtime = build(replace(settings, database_url=UNREACHABLE), clock=clock)
    house = House(runtime, a_gateway(runtime, language), language)
    with TestClient(app_of(house), base_url="https://testserver", follow_redirects=False) as client:
        yield client


def say(client: TestClient, text: str, *, message_id: str = "", after: int = 0) -> dict[str, object]:
    """What the page gets for one message."""
    body = {"id": message_id or f"id-{hash(text) & 0xFFFFFFFF:08x}", "text": text, "after": after}
    answer = client.post("/api/chat", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


def lines_of(client: TestClient, after: int = 0) -> list[dict[str, object]]:
    """What the page gets when it asks for news."""
    answer = client.get(f"/api/chat/lines?after={after}")
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()["lines"]
    return found


def test_the_first_page_needs_no_login_and_names_the_numbers(browser: TestClient) -> None:
    page = browser.get("/")

    assert page.status_code == 200
    assert set(re.findall(r'href="tel:(\d+)"', page.text)) >= {"110", "120", "12345", "12356"}
    assert "快速离开" in page.text
    assert 'lang="zh-CN"' in page.text


def test_the_page_needs_nothing_from_elsewhere(browser: TestClient) -> None:
    page = browser.get("/")

    fetched = re.findall(r'(?:src|href)="([^"#][^"]*)"', page.text)
    own = [address for address in fetched if address.startswith("/static/")]
    assert [address for address in fetched if "//" in address] == []
    assert [browser.get(address).status_code for address in own] == [200] * len(own)


def test_the_browser_is_told_to_run_and_show_only_what_is_ours(browser: TestClient) -> None:
    page = browser.get("/")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "style=" not in page.text
    assert "onclick" not in page.text


def test_a_visitor_is_known_by_a_token_scripts_cannot_read(browser: TestClient) -> None:
    cookie = browser.get("/").headers["set-cookie"]

    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
    assert "set-cookie" not in browser.get("/").headers


def test_the_ledger_does_not_know_the_token(browser: TestClient, runtime: Runtime) -> None:
    say(browser, "你好")

    token = browser.cookies[COOKIE]
    assert runtime.chats.conversation_of(Channel.WEB, token) is None
    assert runtime.chats.conversation_of(Channel.WEB, Visitor(token, is_new=False).peer) is not None


def test_a_message_is_answered_with_its_lines_and_buttons(browser: TestClient) -> None:
    told = say(browser, "我想问低保")

    assert told["kept"] is True
    assert told["replies"] == [{"text": "低保是……", "buttons": ["要什么材料"]}]
    lines = lines_of(browser)
    assert told["lines"] == lines
    assert [(line["from"], line["text"]) for line in lines] == [("me", "我想问低保"), ("bot", "低保是……")]


def test_sending_again_after_a_lost_answer_changes_nothing(
    browser: TestClient, language: FakeLanguage
) -> None:
    first = say(browser, "我想问低保", message_id="same-one")
    again = say(browser, "我想问低保", message_id="same-one")

    assert again == first
    assert language.said == ["我想问低保"]


def test_somebody_at_risk_gets_numbers_number_and_code(browser: TestClient) -> None:
    told = say(browser, AT_RISK)

    assert isinstance(told["replies"], list)
    first = told["replies"][0]["text"]
    assert "110" in first
    assert re.search(r"NG\d{8}-\d{4}", first)


def test_a_page_that_was_away_is_shown_all_it_missed(browser: TestClient, runtime: Runtime) -> None:
    say(browser, "你好")
    seen = lines_of(browser)[-1]["id"]
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    peer = Visitor(browser.cookies[COOKIE], is_new=False).peer
    conversation_id = runtime.chats.conversation_of(Channel.WEB, peer)
    assert conversation_id is not None
    runtime.chats.take(operator, conversation_id)
    for text in ("我是工作人员", "您请说"):
        runtime.chats.send(operator, conversation_id, text)

    assert isinstance(seen, int)
    missed = lines_of(browser, after=seen)

    assert [(line["from"], line["text"]) for line in missed] == [
        ("staff", "我是工作人员"),
        ("staff", "您请说"),
    ]


def test_a_stranger_sees_nothing_of_others(browser: TestClient) -> None:
    say(browser, AT_RISK)
    browser.cookies.clear()

    assert lines_of(browser) == []


def test_a_forged_cookie_makes_a_new_visitor(browser: TestClient) -> None:
    browser.cookies.set(COOKIE, "guessed")

    assert "set-cookie" in browser.get("/").headers


def test_the_page_can_be_used_without_a_script(browser: TestClient) -> None:
    page = browser.get("/")
    form_id = re.search(r'name="id" value="(\w+)"', page.text)
    assert form_id is not None

    sent = browser.post("/", data={"id": form_id[1], "text": "我想问低保"})
    shown = browser.get("/")

    assert (sent.status_code, sent.headers["location"]) == (303, "/#end")
    assert "低保是……" in shown.text
    assert re.search(r'<button [^>]*name="tap" value="要什么材料"', shown.text)


def test_words_refused_for_haste_are_given_back(browser: TestClient) -> None:
    pages = [browser.post("/", data={"id": f"{n:032}", "text": f"第{n}句话"}) for n in range(11)]

    assert pages[-1].status_code == 429
    assert "第10句话</textarea>" in pages[-1].text


def test_a_form_sent_twice_is_one_message_and_another_text_is_another(browser: TestClient) -> None:
    for text in ("一句话", "一句话", "另一句话"):
        browser.post("/", data={"id": "0" * 32, "text": text})

    assert [line["text"] for line in lines_of(browser) if line["from"] == "me"] == ["一句话", "另一句话"]


def test_words_of_residents_are_never_markup(browser: TestClient) -> None:
    say(browser, "<script>alert(1)</script>")

    assert "<script>alert" not in browser.get("/").text


def test_leaving_forgets_who_was_here(browser: TestClient) -> None:
    say(browser, AT_RISK)

    left = browser.get("/leave")

    assert left.status_code == 303
    assert "testserver" not in left.headers["location"]
    assert COOKIE not in browser.cookies
    assert AT_RISK not in browser.get("/").text


BAD_BODIES = [
    pytest.param({"text": "x"}, "id", id="no-id"),
    pytest.param({"id": "../../etc", "text": "x"}, "id", id="odd-id"),
    pytest.param({"id": "12345678", "text": 5}, "text", id="text-is-no-text"),
    pytest.param({"id": "12345678", "text": "x", "after": -1}, "after", id="negative-line"),
    pytest.param({"id": "12345678", "text": "x", "after": "1"}, "after", id="line-is-text"),
    pytest.param([], "body", id="not-an-object"),
]


@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
def test_a_bad_request_is_told_in_chinese_with_a_stable_code(
    browser: TestClient, body: object, field: str
) -> None:
    answer = browser.post("/api/chat", json=body)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_input"
    assert "请" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/chat", 404), ("GET", "/api/none", 404), ("GET", "/none/at/all", 404), ("PUT", "/", 404)],
)
def test_an_address_that_leads_nowhere_says_so(
    browser: TestClient, method: str, path: str, status: int
) -> None:
    answer = browser.request(method, path)

    assert answer.status_code == status
    assert "没有这个页面" in answer.text


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "９", "9" * 40])
def test_a_line_that_is_no_number_is_refused(browser: TestClient, after: str) -> None:
    assert browser.get("/api/chat/lines", params={"after": after}).status_code == 422


def test_a_long_message_is_kept_whole(browser: TestClient) -> None:
    text = "我家的情况是这样的。" * 300

    told = say(browser, text)

    assert lines_of(browser)[0]["text"] == text
    assert "全文都已经记下来" in str(told["replies"])


def test_a_message_beyond_all_measure_is_refused_kindly_unless_somebody_is_at_risk(
    browser: TestClient,
) -> None:
    long = "很长。" * 4000

    refused = browser.post("/api/chat", json={"id": "12345678", "text": long})
    taken = browser.post("/api/chat", json={"id": "12345679", "text": long + AT_RISK})

    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "message_too_long")
    assert "没有丢" in refused.json()["error"]["message"]
    assert taken.status_code == 200


def test_a_body_of_megabytes_is_refused(browser: TestClient) -> None:
    answer = browser.post("/api/chat", json={"id": "12345678", "text": "x" * 1_000_000})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "message_too_long")


def test_a_flood_is_slowed_down_and_a_report_of_danger_still_passes(browser: TestClient) -> None:
    statuses = [
        browser.post("/api/chat", json={"id": f"flood-{number:04}", "text": "你好"}).status_code
        for number in range(15)
    ]

    report = browser.post("/api/chat", json={"id": "report-0001", "text": AT_RISK})

    assert statuses == [200] * 10 + [429] * 5
    assert report.status_code == 200
    assert "110" in report.json()["replies"][0]["text"]


def test_another_site_cannot_speak_for_the_visitor(browser: TestClient) -> None:
    browser.get("/")

    answer = browser.post(
        "/api/chat", json={"id": "12345678", "text": "x"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")


def test_without_the_database_the_page_opens_and_says_what_it_cannot_show(cut_off: TestClient) -> None:
    page = cut_off.get("/")

    assert page.status_code == 200
    assert "现在看不到以前的对话" in page.text


def test_without_the_database_a_report_gets_the_numbers_and_is_not_called_kept(
    cut_off: TestClient, settings: Settings
) -> None:
    told = say(cut_off, AT_RISK)

    assert told["kept"] is False
    assert "110" in str(told["replies"])
    assert Spool(settings.home).depth() == 1


def test_without_database_and_script_the_answer_is_a_page(cut_off: TestClient) -> None:
    answer = cut_off.post("/", data={"id": "0" * 32, "text": AT_RISK})

    assert answer.status_code == 200
    assert "110" in answer.text


def test_without_the_database_asking_for_news_is_told_so(cut_off: TestClient) -> None:
    answer = cut_off.get("/api/chat/lines?after=0")

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_unavailable")


def a_ticket(browser: TestClient) -> tuple[str, str]:
    """Number and code of a new report."""
    text = str(say(browser, AT_RISK)["replies"])
    number = re.search(r"NG\d{8}-\d{4}", text)
    code = re.search(r"查询码：([0-9A-Z]{8})", text)
    assert number is not None
    assert code is not None
    return number[0], code[1]


def test_a_ticket_is_followed_with_number_and_code_from_any_browser(browser: TestClient) -> None:
    number, code = a_ticket(browser)
    browser.cookies.clear()

    page = browser.post("/t", data={"number": number.lower(), "code": f" {code} ", "deed": "view"})

    assert page.status_code == 200
    assert "已派给承办单位" in page.text
    assert AT_RISK not in page.text


def test_a_wrong_code_shows_nothing_even_to_the_reporters_browser(browser: TestClient) -> None:
    number, _ = a_ticket(browser)

    page = browser.post("/t", data={"number": number, "code": "ABCDEFGH", "deed": "view"})

    assert page.status_code == 404
    assert "没有找到这个工单" in page.text


def test_codes_cannot_be_guessed_in_numbers(browser: TestClient) -> None:
    number, code = a_ticket(browser)
    guesses = [
        browser.post("/t", data={"number": number, "code": f"WRONG{n:03}"}).status_code for n in range(12)
    ]

    assert guesses == [404] * 10 + [429] * 2
    assert browser.post("/t", data={"number": number, "code": code}).status_code == 429


def test_a_note_reaches_the_ticket(browser: TestClient, runtime: Runtime) -> None:
    number, code = a_ticket(browser)

    page = browser.post("/t", data={"number": number, "code": code, "deed": "add", "text": "住在三组"})

    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    events = runtime.tickets.get(supervisor, number).events
    assert "已经记进工单" in page.text
    assert "住在三组" in [event.text for event in events]


def test_a_note_about_danger_gets_the_numbers_too(browser: TestClient) -> None:
    number, code = a_ticket(browser)
    browser.cookies.clear()

    page = browser.post(
        "/t", data={"number": number, "code": code, "deed": "add", "text": "他现在拿刀要砍孩子"}
    )

    assert "110" in re.sub(r"<header>.*</header>", "", page.text, flags=re.DOTALL)


def test_a_grade_is_asked_only_after_the_work_and_kept(browser: TestClient, runtime: Runtime) -> None:
    number, code = a_ticket(browser)
    early = browser.post("/t", data={"number": number, "code": code, "deed": "rate", "score": "5"})
    worker = a_member(runtime, unit="village-xijin-jinbei")
    runtime.tickets.claim(worker, number)
    runtime.tickets.start(worker, number)
    told_police(runtime, worker, number)
    runtime.tickets.resolve(worker, number, result="孩子已送医，民警已到场")

    asked = browser.post("/t", data={"number": number, "code": code})
    graded = browser.post("/t", data={"number": number, "code": code, "deed": "rate", "score": "5"})

    assert early.status_code == 409
    assert "孩子已送医" in asked.text
    assert "非常满意" in asked.text
    assert "谢谢您的评价" in graded.text
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    assert runtime.tickets.get(supervisor, number).ticket.rating == 5


@pytest.mark.parametrize("score", ["x", "-1", "0", "6", "９", ""])
def test_a_grade_out_of_range_is_refused(browser: TestClient, score: str) -> None:
    number, code = a_ticket(browser)

    answer = browser.post("/t", data={"number": number, "code": code, "deed": "rate", "score": score})

    assert answer.status_code == 422


def test_monitoring_sees_all_parts(browser: TestClient) -> None:
    answer = browser.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": True, "queue": True, "language_server": True}


def test_monitoring_sees_the_part_that_is_away(browser: TestClient, language: FakeLanguage) -> None:
    language.fault = RasaFault.UNREACHABLE

    answer = browser.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["language_server"] is False
    assert browser.get("/livez").status_code == 200


def test_the_figures_can_be_scraped(browser: TestClient) -> None:
    say(browser, AT_RISK)

    text = browser.get("/metrics").text

    assert 'hotline_messages{direction="in"} 1' in text
    assert 'hotline_tickets{status="dispatched"} 1' in text
    assert 'hotline_tickets_by_risk{risk="urgent"} 1' in text
    assert "hotline_tickets_overdue 0" in text
    assert re.search(r"^hotline_outbox_depth \d+$", text, re.MULTILINE)


def test_the_figures_of_a_house_without_database_are_no_zeros(cut_off: TestClient) -> None:
    assert cut_off.get("/metrics").status_code == 503


def test_quick_buttons_are_words_the_model_was_taught(runtime: Runtime) -> None:
    taught = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "nlu_data" / "nlu").rglob("*.yml"))

    untaught = [key for key in QUICK_KEYS if f"- {runtime.texts.get(key)}\n" not in taught]

    assert untaught == []


RATED = AnswerMark("dibao", "amount", "0123456789ab", {})


def test_an_answer_can_be_rated_with_and_without_script_and_the_bot_hears_nothing(
    browser: TestClient, language: FakeLanguage
) -> None:
    language.replies = (OutboundMessage("低保是……", (Button("要什么材料"),), RATED),)
    line = say(browser, "我想问低保")["lines"][-1]  # type: ignore[index]  # a list of lines

    told = browser.post("/api/chat/vote", json={"line": line["id"], "vote": "down"}).json()
    by_form = browser.post("/vote", data={"line": line["id"], "vote": "down.wrong"})

    assert told == {"line": line["id"], "vote": "down", "reason": ""}
    assert by_form.headers["location"].endswith(f"/#vote{line['id']}")
    page = browser.get("/").text
    assert 'value="down.wrong" aria-pressed="true"' in page
    assert 'href="/guide/dibao"' in page
    assert lines_of(browser)[-1]["vote"] == "down"
    assert language.said == ["我想问低保"]


def test_what_is_no_answer_cannot_be_rated(browser: TestClient) -> None:
    line = say(browser, "你好")["lines"][-1]  # type: ignore[index]  # a list of lines

    assert 'class="rate"' not in browser.get("/").text
    assert browser.post("/api/chat/vote", json={"line": line["id"], "vote": "up"}).status_code == 404
    for line_id, word in [("x", "up"), (line["id"], "sideways"), ("9" * 30, "up")]:
        assert browser.post("/api/chat/vote", json={"line": line_id, "vote": word}).status_code == 422
    assert browser.post("/api/chat/vote", content=b"{").status_code == 422
    crossing = browser.post(
        "/vote", data={"line": line["id"], "vote": "up"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert crossing.status_code == 403
