"""A gateway on a real ledger, with a language server that does what the test says."""

from bot.gateway import Gateway
from bot.gateway_ports import Answers
from bot.spool import Spool
from tests.fakes.language import FakeLanguage
from ticketing.bootstrap import Runtime


def a_gateway(runtime: Runtime, language: FakeLanguage, *, answers: Answers | None = None) -> Gateway:
    """As a process of ours has it; two of them are two processes."""
    return Gateway(
        ledger=runtime.intake,
        reports=runtime.reports,
        language=language,
        answers=answers or runtime.answers,
        texts=runtime.texts,
        spool=Spool(runtime.settings.home),
    )
