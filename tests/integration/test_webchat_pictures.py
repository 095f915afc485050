"""Pictures on the residents' page: kept beside the words, and no bad one costs a word."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest
from httpx2 import Response
from PIL import Image
from starlette.testclient import TestClient

from bot.channels.webchat_pictures import FORM_BYTES_MAX, PICTURES_AT_ONCE, READ_BYTES_MAX
from bot.channels.webchat_visitor import COOKIE, Visitor
from bot.messages import OutboundMessage
from bot.spool import Spool
from bot.web import House, app_of
from tests.factories import FakeClock, a_member
from tests.fakes.language import FakeLanguage
from tests.integration.house import a_gateway
from tests.integration.own_house import own_house
from tests.pictures import a_bomb, a_jpeg
from ticketing.bootstrap import Runtime, build
from ticketing.domain.attachments import FileKind, FileState
from ticketing.domain.staff import Role
from ticketing.domain.ticket import ChatLine
from ticketing.domain.vocabulary import Channel

AT_RISK = "津北村有个孩子天天被他爸打，身上都是伤"
UNREACHABLE = "postgresql+psycopg://nobody:x@127.0.0.1:9/none"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
_ids = count(1)


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """Noon for the whole module."""
    return FakeClock()


@pytest.fixture(scope="module")
def runtime(
    postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock
) -> Iterator[Runtime]:
    """One house for the module: every browser is a resident of its own."""
    home = tmp_path_factory.mktemp("pictures")
    with own_house("web_pictures", (postgres, valkey_url), home, clock) as built:
        yield built


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody with a browser."""

    client: TestClient
    runtime: Runtime

    def sends(
        self, text: str, picture: bytes | None, *, path: str = "/api/chat/picture", message_id: str = ""
    ) -> Response:
        """Words and a picture."""
        data = {"id": message_id or f"message-{next(_ids)}", "text": text}
        files = {} if picture is None else {"picture": ("a.jpg", picture, "image/jpeg")}
        return self.client.post(path, data=data, files=files)

    @property
    def lines(self) -> list[ChatLine]:
        """What the ledger has of him."""
        conversation = self.runtime.chats.conversation_of(Channel.WEB, self.peer)
        return self.runtime.chats.for_resident(conversation) if conversation else []

    @property
    def peer(self) -> str:
        """Who he is to the ledger."""
        return Visitor(self.client.cookies[COOKIE], is_new=False).peer


@pytest.fixture
def resident(runtime: Runtime) -> Iterator[Resident]:
    """Somebody who never wrote before."""
    language = FakeLanguage(replies=(OutboundMessage("低保是……"),))
    house = House(runtime, a_gateway(runtime, language), language)
    # The house is closed by the module, not by the application.
    client = TestClient(app_of(house), base_url="https://testserver", follow_redirects=False)
    yield Resident(client, runtime)
    client.close()


def test_picture_and_words_are_kept_each_and_both_answered(resident: Resident, runtime: Runtime) -> None:
    answer = resident.sends("我想问低保", a_jpeg())
    again = resident.sends("我想问低保", a_jpeg(), message_id=str(answer.json()["id"]))

    lines = resident.lines
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline")
    file = lines[0].attachment
    assert (answer.status_code, again.status_code) == (200, 200)
    assert [(line.direction, line.kind, line.text) for line in lines if line.direction == "in"] == [
        ("in", "photo", ""),
        ("in", "text", "我想问低保"),
    ]
    assert [reply["text"] for reply in answer.json()["replies"]][1:] == ["低保是……"]
    assert file is not None
    assert (file.state, file.kind) == (FileState.KEPT, FileKind.JPG)
    stored = runtime.attachments.file(operator, file.id)
    assert Image.open(io.BytesIO(stored.data)).size == (640, 480)
    assert not Image.open(io.BytesIO(stored.data)).getexif()
    waiting = [one.id for one in runtime.chats.waiting(operator)]
    assert runtime.chats.conversation_of(Channel.WEB, resident.peer) in waiting


