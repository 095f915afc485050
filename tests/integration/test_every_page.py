"""One walk over every page as everybody: nobody reads what is not his, nothing is read unrecorded."""

import io
from collections.abc import Callable, Iterator

import pytest
from openpyxl import Workbook
from starlette.responses import HTMLResponse, Response

from tests.factories import FakeClock
from tests.integration.marked_town import (
    EVERYONE,
    ORDER,
    Answered,
    MarkedTown,
    build_town,
    leaks,
    unrecorded,
)
from tests.integration.own_house import own_house
from ticketing.console.gate import LOGGED_IN, needs
from ticketing.console.visit import Visited

#: Whose data each may see at all. Who only asked a question is seen by nobody but in his own conversation,
#: which nobody opens here: questions are shown without names.
ALLOWED = {
    "boss": frozenset(EVERYONE) - {"asker"},
    "operator": frozenset(EVERYONE) - {"asker"},
    # Townships are under civil affairs in this directory.
    "officer": frozenset({"order", "child", "back"}),
    # Only asked to join.
    "minors": frozenset({"child"}),
    "xijin": frozenset({"child"}),
    "nanshan": frozenset({"back"}),
}
#: May see nobody: another town, the keeper of accounts, an organisation that took nothing, a stranger.
OUTSIDERS = ("meilin", "admin", "volunteer", "nobody")


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """One for all cases here; it only goes forward."""
    return FakeClock()


@pytest.fixture(scope="module")
def town(
    postgres: str, valkey_url: str, clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MarkedTown]:
    """One house for all cases here: they only look."""
    home = tmp_path_factory.mktemp("every_page")
    with own_house("test_every_page", (postgres, valkey_url), home, clock) as runtime:
        yield build_town(runtime, clock)


@pytest.fixture(scope="module")
def walked(town: MarkedTown) -> list[Answered]:
    """Every page opened by everybody, and every form sent by those who may do nothing here."""
    opened = [one for who in (*ALLOWED, *OUTSIDERS) for one in town.walk(who)]
    return opened + [one for who in OUTSIDERS if who != "nobody" for one in town.walk(who, "POST")]


def test_nobody_is_shown_what_is_not_his_on_any_page_in_any_file_or_error(walked: list[Answered]) -> None:
    assert leaks(walked, ALLOWED) == []


def test_the_walk_reaches_everybody_it_should_protect(walked: list[Answered]) -> None:
    seen = {who: {key for one in walked if one.who == who for key in one.told} for who in ALLOWED}

    assert seen == ALLOWED


def test_every_page_that_shows_a_person_or_refuses_leaves_a_record(walked: list[Answered]) -> None:
    assert unrecorded(walked) == []


def test_records_hold_nothing_of_what_was_read(walked: list[Answered]) -> None:
    kept = str([record for one in walked for record in one.records])

    assert kept
    assert [key for key, person in EVERYONE.items() if person.are_in(kept)] == []


def leaking_page(_: Visited) -> Response:
    """Tells of a person, and nobody wrote it down."""
    return HTMLResponse(f"<p>{ORDER.name}</p>")


def leaking_file(_: Visited) -> Response:
    """The same in a spreadsheet."""
    book, file = Workbook(), io.BytesIO()
    book.create_sheet().append([ORDER.phone])
    book.save(file)
    return Response(file.getvalue(), media_type="application/octet-stream")


def leaking_error(_: Visited) -> Response:
    """The same in a refusal's text."""
    return HTMLResponse(f"{ORDER.place}不归您看", status_code=409)


@pytest.mark.parametrize("leak", [leaking_page, leaking_file, leaking_error])
def test_the_walk_finds_a_leak(town: MarkedTown, leak: Callable[[Visited], Response]) -> None:
    seeded = MarkedTown(town.runtime, town.clock, town.people, town.ids)
    seeded.console.add_api_route("/leak", needs(LOGGED_IN)(leak), methods=["GET"])

    found = [one for who in ("boss", "meilin") for one in seeded.walk(who, only="/leak")]

    assert len(leaks(found, ALLOWED)) == 1
    assert len(unrecorded(found)) == len(found)
