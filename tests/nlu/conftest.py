"""The trained model behind its HTTP interface, for all tests of this folder."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from bot.training import ensure_model
from tests.language_house import MODEL_HOME, language_server

Parse = Callable[[str], Mapping[str, Any]]


@pytest.fixture(scope="package")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parse]:
    """Asks the model what a text means."""
    model = ensure_model(MODEL_HOME)
    server = language_server(model, tmp_path_factory.mktemp("language"))
    with server as url, httpx.Client(base_url=url, timeout=10, trust_env=False) as client:

        def ask(text: str) -> Mapping[str, Any]:
            answer = client.post("/model/parse", json={"text": text})
            parsed: Mapping[str, Any] = answer.raise_for_status().json()
            return parsed

        yield ask
