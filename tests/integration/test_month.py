"""The monthly notice on real rows: Ningguo's table to the digit, and a closed month that never changes."""

import io
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from openpyxl import load_workbook

from tests.factories import FakeClock, a_finding, a_member, a_risk_arrival, an_arrival
from tests.integration.april_2022 import APRIL, PRINTED, load, raw_rows, with_bureaus
from tests.integration.console_desk import CITY, desk_of, told_police
from ticketing.bootstrap import DATA, Runtime
from ticketing.domain.closure import Answer, CallBack, Reach
from ticketing.domain.errors import NotPermitted
from ticketing.domain.month import Counts, Month
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import PhoneReport, StoredReply
from ticketing.domain.vocabulary import Category, Risk
from ticketing.knowledge.month import load_month_rules
from ticketing.services.monthly import Monthly

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOVEMBER = Month(2026, 11)


def plain_url(runtime: Runtime) -> str:
    """The database's address without SQLAlchemy's driver."""
    return runtime.settings.database_url.replace("postgresql+psycopg://", "postgresql://")


def a_boss(runtime: Runtime) -> Actor:
    """Somebody who may see figures."""
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")


def test_ningguos_table_of_april_2022_comes_out_to_the_digit(runtime: Runtime) -> None:
    load(plain_url(runtime), raw_rows())
    monthly = with_bureaus(runtime.office, load_month_rules(DATA / "month"))

    paper = monthly.paper(a_boss(runtime), APRIL)

    table = paper.sections[0].table
    assert table is not None
    assert [column.title for column in table.columns] == [
        "单位", "总数", "按时办结", "超时办结", "未办结", "按时办结", "超时办结", "未办结",
        "结案率", "按时结案率", "不满意数", "不满意率",
    ]  # fmt: skip
    assert table.groups[2:4] == (("12345热线", 3), ("政民互动", 3))
    for row, bureau in zip(table.rows, PRINTED, strict=True):
        total = bureau.hotline + bureau.interaction
        assert row == (
            bureau.name, total, bureau.hotline, 0, 0, bureau.interaction, 0, 0,
            f"100.0%（{total}÷{total}）", f"100.0%（{total}÷{total}）",
            bureau.dissatisfied, f"{bureau.printed}（{bureau.dissatisfied}÷{bureau.hotline}）",
        )  # fmt: skip
    assert table.total[:2] == ("合计", 99 + 77 + 68 + 68 + 41)
    assert len(paper.raw.table.rows if paper.raw.table else ()) == table.total[1]


def a_lived_in_month(runtime: Runtime, clock: FakeClock) -> dict[str, str]:
    """November through the real services; numbers of tickets by what became of them."""
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY, name="小李")
    worker = a_member(runtime, unit="town-xijin")
    boss = a_boss(runtime)
    tickets = runtime.tickets
    numbers: dict[str, str] = {}
    clock.at = datetime(2026, 11, 2, 1, tzinfo=UTC)
    for name in ("settled", "late", "open", "merged", "refused"):
        report = PhoneReport(Category.ELDER_HARM, Risk.URGENT, f"老人没人管（{name}）", place="西津街道")
        numbers[name] = tickets.file(operator, report).number
    child = runtime.intake.receive(a_risk_arrival("邻居天天打孩子，在津北村", peer="child"))
    assert child.ticket is not None
    numbers["child"] = child.ticket.number
    asked = runtime.intake.receive(an_arrival("低保怎么申请", peer="asks"))
    runtime.intake.record_replies(asked.message_id, [StoredReply("带上身份证……")])
    runtime.intake.receive(an_arrival("谢谢", peer="asks"))
    clock.advance(HOUR)
    for name in ("settled", "late"):
        tickets.claim(worker, numbers[name])
        tickets.start(worker, numbers[name])
    told_police(runtime, boss, numbers["child"])
    tickets.merge(boss, numbers["merged"], into=numbers["open"], reason="同一位老人")
    tickets.refuse(operator, numbers["refused"], path="请找社区")
    tickets.resolve(worker, numbers["settled"], result="已安排护理员上门照料")
    clock.advance(22 * DAY)
    tickets.resolve(worker, numbers["late"], result="已安排人上门照料")
    return numbers


def test_every_ticket_opened_is_counted_once_and_every_rate_shows_both_numbers(
    runtime: Runtime, clock: FakeClock
) -> None:
    a_lived_in_month(runtime, clock)

    report = runtime.monthly.report(a_boss(runtime), NOVEMBER)

    total = report.total
    assert total.is_balanced
    assert (total.opened, total.total, total.merged, total.refused) == (6, 4, 1, 1)
    assert (total.hotline.on_time, total.hotline.late, total.hotline.open) == (1, 1, 1)
    assert (total.interaction.open, total.small) == (1, 1)
    # The child's ticket went to the village; the notice counts it with the town.
    assert report.units == {"town-xijin": total_of(report.units)}
    assert report.channels["web"] == (1, 1)
    assert (report.small_towns, report.small_rest) == ({}, 1)
    assert (total.contacted_in_time, total.contact_due) == (2, 4)
    assert not report.is_final


def total_of(units: object) -> Counts:
    """The counts of the only unit there is."""
    assert isinstance(units, dict)
    (counts,) = units.values()
    assert isinstance(counts, Counts)
    return counts


