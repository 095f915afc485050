"""What the city states: two persons, every version kept, two editors at once, seen by other processes."""

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Thread
from time import sleep

import pytest

from tests.factories import FakeClock, a_member
from ticketing.bootstrap import Runtime, build
from ticketing.domain.city_errors import (
    AlreadyDecided,
    EntryRefused,
    FieldChanged,
    FieldNotFound,
    NothingToUndo,
    OwnEntry,
)
from ticketing.domain.city_facts import FieldStatus, RevisionState
from ticketing.domain.clock import today
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.fact_values import Typed, ValueProblem
from ticketing.domain.staff import Actor, Role
from ticketing.services.live_city import LOOK_EVERY_S
from ticketing.settings import Settings
from ticketing.storage.city_facts import CityFacts, Published

CITY = "city-hotline"
DIBAO = ("dibao", "monthly_standard")


def typed(value: str = "780", **parts: str) -> Typed:
    """What an editor fills in, everything right."""
    whole = {
        "value": value,
        "source": "宁民〔2026〕12号",
        "valid_from": "2026-07-01",
        "valid_to": "",
        "review_by": "2027-06-30",
        "note": "",
        **parts,
    }
    return Typed(**whole)


@pytest.fixture
def editor(runtime: Runtime) -> Actor:
    """Answers the telephone, enters what the bureau told her."""
    return a_member(runtime, role=Role.OPERATOR, unit=CITY, name="陈接线")


