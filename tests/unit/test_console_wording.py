"""Time, places and events in plain Chinese words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOON, FakeClock, a_view
from ticketing.bootstrap import Runtime, build
from ticketing.console.wording import Wording
from ticketing.domain.lifecycle import Move, Status
from ticketing.domain.staff import Role
from ticketing.domain.ticket import Field, TicketEvent
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.settings import Settings

TICKET = replace(
    a_view(),
    accept_by_at=NOON + timedelta(hours=1),
    first_contact_by_at=NOON + timedelta(hours=2),
    resolve_by_at=NOON + timedelta(days=10),
)


@pytest.fixture(scope="module")
def runtime_unconnected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """Everything wired, on servers that are not there."""
    nowhere = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1",
        secret="a-secret-for-tests-only-0123456789abcdef",
    )
    built = build(nowhere, clock=FakeClock(NOON))
    yield built
    built.close()


@pytest.fixture
def wording(runtime_unconnected: Runtime) -> Wording:
    """The words of the shipped texts."""
    return Wording(runtime_unconnected)


def an_event(kind: str, **data: str) -> TicketEvent:
    """An event without an actor of staff."""
    return TicketEvent(id=1, kind=kind, at=NOON, actor_name=None, text="", data=data)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "还剩 1 分钟"),
        (timedelta(minutes=59), "还剩 59 分钟"),
        (timedelta(hours=2), "还剩 2 小时"),
        (timedelta(hours=47, minutes=59), "还剩 47 小时"),
        (timedelta(days=10), "还剩 10 天"),
        (-timedelta(minutes=15), "已超时 15 分钟"),
        (-timedelta(hours=3), "已超时 3 小时"),
    ],
)
def test_a_deadline_is_told_in_the_largest_fitting_unit(
    wording: Wording, span: timedelta, words: str
) -> None:
    assert wording.left(NOON + span) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON, "今天 12:00"),
        (NOON - timedelta(hours=12, minutes=1), "昨天 23:59"),
        (datetime(2026, 10, 1, 1, 5, tzinfo=UTC), "10月1日 09:05"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "1月1日 00:00"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025年12月31日 23:59"),
    ],
)
def test_an_instant_is_told_in_beijing_time(wording: Wording, at: datetime, words: str) -> None:
    assert wording.when(at) == words


def test_the_deadline_that_counts_is_to_claim_and_then_to_finish(wording: Wording) -> None:
    waiting = wording.next_deadline(TICKET)
    working = wording.next_deadline(replace(TICKET, status=Status.IN_PROGRESS))

    assert waiting is not None
    assert working is not None
    assert (waiting.name, working.name) == ("accept", "resolve")
    assert wording.next_deadline(replace(TICKET, status=Status.CLOSED)) is None


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (an_event("dispatch", unit="town-xijin"), "派给西津街道"),
        (an_event("refer", target="police"), "转介到公安机关（110）"),
        (an_event("filled", field="since"), "补充了从什么时候开始"),
        (an_event("rated", score="5"), "评价：非常满意"),
        (an_event("risk_raised", risk="emergency"), "风险调整为紧急"),
        (an_event("opened"), "登记工单（）"),
        (an_event("something_new"), "有变动"),
    ],
)
def test_an_event_is_told_with_names_for_slugs(wording: Wording, event: TicketEvent, words: str) -> None:
    assert wording.event(event) == words


def test_what_the_resident_did_is_told_apart_from_what_the_system_did(wording: Wording) -> None:
    assert wording.actor(an_event("added")) == wording.actor(an_event("close", by="resident")) == "反映人"
    assert wording.actor(an_event("escalate")) == "系统"
    assert wording.actor(replace(an_event("claim"), actor_name="王主任")) == "王主任"


def test_every_slug_a_page_can_show_has_its_word(wording: Wording) -> None:
    keys = [
        *(f"status_{status}" for status in Status),
        *(f"channel_{channel}" for channel in Channel),
        *(f"role_{role}" for role in Role),
        *(f"field_{name}" for name in Field),
        *(f"event_{move}" for move in Move),
    ]

    assert [key for key in keys if not wording.has(key)] == []
    assert all(wording.category(category) and wording.risk(Risk.NONE) for category in Category)


def test_an_unknown_field_shows_its_own_name(wording: Wording) -> None:
    assert wording.field("weather") == "weather"
    assert wording.kind("hologram") == "没有文字"
