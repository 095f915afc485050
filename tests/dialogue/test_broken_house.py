"""A server of the dialogue that is down or starts again loses nothing and leaves nobody without an answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.gateway import gateway_of
from tests.dialogue.conftest import Resident
from tests.language_house import language_server
from ticketing.bootstrap import Runtime, build
from ticketing.settings import Settings

pytestmark = pytest.mark.slow
NOBODY_LISTENS = "http://127.0.0.1:9/webhook"


async def test_an_open_form_goes_on_after_the_language_server_was_started_again(
    unspoken_house: Settings, actions_url: str, model: Path, tmp_path: Path
) -> None:
    server = language_server(model, tmp_path, actions_url=actions_url)
    with server as rasa_url, spoken(unspoken_house, rasa_url) as runtime:
        before = await says(runtime, "restarted", "邻居天天打孩子，孩子身上都是伤", "安全")
    server = language_server(model, tmp_path, actions_url=actions_url)
    with server as rasa_url, spoken(unspoken_house, rasa_url) as runtime:
        after = await says(runtime, "restarted", "在西津街道")

    assert "在哪里" in before
    assert "孩子是谁" in after


async def test_without_the_action_server_a_resident_hears_an_honest_answer(
    unspoken_house: Settings, model: Path, tmp_path: Path
) -> None:
    server = language_server(model, tmp_path, actions_url=NOBODY_LISTENS)
    with server as rasa_url, spoken(unspoken_house, rasa_url) as runtime:
        plain = await says(runtime, "plain", "低保怎么申请")
        answered = await says(runtime, "unanswered", "转人工")
        at_risk = await says(runtime, "unanswered-at-risk", "邻居天天打孩子，孩子身上都是伤")
        honest = runtime.texts.get("gateway.bot_unavailable")

    assert "低保" in plain or "依据" in plain
    assert answered == honest
    assert "110" in at_risk
    assert "NG" in at_risk


@contextmanager
def spoken(house: Settings, rasa_url: str) -> Iterator[Runtime]:
    """The house with this language server."""
    runtime = build(replace(house, rasa_url=rasa_url))
    yield runtime
    runtime.close()


async def says(runtime: Runtime, peer: str, *texts: str) -> str:
    """Everything a resident hears for the last of ``texts``."""
    gateway = gateway_of(runtime)
    heard = await Resident(gateway, runtime, peer).says(*texts)
    await gateway.aclose()
    return heard.all
