"""What a person reads on the terminal is data, whole, and in Chinese."""

from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.core import TyperGroup

from bot.commands import add_commands as add_process_commands
from bot.doctor import Finding, Mark, show
from bot.talk_commands import add_commands as add_talk_commands
from ticketing.bootstrap import DATA
from ticketing.cli import EXIT_CODES, add_commands, explain, generated_password, policies_check, teach
from ticketing.domain.errors import ConfigurationFault, DataFault
from ticketing.settings import Complaint, Problem, SettingsFault
from ticketing.texts import Texts


@pytest.fixture
def sentences() -> Texts:
    return Texts.load(DATA / "texts")


def command_line() -> object:
    app = typer.Typer(add_completion=False)
    for add in (add_process_commands, add_talk_commands, add_commands):
        add(app)
    return typer.main.get_command(app)


def test_every_command_and_parameter_has_its_help(sentences: Texts) -> None:
    command = command_line()

    teach(command, sentences)

    assert isinstance(command, TyperGroup)
    staff = command.commands["staff"]
    assert isinstance(staff, TyperGroup)
    assert staff.commands["add"].help == sentences.get("help.staff add")


def test_a_command_without_help_is_a_fault() -> None:
    with pytest.raises(DataFault):
        teach(command_line(), Texts({"help.hotline": "x", "cli.panel_commands": "x"}))


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_with_a_setting_has_a_sentence_that_names_it(
    sentences: Texts, problem: Problem
) -> None:
    fault = SettingsFault((Complaint("HOTLINE_PORT", problem), Complaint("DATABASE_URL", problem)))

    lines = list(explain(fault, sentences))

    assert [line.split()[0] for line in lines] == ["HOTLINE_PORT", "DATABASE_URL"]


@pytest.mark.parametrize("code", EXIT_CODES)
def test_every_exit_code_is_of_a_fault_with_a_sentence(sentences: Texts, code: str) -> None:
    assert sentences.has(f"errors.{code}")
    assert EXIT_CODES[code] > 2


def test_a_settings_fault_is_a_configuration_fault_for_logs() -> None:
    fault = SettingsFault((Complaint("HOTLINE_PORT", Problem.NOT_A_PORT),))

    assert isinstance(fault, ConfigurationFault)
    assert fault.params["detail"] == "HOTLINE_PORT: not_a_port"


def test_a_generated_password_is_long_and_never_the_same() -> None:
    first, second = generated_password(), generated_password()

    assert len(first) == len(second) == 14
    assert first != second


def test_policies_with_a_problem_end_with_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    with pytest.raises(typer.Exit) as ended:
        policies_check(tmp_path)

    assert ended.value.exit_code == 1
    assert "schema.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("mark", "is_well"),
    [(Mark.GOOD, True), (Mark.NOTE, True), (Mark.BROKEN, False)],
)
def test_the_doctor_tells_broken_from_merely_noteworthy(
    sentences: Texts, mark: Mark, *, is_well: bool
) -> None:
    console = Console(width=120, record=True)
    finding = Finding(
        "ports", mark, "port_taken", "ports", {"port": 8080, "variable": "HOTLINE_PORT", "free": 9}
    )

    assert show(iter([finding]), console, sentences) == is_well
    assert "HOTLINE_PORT=9" in console.export_text()
