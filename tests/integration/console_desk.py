"""A browser at the staff console, for the tests of its pages."""

import re
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.factories import PASSWORD, a_risk_arrival
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console
from ticketing.domain.casework import PoliceReport
from ticketing.domain.staff import Actor

CITY = "city-hotline"
#: The console of the test that runs now: its hundred routes take a tenth of a second to build.
_served: list[tuple[Runtime, FastAPI]] = []


def mounted(console: FastAPI) -> FastAPI:
    """The console where it stands in the house."""
    house = FastAPI()
    house.mount("/console", console)
    return house


def browser(runtime: Runtime, *, base_url: str = "http://testserver") -> TestClient:
    """A browser that knows nobody yet; all browsers of a test are at the same console."""
    if not _served or _served[-1][0] is not runtime:
        _served[:] = [(runtime, mounted(create_console(runtime)))]
    return TestClient(_served[-1][1], base_url=base_url, follow_redirects=False)


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


def told_police(runtime: Runtime, actor: Actor, number: str) -> None:
    """A child's ticket does not end, and is not sent away, without it."""
    report = PoliceReport(runtime.clock.now(), "西津派出所", "回执2026-118")
    runtime.child_cases.report_police(actor, number, report)


def hidden(page: Response, deed: str) -> dict[str, str]:
    """The hidden fields of one form of the ticket's page."""
    form = re.search(rf'action="[^"]*/{deed}">(.*?)</form>', page.text, re.DOTALL)
    assert form is not None
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', form[1]))