def test_a_picture_alone_is_kept_and_asked_about(resident: Resident) -> None:
    answer = resident.sends("", a_jpeg())

    assert answer.status_code == 200
    assert "请用一两句话说说" in answer.json()["replies"][0]["text"]
    assert [line.kind for line in resident.lines if line.direction == "in"] == ["photo"]


def test_without_a_script_the_form_takes_words_picture_or_both(resident: Resident) -> None:
    both = resident.sends("我想问低保", a_jpeg(), path="/")
    words = resident.sends("要什么材料", None, path="/")

    assert (both.status_code, words.status_code) == (303, 303)
    assert [line.kind for line in resident.lines if line.direction == "in"] == ["photo", "text", "text"]
    assert "［图片］" in resident.client.get("/").text


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        pytest.param(b"", "文件是空的", id="nothing"),
        pytest.param(SVG, "这种格式我们打不开", id="drawing with a script"),
        pytest.param(b"%PDF-1.4\n%%EOF", "这种格式我们打不开", id="paper"),
        pytest.param(a_bomb(), "文件太大", id="bomb"),
        pytest.param(a_jpeg()[:900], "文件是坏的", id="half a picture"),
        pytest.param(bytes(FORM_BYTES_MAX + 1_000_000), "文件太大", id="too large"),
    ],
)
def test_a_bad_picture_is_refused_in_words_and_costs_no_word(
    resident: Resident, picture: bytes, why: str
) -> None:
    answer = resident.sends(AT_RISK, picture)
    page = resident.sends(AT_RISK, picture, path="/")
    alone = resident.sends("", picture, path="/")

    told = answer.json()
    assert (answer.status_code, page.status_code, alone.status_code) == (422, 422, 422)
    assert told["error"]["code"] == "picture_refused"
    assert told["error"]["message"].startswith(f"您写的话已经收到。图片没有收下：{why}")
    assert "110" in told["replies"][0]["text"]
    assert "工单号" in told["replies"][0]["text"]
    assert f"图片没有收下：{why}" in page.text
    assert f"图片没有收下：{why}" in alone.text
    assert [line.text for line in resident.lines if line.direction == "in"] == [AT_RISK, AT_RISK]


def test_a_body_that_says_it_is_endless_is_not_read(resident: Resident) -> None:
    headers = {"Content-Length": str(READ_BYTES_MAX + 1), "Content-Type": "multipart/form-data; boundary=x"}

    answer = resident.client.post("/api/chat/picture", content=b"--x--", headers=headers)

    assert answer.status_code == 413


def test_while_the_database_is_away_the_picture_waits_with_the_words_and_is_kept_afterwards(
    runtime: Runtime, clock: FakeClock
) -> None:
    language = FakeLanguage(replies=(OutboundMessage("低保是……"),))
    away = build(replace(runtime.settings, database_url=UNREACHABLE), clock=clock)
    client = TestClient(
        app_of(House(away, a_gateway(away, language), language)), base_url="https://testserver"
    )
    resident = Resident(client, runtime)

    answer = resident.sends(AT_RISK, a_jpeg())
    spool = Spool(runtime.settings.home)
    waiting = list(spool.waiting())
    gateway = a_gateway(runtime, language)
    taken = [asyncio.run(gateway.take_in(one.message)) for one in waiting]

    assert (answer.status_code, answer.json()["kept"]) == (200, False)
    assert taken == [True, True]
    file = resident.lines[0].attachment
    assert file is not None
    assert file.state is FileState.KEPT
    client.close()
    away.close()


def test_whoever_floods_with_pictures_still_has_every_word_taken_in(resident: Resident) -> None:
    answers = [resident.sends(AT_RISK, a_jpeg(size=(8, 8))) for _ in range(PICTURES_AT_ONCE + 1)]

    assert [answer.status_code for answer in answers] == [200] * PICTURES_AT_ONCE + [422]
    assert "一下子发来的图片太多" in answers[-1].json()["error"]["message"]
    kinds = [line.kind for line in resident.lines if line.direction == "in"]
    assert (kinds.count("photo"), kinds.count("text")) == (PICTURES_AT_ONCE, PICTURES_AT_ONCE + 1)
