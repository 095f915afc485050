"""What the notice tells beside its table: finds of workers, and the season's warning, on real rows."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.factories import FakeClock, a_member
from tests.integration.console_desk import CITY
from ticketing.bootstrap import Runtime
from ticketing.domain.discovery import Found
from ticketing.domain.month import Month, Settled
from ticketing.domain.staff import Role
from ticketing.domain.ticket import PhoneReport
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Risk

A_FIND = Found(token="one", who="elder", what="hungry", risk=Risk.URGENT, village="xijin-jinbei")


def test_what_workers_find_stands_beside_the_table_and_betters_no_rate(
    runtime: Runtime, clock: FakeClock
) -> None:
    clock.at = datetime(2026, 11, 3, 2, tzinfo=UTC)
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    worker, director = a_member(runtime), a_member(runtime, unit="village-xijin-jinbei")
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    report = PhoneReport(Category.ELDER_HARM, Risk.URGENT, "老人没人管", place="西津街道")
    runtime.tickets.file(operator, report)
    for token in ("one", "two"):
        find = runtime.discovering.report(director, replace(A_FIND, token=token), Finding.nothing())
        number = find.ticket.number
    runtime.tickets.claim(worker, number)
    runtime.tickets.resolve(worker, number, result="已把米面送到家里")
    child = replace(A_FIND, token="child", who="child", what="hurt")
    runtime.discovering.report(director, child, Finding.nothing())

    told = runtime.monthly.report(boss, Month(2026, 11))
    paper = runtime.monthly.paper(boss, Month(2026, 11))

    total = told.total
    assert (total.opened, total.total, total.hotline) == (4, 1, Settled(open=1))
    assert total.found == Settled(on_time=1, open=2)
    assert total.is_balanced
    assert len(told.rows) == 1
    # Found or told, a child's case is one; and all of them show by which way they came.
    assert (total.small, told.channels["discovery"]) == (1, (3, 0))
    notes = paper.sections[0].notes
    assert "另有工作人员主动发现 3 件（按时办结 1 件，超时办结 0 件，未办结 2 件）" in notes[1]


def test_last_years_december_warns_this_november_and_a_storms_repeats_do_not(
    runtime: Runtime, clock: FakeClock
) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    cold = PhoneReport(Category.HOMELESS_PERSON, Risk.URGENT, "桥下有个流浪老人", place="西津街道")
    outage = PhoneReport(Category.OTHER_DEPARTMENT, Risk.NONE, "大风刮断电线停电了", place="西津街道")
    for year, month, count in ((2025, 11, 1), (2025, 12, 6), (2026, 3, 2), (2026, 11, 1)):
        clock.at = datetime(year, month, 3, 2, tzinfo=UTC)
        for _ in range(count):
            runtime.tickets.file(operator, cold)
    clock.at = datetime(2025, 12, 20, 2, tzinfo=UTC)
    first, *repeats = [runtime.tickets.file(operator, outage).number for _ in range(8)]
    for number in repeats:
        runtime.tickets.merge(boss, number, into=first, reason="同一处停电")
    clock.at = datetime(2026, 12, 2, 2, tzinfo=UTC)

    papers = {month: runtime.monthly.paper(boss, Month(2026, month)) for month in (3, 11)}

    seasons = {
        month: next(one.notes for one in paper.sections if one.title == "季节预警")
        for month, paper in papers.items()
    }
    assert seasons[11][:-1] == (
        "2026年12月：流浪、走失人员。去年同月 6 件，近十二个月平均每月 0.8 件，请提前准备。",
    )
    assert seasons[3][0] == "数据还不满一年，不做季节预警。"