def test_a_closed_month_gives_the_same_notice_whatever_happens_later(
    runtime: Runtime, clock: FakeClock
) -> None:
    numbers = a_lived_in_month(runtime, clock)
    boss = a_boss(runtime)
    clock.at = datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert runtime.monthly.last_closed() == NOVEMBER
    closed = runtime.monthly.paper(boss, NOVEMBER)
    rows = runtime.monthly.report(boss, NOVEMBER)

    clock.advance(DAY)
    runtime.tickets.reopen(boss, numbers["settled"], reason="家属不满意")
    runtime.tickets.dispatch(boss, numbers["settled"], unit="town-nanshan")
    runtime.tickets.dispatch(boss, numbers["open"], unit="city-civil-affairs")
    runtime.reports.fill(numbers["open"], field="place", value="南山街道")
    runtime.reports.fill(numbers["child"], field="place", value="南山街道")
    runtime.intake.receive(a_risk_arrival("又打了", peer="child"))
    runtime.deadlines.sweep()
    clock.advance(10 * DAY)

    # Nothing is kept, so all of it comes from the rows again.
    again = Monthly(runtime.office, load_month_rules(DATA / "month"))
    assert again.paper(boss, NOVEMBER) == closed
    assert again.report(boss, NOVEMBER) == rows
    # Now it is kept, and the same.
    again.keep_settled()
    assert again.report(boss, NOVEMBER) == rows
    assert runtime.monthly.report(boss, Month(2026, 12)).total.opened == 0


def test_the_spreadsheet_and_the_print_say_what_the_page_says_and_name_nobody(
    runtime: Runtime, clock: FakeClock
) -> None:
    numbers = a_lived_in_month(runtime, clock)
    boss = a_boss(runtime)
    desk = desk_of(runtime, boss)

    page = desk.get("/console/figures/month?month=2026-11")
    book = desk.get("/console/figures/month/sheet?month=2026-11")
    printed = desk.get("/console/figures/month/print?month=2026-11")

    assert page.status_code == book.status_code == printed.status_code == HTTPStatus.OK
    sheets = load_workbook(io.BytesIO(book.content))
    cells = [str(value) for sheet in sheets for row in sheet.values for value in row if value is not None]
    raw = list(sheets["明细"].values)
    assert len([row for row in raw if row[0] == "西津街道"]) == 4
    assert "50.0%（2÷4）" in page.text
    assert "50.0%（2÷4）" in cells
    assert printed.content.startswith(b"%PDF")
    for told in (page.text, *cells):
        assert "王主任" not in told
        assert "老人没人管" not in told
        assert not any(number in told for number in numbers.values())


def test_a_merge_that_was_undone_is_counted_again(runtime: Runtime, clock: FakeClock) -> None:
    numbers = a_lived_in_month(runtime, clock)
    boss = a_boss(runtime)

    runtime.tickets.unmerge(boss, numbers["merged"], reason="是两件事")

    total = runtime.monthly.report(boss, NOVEMBER).total
    assert (total.opened, total.total, total.merged) == (6, 5, 0)
    assert total.is_balanced


def test_a_worker_sees_no_figures_of_the_month(runtime: Runtime) -> None:
    worker = a_member(runtime)

    with pytest.raises(NotPermitted):
        runtime.monthly.paper(worker, NOVEMBER)
    for path in ("/figures/month", "/figures/month/sheet", "/figures/month/print"):
        assert desk_of(runtime, worker).get(f"/console{path}").status_code == HTTPStatus.FORBIDDEN


def test_a_matter_that_rose_in_a_town_is_told_as_a_hot_spot(runtime: Runtime, clock: FakeClock) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    report = PhoneReport(Category.SERVICE_REQUEST, Risk.NONE, "请人送饭", place="南山街道")
    for month, count in ((8, 1), (10, 2), (11, 5)):
        clock.at = datetime(2026, month, 3, 2, tzinfo=UTC)
        for _ in range(count):
            runtime.tickets.file(operator, report)

    papers = [runtime.monthly.paper(a_boss(runtime), Month(2026, month)) for month in (10, 11)]

    hot = [one.notes[0] for paper in papers for one in paper.sections if one.title == "热点"]
    assert hot == ["数据还不满 3 个月，不评热点。", "南山街道：居民点单 5 件，前 3 个月平均 1.0 件。"]


def test_what_is_said_on_the_telephone_counts_too(runtime: Runtime, clock: FakeClock) -> None:
    numbers = a_lived_in_month(runtime, clock)
    caller = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    for name, answer in (("settled", Answer(4, solved=True)), ("late", Answer(2, solved=False))):
        call = CallBack(Reach.REACHED, "问过了", answer)
        runtime.tickets.call_back(caller, numbers[name], outcome="问过了", call=call)

    total = runtime.monthly.report(a_boss(runtime), NOVEMBER).total

    assert (total.said_resolved, total.asked_resolved) == (1, 2)
    assert (total.satisfied, total.rated, total.dissatisfied) == (1, 2, 1)


def test_a_grade_counts_as_it_stood_at_the_cut_off(runtime: Runtime, clock: FakeClock) -> None:
    clock.at = datetime(2026, 11, 3, 2, tzinfo=UTC)
    finding = a_finding(Category.URGENT_HARDSHIP, Risk.URGENT, "没饭吃")
    receipt = runtime.intake.receive(an_arrival("没饭吃，在西津街道", peer="r", finding=finding))
    assert receipt.ticket is not None
    worker, boss = a_member(runtime), a_boss(runtime)
    runtime.tickets.claim(worker, receipt.ticket.number)
    runtime.tickets.resolve(worker, receipt.ticket.number, result="已把米面送到家里")
    runtime.reports.rate(receipt.conversation_id, score=1)
    clock.at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    runtime.reports.rate(receipt.conversation_id, score=5)

    total = runtime.monthly.report(boss, NOVEMBER).total

    assert (total.dissatisfied, total.rated, total.satisfied) == (1, 1, 0)
