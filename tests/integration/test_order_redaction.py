"""What organisations can reach tells nothing of a person, but of an order they hold, while they hold it."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from bot.channels.telegram_staff import StaffChat, command_of
from tests.factories import FakeClock
from tests.integration.console_desk import desk_of, token_in
from tests.integration.test_orders import MARKED, a_record, a_volunteer, offered
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console

COMMANDS = ("queue", "mine", "claim", "detail", "note", "reply", "close", "found")


def every_page(runtime: Runtime, client: TestClient, *, number: str, order: int) -> Iterator[tuple[str, str]]:
    """The answer of every address of the console, by every method; the taker's own acts are left out."""
    values = {"number": number, "order_id": str(order), "task_id": "1", "staff_id": "1", "form": "listening"}
    token = token_in(client.get("/console/account"))
    for route in create_console(runtime).routes:
        if not isinstance(route, APIRoute) or route.path in {"/logout", "/login"}:
            continue
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "1"), route.path)
        if "GET" in (route.methods or ()):
            yield f"GET {route.path}", shown(client.get(f"/console{path}"))
        elif not route.path.startswith("/pool/"):
            yield f"POST {route.path}", shown(client.post(f"/console{path}", data={"csrf": token}))


def shown(answer: Response) -> str:
    """All of an answer that leaves the house."""
    return f"{answer.status_code} {dict(answer.headers)} {answer.text}"


def said(runtime: Runtime, chat_id: str, number: str) -> str:
    """All that a bound organisation can be told in Telegram: by command, by tap and by notice."""
    chat = StaffChat(runtime)
    words = []
    for name in COMMANDS:
        command = command_of(f"/{name} {number} 说明")
        if command is not None and chat.knows(command):
            words.append(asyncio.run(chat.obey(chat_id, command)).text)
    words += [str(asyncio.run(chat.tapped(chat_id, f"{action}:{number}"))) for action in ("claim", "detail")]
    notices = [one.text for one in runtime.outbox.due(limit=100) if one.peer == chat_id]
    return "\n".join([*words, *notices])


def telling(pages: Iterator[tuple[str, str]]) -> set[str]:
    """Addresses whose answer tells who the resident is."""
    return {name for name, text in pages if any(word in text for word in MARKED)}


def test_every_address_command_and_notice_hides_the_person_before_taking_and_after(
    runtime: Runtime, clock: FakeClock
) -> None:
    taker = a_volunteer(runtime)
    runtime.staff.bind_telegram(runtime.staff.bind_code(taker), "700")
    number, _, order, _ = offered(runtime, clock)
    # Notices wait until offices are open: the test begins at noon.
    clock.advance(timedelta(hours=3))
    client = desk_of(runtime, taker)

    assert "送餐" in client.get("/console/pool").text
    assert telling(every_page(runtime, client, number=number, order=order)) == set()
    before = said(runtime, "700", number)
    assert "助餐送餐" in before
    assert not any(word in before for word in MARKED)

    runtime.order_pool.take(taker, order)
    assert telling(every_page(runtime, client, number=number, order=order)) == {"GET /pool/{order_id}"}

    runtime.order_pool.record(taker, order, a_record(clock), is_last=True)
    assert telling(every_page(runtime, client, number=number, order=order)) == set()
    assert not any(word in said(runtime, "700", number) for word in MARKED)
    assert client.get(f"/console/pool/{order}").status_code == HTTPStatus.NOT_FOUND


def test_a_taker_of_another_order_sees_nothing_of_this_one(runtime: Runtime, clock: FakeClock) -> None:
    taker, other = a_volunteer(runtime), a_volunteer(runtime, "另一位")
    number, _, order, _ = offered(runtime, clock)
    runtime.order_pool.take(taker, order)

    client = desk_of(runtime, other)

    assert telling(every_page(runtime, client, number=number, order=order)) == set()
    late = client.post(f"/console/pool/{order}/take", data={"csrf": token_in(client.get("/console/account"))})
    assert late.status_code == HTTPStatus.CONFLICT
    assert "已经由演示志愿服务队接走了" in late.text
