"""A gateway on fakes."""

from pathlib import Path

import pytest

from bot.gateway import Gateway
from bot.safety_net import Voice
from bot.spool import Spool
from tests.fakes.answers import NoAnswers
from tests.fakes.language import FakeLanguage
from tests.fakes.ledger import FakeLedger
from ticketing.bootstrap import DATA
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Risk
from ticketing.texts import Texts

#: Whatever the real ones say, these tests ask only that the right kind is said.
NUMBERS = {
    f"safety.{category}.{risk}.{voice}": "请马上打 110"
    for category in AT_RISK_CATEGORIES
    for risk in (Risk.URGENT, Risk.EMERGENCY)
    for voice in Voice
}


@pytest.fixture
def ledger() -> FakeLedger:
    """The ledger."""
    return FakeLedger()


@pytest.fixture
def language() -> FakeLanguage:
    """The language server."""
    return FakeLanguage()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """The spool."""
    return Spool(tmp_path)


@pytest.fixture
def gateway(ledger: FakeLedger, language: FakeLanguage, spool: Spool) -> Gateway:
    """The gateway on all of them."""
    texts = Texts({**Texts.load(DATA / "texts").sentences, **NUMBERS})
    return Gateway(
        ledger=ledger, reports=ledger, language=language, answers=NoAnswers(), texts=texts, spool=spool
    )
