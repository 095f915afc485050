"""Long lists, searching and numbering: nothing grows with what is closed, nothing is seen that may not be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest

from tests.factories import FakeClock, a_member
from tests.integration.console_desk import CITY, desk_of
from tests.integration.test_month import a_boss
from ticketing.bootstrap import Runtime
from ticketing.domain.clock import today
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import PhoneReport
from ticketing.domain.vocabulary import Category, Risk
from ticketing.storage import tickets as ticket_storage


def filed(runtime: Runtime, operator: Actor, text: str, place: str = "西津街道") -> str:
    """A matter of a town, entered by telephone; its number."""
    report = PhoneReport(Category.ELDER_HARM, Risk.URGENT, text, place=place)
    return runtime.tickets.file(operator, report).number


def an_operator(runtime: Runtime) -> Actor:
    return a_member(runtime, role=Role.OPERATOR, unit=CITY)


def found(runtime: Runtime, actor: Actor, asked: str) -> list[str]:
    """Numbers found."""
    return [one.number for one in runtime.tickets.search(actor, asked).items]


def test_a_ticket_is_found_by_its_number_and_by_any_words_of_the_report(runtime: Runtime) -> None:
    operator = an_operator(runtime)
    older = filed(runtime, operator, "王大爷一个人在家摔倒了，没人照料")
    newer = filed(runtime, operator, "李奶奶没人照料，家里断电")

    assert found(runtime, operator, older) == [older]
    assert found(runtime, operator, older.lower()) == [older]
    assert found(runtime, operator, "没人照料") == [newer, older]
    assert found(runtime, operator, "照料 断电") == [newer]
    assert found(runtime, operator, f"{older} 断电") == found(runtime, operator, older[:-1]) == []
    # Every pair of it is there, but not the word.
    assert found(runtime, operator, "没人照料，没人") == []
    assert found(runtime, operator, "100%_") == found(runtime, operator, "料") == []


def test_nobody_finds_what_he_may_not_see(runtime: Runtime) -> None:
    operator = an_operator(runtime)
    ours = filed(runtime, operator, "老人没人照料", place="西津街道")
    theirs = filed(runtime, operator, "老人没人照料", place="南山街道")
    worker, other = a_member(runtime, unit="town-xijin"), a_member(runtime, unit="town-nanshan")

    assert found(runtime, worker, "没人照料") == [ours]
    assert found(runtime, other, "没人照料") == [theirs]
    assert found(runtime, worker, theirs) == []
    page = desk_of(runtime, worker).get(f"/console/search?q={theirs}")
    assert page.status_code == HTTPStatus.OK
    assert "没有找到" in page.text


def test_a_search_is_told_to_go_on(runtime: Runtime) -> None:
    operator = an_operator(runtime)
    numbers = [filed(runtime, operator, "老人没人照料") for _ in range(21)]

    first = runtime.tickets.search(operator, "照料")
    second = runtime.tickets.search(operator, "照料", page=2)

    assert [one.number for one in (*first.items, *second.items)] == numbers[::-1]
    assert (first.has_more, second.has_more) == (True, False)
    desk = desk_of(runtime, operator)
    assert "/console/search?q=%E7%85%A7%E6%96%99&amp;page=2" in desk.get("/console/search?q=照料").text
    assert desk.get("/console/search?q=%00&page=0").status_code == HTTPStatus.NOT_FOUND


def test_a_long_list_says_more_than(
    runtime: Runtime, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, boss = an_operator(runtime), a_boss(runtime)
    for _ in range(4):
        filed(runtime, operator, "老人没人照料")
    clock.advance(timedelta(days=1))
    monkeypatch.setattr(ticket_storage, "COUNTED_MAX", 3)
    monkeypatch.setattr(ticket_storage, "UNIT_COUNTED_MAX", 2)

    page = runtime.tickets.queue(boss, scope="overdue")

    assert (len(page.items), page.total, page.has_more, page.counted) == (4, 3, True, "3+")
    assert runtime.reporting.overdue_by_unit(boss) == {"town-xijin": 2}
    assert "超过 3 件" in desk_of(runtime, boss).get("/console/queue?scope=overdue").text


def test_numbers_are_the_days_own_and_never_given_twice(runtime: Runtime, clock: FakeClock) -> None:
    operator = an_operator(runtime)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: filed(runtime, operator, "老人没人照料"), range(24)))
    clock.advance(timedelta(days=1))

    assert len(set(numbers)) == 24
    assert filed(runtime, operator, "第二天") == "NG20261124-0001"


def test_nobody_waits_for_the_number_of_a_ticket_that_is_still_being_written(runtime: Runtime) -> None:
    operator = an_operator(runtime)
    first = filed(runtime, operator, "第一件")

    with runtime.office.transaction() as writing:
        taken = writing.tickets.next_number(today(runtime.clock))
        # In a row behind the one above it would wait for the lock, and give up.
        second = filed(runtime, operator, "第二件")

    assert [number[-4:] for number in (first, taken, second)] == ["0001", "0002", "0003"]
