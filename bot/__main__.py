"""The `hotline` command: everything a person types, merged."""

import typer

from bot import commands, talk_commands
from ticketing import cli


def main() -> None:
    """Run the command line."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    commands.add_commands(app)
    talk_commands.add_commands(app)
    cli.add_commands(app)
    cli.run(app)


if __name__ == "__main__":
    main()
