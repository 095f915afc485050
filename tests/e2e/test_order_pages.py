"""Ordered services and what workers find, on a phone, from the first tap to the last."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import expect

from bot.channels.found_pages import add_found_pages
from tests.e2e.chromium import PHONE
from tests.e2e.test_console_pages import Served, assert_fits, pytestmark, served, shots, site
from tests.factories import a_member
from tests.integration.test_orders import BUREAU, NAME, a_volunteer, ordered
from tests.integration.test_orders import PHONE as TELEPHONE
from ticketing.bootstrap import Runtime
from ticketing.console.app import create_console

__all__ = ["pytestmark", "served", "shots", "site"]

UNDER_A_MINUTE_S = 60


@pytest.fixture
def found_site(runtime: Runtime) -> Iterator[str]:
    """The console as the house serves it: with the pages for what workers find."""
    house = FastAPI()
    house.mount("/console", add_found_pages(create_console(runtime)))
    server = uvicorn.Server(uvicorn.Config(house, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_a_resident_orders_the_bureau_offers_an_organisation_serves_the_resident_grades(
    served: Served, shots: Path
) -> None:
    number, chat = ordered(served.runtime)
    officer, taker = a_member(served.runtime, unit=BUREAU, name="民政专员"), a_volunteer(served.runtime)

    with served.visiting(PHONE) as visitor:
        visitor.log_in(officer)
        page = visitor.page
        visitor.open(f"/tickets/{number}")
        page.get_by_role("button", name="认领").first.click()
        page.get_by_role("link", name="派给社会组织").click()
        page.get_by_label("什么服务").select_option("meal")
        page.get_by_label("给谁").select_option("elder")
        page.get_by_label("要有耐心").check()
        page.get_by_label("谁同意").fill("本人电话里同意")
        page.screenshot(path=shots / "order-offer-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("button", name="派到服务池").click()
        expect(page.get_by_text("已派到服务池")).to_be_visible()
        visitor.open("/orders")
        page.screenshot(path=shots / "orders-360.png", full_page=True)
        assert_fits(page)

    with served.visiting(PHONE) as visitor:
        visitor.log_in(taker)
        page = visitor.page
        expect(page.get_by_text("助餐送餐")).to_be_visible()
        expect(page.get_by_text(NAME)).to_have_count(0)
        page.screenshot(path=shots / "pool-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("button", name="接这一单").click()
        expect(page.get_by_role("link", name=f"拨打 {TELEPHONE}")).to_be_visible()
        expect(page.get_by_text(NAME)).to_be_visible()
        page.screenshot(path=shots / "taken-360.png", full_page=True)
        assert_fits(page)
        page.get_by_label("做了什么").fill("送了热饭，老人精神好")
        page.get_by_role("button", name="办完了").click()
        expect(page.get_by_text("已记下，谢谢你们。")).to_be_visible()
        expect(page.get_by_text(NAME)).to_have_count(0)
        page.screenshot(path=shots / "pool-after-360.png", full_page=True)

    assert served.runtime.reports.rate(chat, score=5).rating == 5
    with served.visiting(PHONE) as visitor:
        visitor.log_in(officer)
        visitor.open(f"/tickets/{number}/order")
        expect(visitor.page.get_by_text("送了热饭，老人精神好")).to_be_visible()
        visitor.page.screenshot(path=shots / "order-after-360.png", full_page=True)


def test_a_find_takes_few_taps_survives_a_dead_network_and_tells_the_finder_his_duty(
    served: Served, found_site: str, shots: Path
) -> None:
    worker = a_member(served.runtime, unit="village-xijin-jinbei", name="王主任")
    here = replace(served, site=found_site)

    with here.visiting(PHONE) as visitor:
        visitor.log_in(worker)
        page = visitor.page
        visitor.open("/found")
        begun = monotonic()
        page.get_by_text("孩子", exact=True).click()
        page.get_by_text("没人照看、没人管").click()
        page.get_by_text("加急").click()
        page.get_by_label("看到什么").fill("爷爷住院，孩子一个人在家两天了")
        expect(page.get_by_label("在哪个村")).to_have_value("xijin-jinbei")
        page.screenshot(path=shots / "found-360.png", full_page=True)
        assert_fits(page)
        page.context.set_offline(True)
        page.get_by_role("button", name="上报").click()
        expect(page.get_by_text("网络不好，还没发出去。")).to_be_visible()
        page.screenshot(path=shots / "found-offline-360.png")
        expect(page.get_by_label("看到什么")).to_have_value("爷爷住院，孩子一个人在家两天了")
        visitor.complaints.clear()
        page.context.set_offline(False)
        expect(page.get_by_text("已上报，工单")).to_be_visible()
        assert monotonic() - begun < UNDER_A_MINUTE_S
        expect(page.get_by_role("link", name="拨打 110")).to_be_visible()
        page.screenshot(path=shots / "found-done-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("link", name="报完了，填报警记录").click()
        expect(page.get_by_text("没人能照看这个孩子。")).to_be_visible()
        page.screenshot(path=shots / "found-case-360.png", full_page=True)
        assert_fits(page)
        visitor.open("/found")
        expect(page.get_by_label("看到什么")).to_have_value("")
    assert served.runtime.tickets.queue(worker, scope="all").total == 1
