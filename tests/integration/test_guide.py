"""Guide pages: every item has one, without script, with its sources, found by search engines."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from bot.web import House, app_of
from tests.factories import FakeClock
from tests.fakes.language import FakeLanguage
from tests.integration.house import a_gateway
from ticketing.bootstrap import Runtime, build
from ticketing.settings import Settings

NO_DATABASE = "postgresql+psycopg://nobody:x@127.0.0.1:9/none"


@pytest.fixture
def house(settings: Settings, clock: FakeClock) -> Iterator[Runtime]:
    """A house whose database is away: the law can be read all the same."""
    built = build(replace(settings, database_url=NO_DATABASE), clock=clock)
    yield built
    built.close()


@pytest.fixture
def browser(house: Runtime) -> Iterator[TestClient]:
    """A visitor."""
    language = FakeLanguage()
    with TestClient(app_of(House(house, a_gateway(house, language), language))) as client:
        yield client


def test_every_item_has_a_page_with_its_sources_dates_and_no_script(
    browser: TestClient, house: Runtime
) -> None:
    for topic in house.knowledge.topics():
        page = browser.get(f"/guide/{topic}")

        assert page.status_code == 200, topic
        assert house.knowledge.title(topic) in page.text
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert "核对日期" in page.text
        assert "依据" in page.text


def test_what_the_city_has_not_entered_is_said_and_no_number_stands_in_for_it(browser: TestClient) -> None:
    page = browser.get("/guide/dibao").text

    assert re.search("本地低保标准</strong>：本市尚未录入", page)
    assert "元/人·月" not in page


def test_materials_are_a_list_to_tick(browser: TestClient) -> None:
    page = browser.get("/guide/divorce_registration").text

    assert page.count('type="checkbox"') >= 1
    assert 'action="/guide/divorce_registration/list"' in page


def test_the_list_is_taken_along_by_its_address_alone(browser: TestClient) -> None:
    page = browser.get("/guide/divorce_registration/list?i=0&i=999&i=x").text

    assert page.count("☑") == 1
    assert "（备好了）" in page
    assert "mailto:" in page
    assert "qr.svg?list=1&amp;i=0" in page
    assert browser.get("/guide/divorce_registration/qr.svg?list=1&i=0").text.startswith("<svg ")
    assert browser.get("/guide/nothing/list").status_code == 404


def test_what_to_know_before_one_sets_out_is_told_or_said_to_be_missing(browser: TestClient) -> None:
    page = browser.get("/guide/marriage_registration").text

    before = page[page.index('class="before"') : page.index("</section>")]
    assert [
        before.count(f"<dt>{name}</dt>") for name in ("办什么", "谁能办", "带什么", "去哪里", "几点去")
    ] == [1] * 5
    assert "本市尚未录入，出门前请打" in before


def test_search_engines_may_read_the_guides_and_nothing_else(browser: TestClient, house: Runtime) -> None:
    guide, chat = browser.get("/guide/dibao"), browser.get("/")
    robots, sitemap = browser.get("/robots.txt").text, browser.get("/sitemap.xml").text

    assert "X-Robots-Tag" not in guide.headers
    assert chat.headers["X-Robots-Tag"] == "noindex"
    assert re.search(r'<meta name="description" content=".{20,}">', guide.text)
    assert '<link rel="canonical" href="http://testserver/guide/dibao">' in guide.text
    assert "Disallow: /\n" in robots
    assert sitemap.count("<loc>") == len(house.knowledge.topics())


def test_the_index_leads_to_every_page(browser: TestClient, house: Runtime) -> None:
    index = browser.get("/guide/").text

    assert all(f'href="/guide/{topic}"' in index for topic in house.knowledge.topics())


def test_the_code_to_scan_is_a_picture_of_its_own(browser: TestClient) -> None:
    code = browser.get("/guide/dibao/qr.svg")

    assert code.headers["Content-Type"] == "image/svg+xml"
    assert code.headers["X-Content-Type-Options"] == "nosniff"
    assert code.text.startswith("<svg xmlns=")


def test_a_page_that_is_none_is_told_so(browser: TestClient) -> None:
    assert browser.get("/guide/no_such_thing").status_code == 404
    assert browser.get("/guide/no_such_thing/qr.svg").status_code == 404


def test_a_page_past_its_review_says_so_first_of_all(
    settings: Settings, clock: FakeClock, house: Runtime
) -> None:
    clock.advance(timedelta(days=2000))
    language = FakeLanguage()
    with TestClient(app_of(House(house, a_gateway(house, language), language))) as client:
        page = client.get("/guide/dibao").text

    assert "过了核对日期" in page
