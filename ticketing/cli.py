"""The `hotline` commands of the ticketing house, and what all commands share: help and faults in Chinese."""

import secrets
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from ticketing.bootstrap import DATA, build
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import TicketingError
from ticketing.domain.staff import NewStaff, Role
from ticketing.knowledge.check import problems, trace
from ticketing.knowledge.items import Confidence
from ticketing.knowledge.readability import Grader, worst_first
from ticketing.knowledge.reading import load_shelf
from ticketing.settings import Settings, SettingsFault
from ticketing.storage.schema import upgrade
from ticketing.texts import Texts

POLICIES = DATA / "policies"
#: Of one item; more do not fit a line.
RARE_WORDS_SHOWN = 5
PASSWORD_ALPHABET = string.ascii_letters + string.digits
GENERATED_CHARACTERS = 14
BROKEN = 1
#: Stable, for scripts; 2 is click's own for a wrong command line.
EXIT_CODES = {
    "configuration_fault": 3,
    "already_running": 4,
    "port_taken": 5,
    "process_does_not_start": 6,
    "embedded_server_fault": 6,
    "language_environment_missing": 6,
    "training_failed": 6,
    "storage_unavailable": 7,
}


def add_commands(app: typer.Typer) -> None:
    """Add the groups ``db``, ``staff`` and ``policies``."""
    for name, command, function in (
        ("db", "upgrade", db_upgrade),
        ("staff", "add", staff_add),
        ("policies", "check", policies_check),
    ):
        group = typer.Typer(no_args_is_help=True)
        group.callback()(_only_a_group)
        group.command(command)(function)
        app.add_typer(group, name=name)


def db_upgrade() -> None:
    """Bring the database to the newest data model."""
    upgrade(Settings.from_env().database_url)
    say("cli.db_upgraded")


def staff_add(
    username: str,
    *,
    name: Annotated[str, typer.Option()],
    role: Annotated[Role, typer.Option()],
    unit: Annotated[str, typer.Option()],
    generate: Annotated[bool, typer.Option("--generate")] = False,
) -> None:
    """Add a member of staff."""
    runtime = build(Settings.from_env())
    password = generated_password() if generate else _asked_password()
    try:
        member = runtime.staff.add(
            NewStaff(username=username, name=name, role=role, unit=unit, password=password)
        )
    finally:
        runtime.close()
    say("cli.staff_added", name=member.name, username=member.username, unit=member.unit)
    if generate:
        say("cli.staff_password_once", password=password)


def policies_check(
    folder: Annotated[Path, typer.Argument()] = POLICIES,
    *,
    readability: Annotated[bool, typer.Option("--readability")] = False,
    brief: Annotated[bool, typer.Option("--brief")] = False,
) -> None:
    """Hold the policy items to their rules and list what each statement rests on, or how hard they read."""
    if readability:
        list_grades(folder)
        return
    today = datetime.now(UTC).astimezone(BEIJING).date()
    found = problems(folder, today=today)
    if not found:
        list_statements(folder, brief=brief)
        say("cli.policies_good", count=len(list(folder.glob("*.yml"))))
        return
    say("cli.policies_bad", count=len(found))
    for problem in found:
        typer.echo(problem)
    raise typer.Exit(BROKEN)


def list_statements(folder: Path, *, brief: bool) -> None:
    """Item, aspect, confidence, basis and statement, tab by tab; at the end how many have no basis."""
    rows = trace(folder)
    for row in () if brief else rows:
        basis = f"{row.document} {row.article}".strip() or "-"
        typer.echo(f"{row.topic}\t{row.aspect}\t{row.confidence}\t{basis}\t{row.statement}")
    told = {(row.topic, row.aspect, row.statement): row for row in rows}.values()
    unsourced = [row for row in told if row.confidence != Confidence.CITY and not row.document]
    left_to_city = sum(row.confidence == Confidence.CITY for row in told)
    say("cli.policies_traced", count=len(told), city=left_to_city, unsourced=len(unsourced))


def list_grades(folder: Path) -> None:
    """One line for each item, the hardest first; raises DataFault."""
    for grade in worst_first(Grader.load(), load_shelf(folder).items):
        say(
            f"cli.readability_{grade.level}",
            title=grade.title,
            score=str(grade.score),
            characters=str(grade.sentence_characters),
            share=str(round(100 * grade.rare_share)),
            words=" ".join(grade.rare_words[:RARE_WORDS_SHOWN]),
        )


def texts() -> Texts:
    """The sentences."""
    return Texts.load(DATA / "texts")


def say(key: str, **params: str | int) -> None:
    """One sentence on the terminal."""
    typer.echo(texts().get(key, **params))


def generated_password() -> str:
    """A password nobody has to invent; about 83 bits."""
    return "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(GENERATED_CHARACTERS))


def run(app: typer.Typer) -> None:
    """Run ``app`` on the command line with its help as data; every expected fault is said in Chinese."""
    sentences = texts()
    command = typer.main.get_command(app)
    teach(command, sentences)
    try:
        command(prog_name="hotline")
    except TicketingError as fault:
        for line in explain(fault, sentences):
            typer.echo(line, err=True)
        sys.exit(EXIT_CODES.get(fault.code, BROKEN))


def explain(fault: TicketingError, sentences: Texts) -> Iterator[str]:
    """What is wrong, in sentences: one for a fault, one for every complaint about the settings."""
    if isinstance(fault, SettingsFault):
        for complaint in fault.complaints:
            yield sentences.get(f"settings.{complaint.problem}", variable=complaint.variable)
        return
    yield sentences.get(f"errors.{fault.code}", **fault.params)


def teach(command: object, sentences: Texts, path: str = "") -> None:
    """Put the help texts, which are data, into the command tree; a missing one is a DataFault."""
    if not isinstance(command, TyperCommand | TyperGroup):
        return
    command.help = sentences.get(f"help.{path or 'hotline'}")
    command.short_help = command.help.split("\n", 1)[0]
    command.rich_help_panel = sentences.get("cli.panel_commands")
    for parameter in command.params:
        if isinstance(parameter, TyperOption | TyperArgument):
            parameter.help = sentences.get(f"help.{path} {parameter.name}")
            panel = "options" if isinstance(parameter, TyperOption) else "arguments"
            parameter.rich_help_panel = sentences.get(f"cli.panel_{panel}")
    help_option = command.get_help_option(command.context_class(command))
    if help_option is not None:
        help_option.help = sentences.get("cli.help_option")
        help_option.rich_help_panel = sentences.get("cli.panel_options")
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            teach(child, sentences, f"{path} {name}".strip())


def _only_a_group() -> None:
    """Keep a group a group while it has one command only."""


def _asked_password() -> str:
    """Asked for twice, never shown, never in the shell's history."""
    prompt = texts().get("cli.staff_password_prompt")
    return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=True))
