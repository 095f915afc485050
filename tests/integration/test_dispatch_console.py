"""The pages of dispatching, sending back and referring, as a browser without script uses them."""

import re
from http import HTTPStatus

from fastapi.testclient import TestClient

from tests.factories import a_member
from tests.integration.console_desk import CITY, desk_of, post, reported, told_police
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role
from ticketing.domain.vocabulary import Category


def fields(page: str) -> dict[str, str]:
    """What the form of a matter is filled with."""
    selects = re.findall(r'<select id="\w+" name="(\w+)">(.*?)</select>', page, re.DOTALL)
    chosen = {name: re.findall(r'value="([\w-]*)" selected', options) for name, options in selects}
    return {name: values[0] if values else "" for name, values in chosen.items()}


def test_the_catalogue_is_edited_refused_when_wrong_and_taken_back(runtime: Runtime) -> None:
    boss = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    desk = desk_of(runtime, boss)
    matter = "/dispatch/matters/legal_aid"
    form = fields(desk.get(f"/console{matter}").text)

    wrong = post(desk, matter, **{**form, "chain_0": "town"}, version="0", note="推给乡镇")
    right = post(desk, matter, **{**form, "support_0": "city-civil-affairs"}, version="0", note="民政协办")
    stale = post(desk, matter, **{**form, "support_0": "city-minors"}, version="0", note="我也改")
    difference = shown(desk, "/dispatch/versions/1")
    back = post(desk, "/dispatch/versions/0", version="1", note="不用协办了")

    assert form["chain_0"] == CITY
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "不能推给当地乡镇（街道）" in wrong.text
    assert "推给乡镇" in wrong.text
    assert right.headers["location"] == "/console/dispatch?done=edited"
    assert stale.status_code == HTTPStatus.CONFLICT
    assert "郑主管已经存了第 1 版" in stale.text
    assert fields(stale.text)["support_0"] == "city-minors"  # what was typed is still there
    assert "协办" in difference
    assert "宁国市民政局" in difference
    assert back.headers["location"] == "/console/dispatch?done=restored"
    assert runtime.dispatch.shelf(boss).rules[Category.LEGAL_AID].support == ()
    assert desk.get("/console/dispatch").status_code == HTTPStatus.OK
    assert desk.get("/console/dispatch/matters/nothing").status_code == HTTPStatus.NOT_FOUND
    assert desk.get("/console/dispatch/versions/77").status_code == HTTPStatus.NOT_FOUND


def test_an_objection_goes_from_the_workers_page_to_the_hotlines_list_and_on(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker, boss = a_member(runtime), a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    told_police(runtime, worker, number)
    hotline = desk_of(runtime, boss)
    post(desk_of(runtime, worker), f"/tickets/{number}/return", next_unit="town-nanshan", reason="户籍在南山")

    listed = hotline.get("/console/objections").text
    untold = post(hotline, f"/objections/{number}/uphold", unit="town-nanshan", reason=" ")
    upheld = post(hotline, f"/objections/{number}/uphold", unit="town-nanshan", reason="同意")
    late = post(hotline, f"/objections/{number}/dismiss", reason="又不同意了")

    assert "户籍在南山" in listed
    assert "南山街道" in listed
    assert untold.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert upheld.headers["location"] == "/console/objections?done=uphold"
    assert late.status_code == HTTPStatus.NOT_FOUND
    assert "首接责任单位" in hotline.get(f"/console/tickets/{number}").text


def test_a_referral_is_made_refused_without_consent_and_answered(runtime: Runtime) -> None:
    number, _ = reported(runtime)
    worker, minors = a_member(runtime), a_member(runtime, unit="city-minors", name="小陈")
    runtime.tickets.claim(worker, number)
    desk, theirs = desk_of(runtime, worker), desk_of(runtime, minors)
    here = f"/tickets/{number}/referrals"
    told = {"target": "city-minors", "request": "请接孩子"}

    refused = post(desk, here, **told)
    made = post(desk, here, **told, ground="mandatory_report")
    listed = theirs.get("/console/referrals").text
    answer = f"{here}/{runtime.tickets.get(worker, number).referrals[0].id}"
    accepted = post(theirs, f"{answer}/accept", text="马上去")
    news = post(desk, f"{answer}/tell", text="孩子在奶奶家")
    finished = post(theirs, f"{answer}/finish", text="已接到中心")
    gone = theirs.get(f"/console/tickets/{number}")
    again = post(desk, f"{answer}/revoke", text="不用了")

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "请接孩子" in refused.text
    assert made.headers["location"] == f"/console{here}?done=refer"
    assert number in listed
    assert accepted.headers["location"] == f"/console{here}?done=referral_accept"
    assert news.status_code == HTTPStatus.SEE_OTHER
    assert finished.headers["location"] == "/console/queue?done=referral_finish"
    assert gone.status_code == HTTPStatus.FORBIDDEN
    assert again.status_code == HTTPStatus.CONFLICT
    assert "小陈变成“已办完”" in again.text
    assert "已接到中心" in shown(desk, here)


def shown(desk: TestClient, path: str) -> str:
    """A page's text."""
    return desk.get(f"/console{path}").text
