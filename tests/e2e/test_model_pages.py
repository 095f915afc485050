"""Train, compare, publish and take back in a real browser, with real training and a real language server."""
# ruff: noqa: F811 - fixtures are imported and then named as parameters

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from bot.model_files import in_service, link_in_service, models_folder, put_in_service
from bot.serving import ModelKeeper, ModelSwitch
from bot.training import ensure_model, model_path
from tests.e2e.chromium import DESKTOP, PHONE
from tests.e2e.test_console_pages import (  # noqa: F401 - fixtures
    CITY,
    Served,
    assert_fits,
    served,
    shots,
    site,
)
from tests.factories import a_member
from tests.language_house import MODEL_HOME, language_server
from tests.tiny_model.trainer import starter
from tests.training_runs import DANGEROUS, WORSE, a_published_one, a_scored_one
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]
LOOK_EVERY_S = 1.0
TRAINED_WITHIN_MS = 240_000
CHANGED_WITHIN_MS = 30_000
#: Taught by the editor and by nothing else.
TAUGHT = "嚼谷钱咋领"


@dataclass(slots=True)
class Residents:
    """Somebody who writes all the time, and every answer he did not get."""

    url: str
    asked: int = 0
    unanswered: list[str] = field(default_factory=list)

    def write(self, stop: threading.Event) -> None:
        """Until told to stop."""
        with httpx.Client(base_url=self.url, timeout=8, trust_env=False) as client:
            while not stop.wait(0.1):
                self.asked += 1
                try:
                    client.post("/model/parse", json={"text": f"低保怎么申请{self.asked}"}).raise_for_status()
                except httpx.HTTPError as error:
                    self.unanswered.append(type(error).__name__)


@contextmanager
def in_the_background(*works: object) -> Iterator[None]:
    """Each in a thread of its own, given an event that says when to stop."""
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(stop,)) for work in works if callable(work)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def language(runtime: Runtime, tmp_path: Path) -> Iterator[str]:
    """The house's language server, with the shipped model in service."""
    home = runtime.settings.home
    shipped = model_path(home)
    shipped.parent.mkdir(parents=True)
    shipped.hardlink_to(ensure_model(MODEL_HOME).resolve())
    put_in_service(home, shipped)
    folder = tmp_path / "language"
    folder.mkdir()
    with language_server(link_in_service(home), folder) as url:
        yield url


def test_a_model_is_trained_measured_published_and_taken_back_while_residents_write(
    served: Served, language: str, shots: Path
) -> None:
    runtime, home = served.runtime, served.runtime.settings.home
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    runtime.learning.add(supervisor, [TAUGHT, "我站在楼顶，不想活了"], topic="dibao", aspect="procedure")
    switch, residents = ModelSwitch(language), Residents(language)
    keeper = ModelKeeper(runtime.workshop, home, model_path(home), switch, starter(runtime.settings))
    keeper.look()

    def look(stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            keeper.look()

    with in_the_background(look, residents.write), served.visiting(PHONE) as visitor:
        page = visitor.page
        visitor.log_in(supervisor)
        visitor.open("/models")
        expect(page.locator("#model")).to_contain_text("随软件提供的模型")
        page.screenshot(path=shots / "model-before-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("button", name="开始训练").click()
        expect(page.get_by_text("正在训练")).to_be_visible(timeout=TRAINED_WITHIN_MS)
        page.screenshot(path=shots / "model-progress-360.png", full_page=True)
        assert_fits(page)
        page.get_by_role("link", name="看对比").click(timeout=TRAINED_WITHIN_MS)
        page.screenshot(path=shots / "model-scores-360.png", full_page=True)
        assert_fits(page)
        expect(page.get_by_text("另有 1 条没有用")).to_be_visible()
        assert intent_of(language, TAUGHT) != "dibao"
        page.get_by_label("我已看过变差的地方").check()
        page.get_by_role("button", name="发布", exact=True).click()
        expect(page.locator(".big-line")).to_have_text("第 1 次训练的模型", timeout=CHANGED_WITHIN_MS)
        page.screenshot(path=shots / "model-published-360.png", full_page=True)
        assert_fits(page)
        assert intent_of(language, TAUGHT) == "dibao"
        page.get_by_role("button", name="退回原来的模型").click()
        expect(page.get_by_text("已退回，语言服务")).to_be_visible()
        visitor.open("/models")
        expect(page.locator(".big-line")).to_have_text("随软件提供的模型", timeout=CHANGED_WITHIN_MS)
        expect(page.get_by_text("已退回", exact=True)).to_be_visible()
        broken = a_published_one(runtime, supervisor, shipped=model_path(home).name)
        visitor.open("/models")
        expect(page.get_by_role("alert")).to_contain_text("新模型装不上", timeout=CHANGED_WITHIN_MS)

    keeper.look()
    assert runtime.model_desk.run(supervisor, broken.run_id).fault == "does_not_load"
    assert in_service(home) == model_path(home).resolve()
    assert intent_of(language, TAUGHT) != "dibao"
    assert residents.unanswered == []
    assert residents.asked > 20
    assert not any(path.name == "under-way" for path in models_folder(home).iterdir())


def test_what_got_worse_is_seen_and_a_dangerous_model_has_no_button(served: Served, shots: Path) -> None:
    runtime = served.runtime
    admin = a_member(runtime, role=Role.ADMIN, unit=CITY, name="管理员")
    dangerous = a_scored_one(runtime, admin, DANGEROUS)
    worse = a_scored_one(runtime, admin, WORSE)

    with served.visiting(DESKTOP) as visitor:
        visitor.log_in(admin)
        visitor.open(f"/models/runs/{dangerous.run_id}")
        expect(visitor.page.get_by_role("alert")).to_contain_text("原来 1 条，现在 0 条")
        expect(visitor.page.get_by_text("我站在楼顶，不想活了").first).to_be_visible()
        expect(visitor.page.get_by_role("button", name="发布")).to_have_count(0)
        visitor.page.screenshot(path=shots / "model-blocked-1280.png", full_page=True)
        assert_fits(visitor.page)
        visitor.open(f"/models/runs/{worse.run_id}")
        visitor.page.get_by_role("button", name="发布", exact=True).click()
        expect(visitor.page.get_by_label("我已看过变差的地方")).to_be_focused()
        visitor.page.screenshot(path=shots / "model-worse-1280.png", full_page=True)
        visitor.open("/models")
        visitor.page.screenshot(path=shots / "model-list-1280.png", full_page=True)
        assert_fits(visitor.page)


def intent_of(url: str, text: str) -> str:
    """What the language server takes a text for."""
    answer = httpx.post(f"{url}/model/parse", json={"text": text}, timeout=10, trust_env=False)
    return str(answer.json()["intent"]["name"])
