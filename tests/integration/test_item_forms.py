"""Application forms: uploaded by one, approved by another, downloaded by residents and never shown."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import TestClient as PlainClient

from bot.web import House, app_of
from tests.factories import a_member
from tests.fakes.language import FakeLanguage
from tests.integration.console_desk import CITY, desk_of, post, token_in
from tests.integration.house import a_gateway
from tests.unit.knowledge.test_form_files import PNG, a_pdf
from ticketing.bootstrap import Runtime
from ticketing.domain.city_errors import AlreadyDecided, OwnEntry
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.item_forms import FormChanged, FormNotFound
from ticketing.domain.staff import Actor, Role
from ticketing.services.form_desk import NewFile

NAME = "低保申请表"
HOSTILE = b"<!DOCTYPE html><script>fetch('//evil')</script>"


@pytest.fixture
def author(runtime: Runtime) -> Actor:
    """Who uploads."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="李编辑")


@pytest.fixture
def second(runtime: Runtime) -> Actor:
    """Who approves."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="王审核")


@pytest.fixture
def resident(runtime: Runtime) -> Iterator[PlainClient]:
    """A browser of a resident."""
    language = FakeLanguage()
    with PlainClient(app_of(House(runtime, a_gateway(runtime, language), language))) as client:
        yield client


def new(data: bytes = b"", *, version: int = 0, name: str = NAME) -> NewFile:
    """An upload."""
    return NewFile(name, "a.pdf", data or a_pdf(), "", version)


def given_out(runtime: Runtime, author: Actor, second: Actor, data: bytes = b"", *, version: int = 0) -> int:
    """Uploaded and approved; the form's id."""
    desk = runtime.editing.forms
    desk.upload(author, "dibao", new(data, version=version))
    desk.approve(second, desk.pending(author)[0].id)
    return desk.of_topic(author, "dibao")[0].form_id


def test_a_form_is_given_out_once_a_second_person_approved_it(
    runtime: Runtime, author: Actor, second: Actor, resident: PlainClient
) -> None:
    desk = runtime.editing.forms
    desk.upload(author, "dibao", new(a_pdf(b"first")))
    waiting = desk.pending(author)[0]
    with pytest.raises(FormNotFound):
        desk.given("dibao", waiting.form_id)
    with pytest.raises(OwnEntry):
        desk.approve(author, waiting.id)

    desk.approve(second, waiting.id)

    answer = resident.get(f"/guide/dibao/forms/{waiting.form_id}")
    assert answer.content == a_pdf(b"first")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E4%BD%8E")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert f'href="/guide/dibao/forms/{waiting.form_id}"' in resident.get("/guide/dibao").text
    on = runtime.clock.now().date()
    assert f"申请表：{NAME}" in runtime.knowledge.answer("dibao", "materials", today=on).text
    with pytest.raises(AlreadyDecided):
        desk.refuse(second, waiting.id, reason="晚了")


def test_every_version_stays_and_the_last_approved_is_given_until_it_is_taken_away(
    runtime: Runtime, author: Actor, second: Actor, resident: PlainClient
) -> None:
    desk = runtime.editing.forms
    form_id = given_out(runtime, author, second, a_pdf(b"first"))
    desk.upload(author, "dibao", new(a_pdf(b"second"), version=2))
    assert desk.given("dibao", form_id).data == a_pdf(b"first")
    desk.refuse(second, desk.pending(author)[0].id, reason="旧表")
    given_out(runtime, author, second, a_pdf(b"third"), version=4)
    assert desk.given("dibao", form_id).data == a_pdf(b"third")

    desk.take_away(author, "dibao", NAME, reason="不用表了", version=6)
    desk.approve(second, desk.pending(author)[0].id)

    history = desk.of_topic(author, "dibao")
    assert [(one.number, one.state.value) for one in history] == [
        (4, "approved"), (3, "approved"), (2, "refused"), (1, "approved"),
    ]  # fmt: skip
    assert desk.file(author, history[-1].id).data == a_pdf(b"first")
    assert resident.get(f"/guide/dibao/forms/{form_id}").status_code == HTTPStatus.NOT_FOUND
    assert runtime.knowledge.forms("dibao") == ()


def test_two_editors_do_not_overwrite_each_other(runtime: Runtime, author: Actor, second: Actor) -> None:
    desk = runtime.editing.forms
    desk.upload(author, "dibao", new(a_pdf(b"first")))

    with pytest.raises(FormChanged) as caught:
        desk.upload(second, "dibao", new(a_pdf(b"second")))

    assert caught.value.params["name"] == "李编辑"
    assert [one.number for one in desk.of_topic(author, "dibao")] == [1]


def test_only_editors_upload_and_only_under_a_name(runtime: Runtime, author: Actor) -> None:
    desk = runtime.editing.forms

    with pytest.raises(NotPermitted):
        desk.upload(a_member(runtime), "dibao", new())
    for name in ("", " ../ ", "字" * 61, "..."):
        with pytest.raises(BadInput):
            desk.upload(author, "dibao", new(name=name))
    desk.upload(author, "dibao", new(name='..\\低保"申请"\n表.'))
    assert desk.pending(author)[0].name == "低保申请表"


def sent(desk: TestClient, data: bytes, name: str) -> str:
    """What the page says to an upload."""
    token = token_in(desk.get("/console/knowledge/forms/dibao"))
    answer = desk.post(
        "/console/knowledge/forms/dibao",
        data={"csrf": token, "name": NAME, "version": "0"},
        files={"file": (name, data)},
    )
    return answer.text if answer.status_code != HTTPStatus.SEE_OTHER else "taken"


def test_a_bad_file_is_answered_in_words_and_a_good_one_is_taken(
    runtime: Runtime, author: Actor, second: Actor
) -> None:
    desk = desk_of(runtime, author)

    assert "这是网页文件" in sent(desk, HOSTILE, "低保申请表.pdf")
    assert "后缀和里面的内容对不上" in sent(desk, PNG, "低保申请表.pdf")
    assert "请先选择要上传的文件" in sent(desk, b"", "低保申请表.pdf")
    assert "最多 10 MB" in sent(desk, a_pdf(b"0" * 10_500_000), "低保申请表.pdf")
    assert "文件太大" in sent(desk, b"0" * 11_500_000, "低保申请表.pdf")
    assert runtime.editing.forms.pending(author) == []
    assert sent(desk, a_pdf(b"0" * 2_000_000), "低保申请表.pdf") == "taken"
    assert "已经传过新的一版" in sent(desk, a_pdf(), "低保申请表.pdf")

    waiting = runtime.editing.forms.pending(author)[0].id
    own = post(desk, f"/knowledge/form-files/{waiting}/approve")
    assert "要由另一个人审核" in own.text
    other = desk_of(runtime, second)
    assert "下载看看" in other.get("/console/knowledge/forms").text
    looked = other.get(f"/console/knowledge/form-files/{waiting}")
    assert looked.headers["content-disposition"].startswith("attachment")
    assert post(other, f"/knowledge/form-files/{waiting}/approve").status_code == HTTPStatus.SEE_OTHER
    assert "居民能下载" in desk.get("/console/knowledge/forms/dibao").text
