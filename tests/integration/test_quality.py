"""The monthly sample on the real database: repeatable, never by whoever did the work, shown by item."""

from datetime import timedelta

import pytest

from tests.factories import FakeClock, a_member, an_arrival
from tests.integration.console_desk import desk_of, post
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded, TaskNotFound
from ticketing.domain.quality import drawn
from ticketing.domain.staff import Actor, Role
from ticketing.domain.vocabulary import Category

NOVEMBER = "2026-11"


def closed(runtime: Runtime, handler: Actor, peer: str) -> str:
    chat = runtime.intake.receive(an_arrival("西津街道路灯坏了", peer=peer)).conversation_id
    given = runtime.reports.open_report(chat, category=Category.OTHER_DEPARTMENT, text="西津街道路灯坏了")
    runtime.tickets.claim(handler, given.number)
    runtime.tickets.resolve(handler, given.number, result="路灯已经修好，今晚就亮")
    runtime.reports.rate(chat, score=5)
    return given.number


def test_a_lot_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    numbers = [f"NG20261101-{index:04d}" for index in range(200)]

    once, again = drawn(numbers, size=5, seed="a"), drawn(reversed(numbers), size=5, seed="a")

    assert once == again
    assert len(once) == 5
    assert once != drawn(numbers, size=5, seed="b")
    assert drawn(numbers[:2], size=5, seed="a") == tuple(numbers[:2])


def test_a_months_sample_is_drawn_once_filled_in_by_somebody_else_and_shown_by_item(
    runtime: Runtime, clock: FakeClock
) -> None:
    boss = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline")
    handler = a_member(runtime, role=Role.SUPERVISOR, unit="city-hotline", name="经手人")
    numbers = {closed(runtime, handler, f"p{index}") for index in range(5)}
    with pytest.raises(BadInput):
        runtime.quality.draw(boss, NOVEMBER)
    clock.advance(timedelta(days=10))

    sample = runtime.quality.draw(boss, NOVEMBER)
    again = runtime.quality.draw(boss, NOVEMBER)

    assert len(sample.checks) == runtime.quality.rules.per_unit
    assert {one.ticket_number for one in sample.checks} < numbers
    assert [one.id for one in again.checks] == [one.id for one in sample.checks]
    assert runtime.quality.of_month(handler, NOVEMBER).checks == ()
    answers = dict.fromkeys(runtime.quality.rules.items, "yes") | {"plain": "no", "plain_remark": "太官腔"}
    first = sample.checks[0].id
    with pytest.raises(SecondPersonNeeded):
        runtime.quality.fill(handler, first, answers)
    with pytest.raises(BadInput):
        runtime.quality.fill(boss, first, {"plain": "no"})
    with pytest.raises(NotPermitted):
        runtime.quality.fill(a_member(runtime), first, answers)
    page = post(desk_of(runtime, boss), f"/quality/{NOVEMBER}/{first}", **answers)
    assert page.headers["location"].endswith("done=quality")
    with pytest.raises(TaskNotFound):
        runtime.quality.fill(boss, first, answers)
    found = {one.item: one for one in runtime.quality.of_month(boss, NOVEMBER).found}
    assert (found["plain"].no, found["plain"].remarks, found["kind"].yes) == (1, ("太官腔",), 1)
    shown = desk_of(runtime, boss).get(f"/console/quality?month={NOVEMBER}").text
    assert "太官腔" in shown
    assert "经手人" not in shown
