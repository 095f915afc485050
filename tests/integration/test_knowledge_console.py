"""Pages of the city's own facts: who may see them, and what is said of a hostile or huge upload."""

from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.factories import a_member
from tests.integration.console_desk import CITY, desk_of, post, token_in
from tests.integration.test_city_facts import DIBAO, typed
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role

PAGES = ("/knowledge", "/knowledge/pending", "/knowledge/calendar", "/knowledge/renewals", "/knowledge/sheet")


def upload(desk: TestClient, data: bytes, name: str = "a.xlsx") -> Response:
    """Send a file by the form."""
    token = token_in(desk.get("/console/knowledge/sheet"))
    return desk.post("/console/knowledge/sheet", data={"csrf": token}, files={"file": (name, data)})


@pytest.mark.parametrize(
    "page", [*PAGES, "/knowledge/fields/dibao/monthly_standard", "/knowledge/sheet/file"]
)
def test_the_pages_are_for_those_who_may_edit(runtime: Runtime, page: str) -> None:
    operator = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    worker = desk_of(runtime, a_member(runtime))

    assert operator.get(f"/console{page}").status_code == HTTPStatus.OK
    assert worker.get(f"/console{page}").status_code == HTTPStatus.FORBIDDEN


def test_a_field_no_item_has_is_no_page(runtime: Runtime) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))

    assert desk.get("/console/knowledge/fields/dibao/moon").status_code == HTTPStatus.NOT_FOUND


def test_who_may_only_edit_cannot_approve_by_address_either(runtime: Runtime) -> None:
    author = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    entered = runtime.city_desk.enter(author, *DIBAO, typed=typed(), version=0)
    operator = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    chosen = {f"entry-{entered.id}": "yes"}

    refused = post(operator, "/knowledge/pending/approve", **chosen)
    own = post(desk_of(runtime, author), "/knowledge/pending/approve", **chosen)

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert own.status_code == HTTPStatus.FORBIDDEN
    assert "要由另一个人审核" in own.text
    assert len(runtime.city_desk.pending(author)) == 1


def test_what_an_editor_types_is_shown_as_text(runtime: Runtime) -> None:
    author = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    hostile = typed("780", source="<script>alert(1)</script>")
    runtime.city_desk.enter(author, *DIBAO, typed=hostile, version=0)

    for page in ("/knowledge/pending", "/knowledge/fields/dibao/monthly_standard"):
        text = desk_of(runtime, author).get(f"/console{page}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"", HTTPStatus.UNPROCESSABLE_ENTITY, "请先选择要导入的表格"),
        (b"<html><script>alert(1)</script>", HTTPStatus.UNPROCESSABLE_ENTITY, "这不是 Excel 表格"),
        (b"PK\x03\x04" + b"\x00" * 2_000_000, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "文件太大"),
    ],
    ids=["nothing chosen", "a page", "two megabytes"],
)
def test_a_bad_upload_is_answered_in_words(
    runtime: Runtime, data: bytes, status: HTTPStatus, sentence: str
) -> None:
    desk = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))

    answer = upload(desk, data)

    assert answer.status_code == status
    assert sentence in answer.text
