"""What nobody writes who wants help, over HTTP to a whole house: it answers, goes on and opens no ticket."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from bot.gateway import gateway_of
from bot.messages import InboundMessage
from bot.rasa_client import RasaClient
from bot.web import House, app_of
from tests.dialogue.conftest import PATIENCE_S
from tests.hostile.inputs import CUT, HALVES, NAMED, inputs
from tests.hostile.logs import Logs
from tests.hostile.talking import Examiner
from tests.language_house import work_s
from ticketing.bootstrap import Runtime, build
from ticketing.settings import Settings

RANDOM = 20
#: Each makes the same of it as the first.
ALIKE = tuple(f"{half} for ever" for half in HALVES[1:])
#: So long that most of them are refused; each third is said cut to what is read.
LONG = tuple(name for number, name in enumerate(CUT) if number % 3)
SAMPLE = [
    one
    for one in inputs(len(NAMED) + len(CUT) + RANDOM)
    if not one[0].startswith(ALIKE) and one[0] not in LONG
]


@pytest.fixture(scope="module")
def site(house: Settings) -> Iterator[str]:
    """The residents' pages of the house, in this process, so that a fault can be put in."""
    runtime = build(house)
    patient = RasaClient(house.rasa_url, reply_timeout_s=PATIENCE_S, parse_timeout_s=PATIENCE_S)
    app = app_of(House(runtime, gateway_of(runtime, language=patient), RasaClient(house.rasa_url)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def tickets(runtime: Runtime) -> Callable[[], int]:
    """Counts the tickets opened during this test."""
    before = runtime.reporting.figures().total
    return lambda: runtime.reporting.figures().total - before


def test_hostile_texts_are_answered_quickly_break_nothing_and_open_no_ticket(
    site: str, home: Path, tickets: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    logs, examiner = Logs(home), Examiner(site, watch=work_s())

    done = list(examiner.examine(SAMPLE))

    assert len(done) > len(SAMPLE)
    assert examiner.faults() == []
    assert tickets() == 0
    assert logs.troubles() == []
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_a_house_that_chokes_on_half_a_character_would_be_seen(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_it_came(message: InboundMessage) -> InboundMessage:
        return replace(message)

    monkeypatch.setattr("bot.gateway.cleaned", as_it_came)
    examiner = Examiner(site)

    list(examiner.examine([("half a character", NAMED["half a character"]), ("nul", NAMED["nul"])]))

    assert [fault for fault in examiner.faults() if fault.startswith("half a character: HTTP 500")]


def test_a_ticket_and_a_slow_reply_would_be_seen(site: str, home: Path, tickets: Callable[[], int]) -> None:
    logs = Logs(home)
    ticks = iter(range(0, 10_000, 3))
    examiner = Examiner(site, watch=lambda: float(next(ticks)))

    list(examiner.examine([("a cry for help", "我不想活了")]))

    # One in each conversation: it is said once more among others.
    assert tickets() == 2
    assert "a cry for help: 3.00 s" in examiner.faults()
    assert logs.troubles() == []