@pytest.fixture
def approver(runtime: Runtime) -> Actor:
    """Signs."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")


def answer(runtime: Runtime, topic: str = "dibao", aspect: str = "amount") -> str:
    """What a resident reads now."""
    return runtime.knowledge.answer(topic, aspect, today=today(runtime.clock)).text


def stated(runtime: Runtime, editor: Actor, approver: Actor, value: str = "780", **parts: str) -> None:
    """A value entered and approved."""
    version = runtime.city_desk.sheet(editor, *DIBAO).version
    entered = runtime.city_desk.enter(editor, *DIBAO, typed=typed(value, **parts), version=version)
    runtime.city_desk.approve(approver, [entered.id])


def test_a_value_is_stated_only_after_a_second_person_approved_it(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    before = answer(runtime)
    entered = runtime.city_desk.enter(editor, *DIBAO, typed=typed("780元"), version=0)
    waiting = answer(runtime)
    runtime.city_desk.approve(approver, [entered.id])

    assert "本地低保标准：本市尚未录入" in before
    assert waiting == before
    assert "本地低保标准：780元/人·月（宁民〔2026〕12号，2026年7月1日起）。" in answer(runtime)


def test_nobody_approves_his_own(runtime: Runtime, approver: Actor) -> None:
    entered = runtime.city_desk.enter(approver, *DIBAO, typed=typed(), version=0)

    with pytest.raises(OwnEntry):
        runtime.city_desk.approve(approver, [entered.id])

    assert "780" not in answer(runtime)


def test_who_may_not_approve_or_edit_is_told_so(runtime: Runtime, editor: Actor) -> None:
    worker = a_member(runtime)
    entered = runtime.city_desk.enter(editor, *DIBAO, typed=typed(), version=0)

    with pytest.raises(NotPermitted):
        runtime.city_desk.approve(a_member(runtime, role=Role.OPERATOR, unit=CITY), [entered.id])
    with pytest.raises(NotPermitted):
        runtime.city_desk.enter(worker, *DIBAO, typed=typed(), version=1)
    with pytest.raises(NotPermitted):
        runtime.city_overview.checklist(worker)


def test_of_two_editors_the_second_is_told_and_nothing_is_lost(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    seen = runtime.city_desk.sheet(editor, *DIBAO).version
    runtime.city_desk.enter(editor, *DIBAO, typed=typed("780"), version=seen)

    with pytest.raises(FieldChanged) as told:
        runtime.city_desk.enter(approver, *DIBAO, typed=typed("790"), version=seen)

    assert told.value.params["name"] == "陈接线"
    history = runtime.city_desk.sheet(editor, *DIBAO).history
    assert [past.revision.value for past in history] == ["780"]


def test_two_editors_at_the_same_instant_leave_one_entry(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    outcomes: list[str] = []

    def enter(actor: Actor, value: str) -> None:
        try:
            runtime.city_desk.enter(actor, *DIBAO, typed=typed(value), version=0)
            outcomes.append("entered")
        except FieldChanged:
            outcomes.append("told")

    threads = [Thread(target=enter, args=one) for one in ((editor, "780"), (approver, "790")) for _ in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["entered", *["told"] * 7]


def test_an_entry_replaced_before_its_decision_is_kept_but_cannot_be_approved(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    first = runtime.city_desk.enter(editor, *DIBAO, typed=typed("780"), version=0)
    runtime.city_desk.enter(editor, *DIBAO, typed=typed("790"), version=1)

    with pytest.raises(AlreadyDecided):
        runtime.city_desk.approve(approver, [first.id])

    history = runtime.city_desk.sheet(editor, *DIBAO).history
    assert [(one.revision.value, one.revision.state) for one in history] == [
        ("790", RevisionState.PENDING),
        ("780", RevisionState.SUPERSEDED),
    ]


def test_all_of_a_bulk_is_approved_or_nothing(runtime: Runtime, editor: Actor, approver: Actor) -> None:
    others = runtime.city_desk.enter(editor, *DIBAO, typed=typed(), version=0)
    own = runtime.city_desk.enter(approver, "tekun", "basic_standard", typed=typed("1000"), version=0)

    with pytest.raises(OwnEntry):
        runtime.city_desk.approve(approver, [others.id, own.id])

    assert "780" not in answer(runtime)


def test_the_history_tells_who_when_and_what_changed_and_an_undo_is_a_new_entry(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    stated(runtime, editor, approver, "780")
    stated(runtime, editor, approver, "7800", source="宁民〔2026〕13号")
    assert "7800元" in answer(runtime)

    version = runtime.city_desk.sheet(editor, *DIBAO).version
    undone = runtime.city_desk.undo(editor, *DIBAO, to=1, version=version)
    runtime.city_desk.approve(approver, [undone.id])

    history = runtime.city_desk.sheet(editor, *DIBAO).history
    assert [one.revision.number for one in history] == [3, 2, 1]
    assert {one.revision.entered_name for one in history} == {"陈接线"}
    assert {one.revision.decided_name for one in history} == {"郑主管"}
    assert [(one.part, one.before, one.after) for one in history[1].changes] == [
        ("value", "780", "7800"),
        ("source", "宁民〔2026〕12号", "宁民〔2026〕13号"),
    ]
    assert "本地低保标准：780元/人·月" in answer(runtime)


def test_a_value_taken_back_is_missing_again(runtime: Runtime, editor: Actor, approver: Actor) -> None:
    stated(runtime, editor, approver)
    version = runtime.city_desk.sheet(editor, *DIBAO).version

    back = runtime.city_desk.take_back(editor, *DIBAO, reason="文件废止", version=version)
    runtime.city_desk.approve(approver, [back.id])

    assert "尚未录入" in answer(runtime)
    with pytest.raises(NothingToUndo):
        runtime.city_desk.undo(editor, *DIBAO, to=2, version=version + 2)


def test_sending_back_needs_a_reason_which_is_kept(runtime: Runtime, editor: Actor, approver: Actor) -> None:
    entered = runtime.city_desk.enter(editor, *DIBAO, typed=typed(), version=0)

    with pytest.raises(BadInput):
        runtime.city_desk.refuse(approver, entered.id, reason=" ")
    runtime.city_desk.refuse(approver, entered.id, reason="文号不对")

    last = runtime.city_desk.sheet(editor, *DIBAO).history[0].revision
    assert (last.state, last.reason, last.decided_name) == (RevisionState.REFUSED, "文号不对", "郑主管")
    assert runtime.city_desk.pending(approver) == ()


def test_every_flaw_of_an_entry_is_told_at_once(runtime: Runtime, editor: Actor) -> None:
    wrong = typed("很多", source="", valid_from="", valid_to="2026-13-01", review_by="2020-01-01")

    with pytest.raises(EntryRefused) as refused:
        runtime.city_desk.enter(editor, *DIBAO, typed=wrong, version=0)

    assert {(flaw.part, flaw.problem) for flaw in refused.value.flaws} == {
        ("value", ValueProblem.NOT_MONEY),
        ("source", ValueProblem.SOURCE_MISSING),
        ("valid_from", ValueProblem.DAY_MISSING),
        ("valid_to", ValueProblem.NOT_A_DAY),
    }


def test_a_field_no_item_declares_is_not_there(runtime: Runtime, editor: Actor) -> None:
    for topic, key in (("dibao", "moon"), ("lottery", "monthly_standard")):
        with pytest.raises(FieldNotFound):
            runtime.city_desk.enter(editor, topic, key, typed=typed(), version=0)


@pytest.fixture
def other(settings: Settings, clock: FakeClock) -> Iterator[Runtime]:
    """Another process of the house."""
    built = build(settings, clock=clock)
    yield built
    built.close()


def test_another_process_sees_an_approval_without_a_restart(
    runtime: Runtime, other: Runtime, editor: Actor, approver: Actor
) -> None:
    assert "尚未录入" in answer(other)
    stated(runtime, editor, approver)
    sleep(LOOK_EVERY_S)

    assert "780元/人·月" in answer(other)


def test_many_answers_ask_the_database_once_a_second(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    ask = CityFacts.published_since

    def counted(self: CityFacts, count: int) -> Published:
        looks.append(count)
        return ask(self, count)

    monkeypatch.setattr(CityFacts, "published_since", counted)

    for _ in range(200):
        answer(runtime)

    assert len(looks) <= 2


def test_the_checklist_shows_what_is_missing_first_by_how_often_it_is_asked(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    stated(runtime, editor, approver)

    checklist = runtime.city_overview.checklist(editor)

    assert checklist.rows[-1].field.key == "monthly_standard"
    assert checklist.rows[0].standing.status is FieldStatus.EMPTY
    shares = {one.area: one for one in checklist.shares}
    assert (shares["救助与补贴"].filled, shares["殡葬"].filled) == (1, 0)


def test_what_ran_out_becomes_a_task_once_and_is_closed_by_a_renewal(
    runtime: Runtime, clock: FakeClock, editor: Actor, approver: Actor
) -> None:
    stated(runtime, editor, approver, review_by="2026-12-01")
    assert runtime.city_overview.sweep() == 0

    clock.advance(timedelta(days=9))
    opened = [runtime.city_overview.sweep(), runtime.city_overview.sweep()]
    tasks = runtime.city_overview.renewals(editor)
    past = answer(runtime)
    stated(runtime, editor, approver, "790", review_by="2027-12-01")
    runtime.city_overview.sweep()

    assert opened == [1, 0]
    assert [(one.kind, one.topic, one.key, one.unit, one.due_on) for one in tasks] == [
        ("field", "dibao", "monthly_standard", "city-civil-affairs", date(2026, 12, 1))
    ]
    assert (
        "到2026年12月1日为止是780元/人·月（宁民〔2026〕12号），之后的还没有核实，请打12345问现在的。" in past
    )
    assert runtime.city_overview.renewals(editor) == ()
    assert "790元/人·月" in answer(runtime)


def test_the_calendar_has_items_and_the_citys_own_facts(
    runtime: Runtime, editor: Actor, approver: Actor
) -> None:
    stated(runtime, editor, approver)

    calendar = runtime.city_overview.calendar(editor)

    assert [one.day for one in calendar] == sorted(one.day for one in calendar)
    assert {"item", "field"} <= {one.kind for one in calendar}
    assert date(2027, 6, 30) in {one.day for one in calendar if one.kind == "field"}
