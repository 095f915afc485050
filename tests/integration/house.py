"""A gateway on a real ledger, with a language server that does what the test says."""

from bot.gateway import Gateway
from bot.spool import Spool
from tests.fakes.language import FakeLanguage
from ticketing.bootstrap import Runtime


def a_gateway(runtime: Runtime, language: FakeLanguage) -> Gateway:
    """As a process of ours has it; two of them are two processes."""
    return Gateway(
        ledger=runtime.intake,
        reports=runtime.reports,
        language=language,
        texts=runtime.texts,
        spool=Spool(runtime.settings.home),
    )
