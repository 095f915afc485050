"""The `hotline` commands that talk: one message, many verdicts, whole conversations."""

import asyncio
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.conversing import converse as speak
from bot.conversing import row_of as spoken_row
from bot.gateway import gateway_of
from bot.jsonl import BadLine, Message, line_of, messages, scripts
from bot.messages import InboundMessage, OutboundMessage
from bot.predicting import Several, predictions, private_servers, running_server
from bot.predicting import row_of as verdict_row
from bot.rasa_client import RasaClient
from bot.servers import scratch_house
from bot.training import ensure_model
from ticketing.bootstrap import Runtime, build
from ticketing.cli import texts
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Installation, Problem, Settings, SettingsFault

BAD_INPUT = 2
NOT_RUNNING = 3
#: A bulk run waits for each answer longer than a resident would.
BULK_TIMEOUT_S = 60.0
PROGRESS_EVERY = 100


def add_commands(app: typer.Typer) -> None:
    """Add ``say``, ``predict`` and ``converse``."""
    for function in (say, predict, converse):
        app.command()(function)


def say(text: str, *, peer: Annotated[str, typer.Option("--peer")] = "cli") -> None:
    """Say one thing to the running house and print what it answers."""
    try:
        settings = Settings.from_env()
    except SettingsFault as fault:
        if any(complaint.problem is not Problem.NOT_RUNNING for complaint in fault.complaints):
            raise
        _tell("terminal.not_running")
        raise typer.Exit(NOT_RUNNING) from fault
    runtime = build(settings)
    try:
        replies = asyncio.run(_said(runtime, peer=peer, text=text))
    finally:
        runtime.close()
    _print_replies(replies)


def predict() -> None:
    """Read messages from standard input, write verdicts to standard output, both JSON lines."""
    with _named_lines():
        asked = messages(sys.stdin.buffer)
    installation = Installation.from_env()
    url = running_server(installation)
    if url is not None:
        asyncio.run(_predicted(asked, [url]))
        return
    _tell("terminal.starting_language")
    with private_servers(installation, len(asked)) as urls:
        asyncio.run(_predicted(asked, urls))


def converse(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Speak the conversations of ``file`` on a scratch house and write what was answered, as JSON lines."""
    with _named_lines():
        asked = scripts(file.read_bytes().split(b"\n"))
    _tell("terminal.starting_house")
    model = ensure_model(Installation.from_env().home, report=lambda _sentence: None)
    with scratch_house(model) as settings:
        runtime = build(settings)
        try:
            for spoken in asyncio.run(speak(runtime, asked)):
                sys.stdout.buffer.write(line_of(spoken_row(spoken, runtime.gazetteer)))
        finally:
            runtime.close()


async def _said(runtime: Runtime, *, peer: str, text: str) -> tuple[OutboundMessage, ...]:
    gateway = gateway_of(runtime)
    message = InboundMessage(channel=Channel.CLI, peer=peer, external_id=uuid.uuid4().hex, text=text)
    try:
        return await gateway.handle(message)
    finally:
        await gateway.aclose()


def _print_replies(replies: Sequence[OutboundMessage]) -> None:
    if not replies:
        typer.echo(texts().get("terminal.silent"))
    for reply in replies:
        typer.echo(reply.text)
        for button in reply.buttons:
            typer.echo(texts().get("terminal.button", text=button.text))


async def _predicted(asked: Sequence[Message], urls: Sequence[str]) -> None:
    done = 0
    async with AsyncExitStack() as stack:
        clients = [RasaClient(url, reply_timeout_s=BULK_TIMEOUT_S) for url in urls]
        language = Several([await stack.enter_async_context(client) for client in clients])
        async for message_id, verdict in predictions(asked, language):
            sys.stdout.buffer.write(line_of(verdict_row(message_id, verdict)))
            sys.stdout.buffer.flush()
            done += 1
            if done % PROGRESS_EVERY == 0:
                _tell("terminal.progress", done=done, total=len(asked))


@contextmanager
def _named_lines() -> Iterator[None]:
    """A bad line is said by its number and ends the command."""
    try:
        yield
    except BadLine as fault:
        problem = texts().get(f"terminal.problem_{fault.problem}")
        _tell("terminal.bad_line", line=fault.line, problem=problem)
        raise typer.Exit(BAD_INPUT) from fault


def _tell(key: str, **params: str | int) -> None:
    """For people; standard output is for data."""
    typer.echo(texts().get(key, **params), err=True)
