"""`python -m tests.simulation --seed 7 --months 12 [--report FILE]`: play a year in a database of its own.

`--keep FILE` keeps its figures, and `--kept FILE --charts FOLDER` draws them without playing it again.
"""

import argparse
import sys
import tempfile
import time
from calendar import monthrange
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.figures import Figures
from tests.simulation.kept import keep, kept
from tests.simulation.report import markdown
from tests.simulation.run import FIRST_DAY, Outcome, Plan, play
from ticketing.embedded import Postgres, Valkey, create_database
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

SECRET = "simulation-" + "0" * 32


def main() -> int:
    """Play or read, show, write; 1 when something does not balance."""
    asked = _asked()
    console = Console()
    if asked.kept is not None:
        outcome, title = Outcome(kept(asked.kept), faults=()), f"Figures kept in {asked.kept.name}"
    else:
        days = sum(monthrange(FIRST_DAY.year, month)[1] for month in range(1, asked.months + 1))
        plan, began = Plan(seed=asked.seed, days=days, scale=asked.scale), time.monotonic()
        outcome = played(plan, console)
        minutes = (time.monotonic() - began) / 60
        title = f"Seed {plan.seed}, {asked.months} months, scale {plan.scale:g}, {minutes:.1f} minutes"
    head = f"{title}: digest `{outcome.figures.digest}`, {datetime.now(UTC):%Y-%m-%d}."
    told = f"{head}\n\n{markdown(outcome.figures)}"
    console.print(told, markup=False, soft_wrap=True)
    for fault in outcome.faults:
        console.print(f"DOES NOT BALANCE: {fault}", markup=False)
    _write(outcome.figures, told, asked)
    return 1 if outcome.faults else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--months", type=int, default=12, choices=range(1, 13))
    parser.add_argument("--scale", type=float, default=1.0, help="share of Ningguo's traffic")
    parser.add_argument("--report", type=Path, help="write the tables there")
    parser.add_argument("--charts", type=Path, help="draw the charts into this folder")
    parser.add_argument("--keep", type=Path, help="write the figures there, to be read by --kept")
    parser.add_argument("--kept", type=Path, help="play nothing: the figures of a run are in this file")
    return parser.parse_args()


def _write(figures: Figures, told: str, asked: argparse.Namespace) -> None:
    if asked.keep is not None:
        keep(figures, asked.keep)
    if asked.report is not None:
        asked.report.write_text(told, encoding="utf-8")
    if asked.charts is not None:
        from tests.simulation.pictures import draw  # noqa: PLC0415 - matplotlib, only where charts are wanted

        draw(figures, asked.charts)


def played(plan: Plan, console: Console) -> Outcome:
    """The run, in servers of its own that are gone afterwards."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with tempfile.TemporaryDirectory(prefix="hotline-simulation-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        postgres, valkey = Postgres(home, durable=False), Valkey(home)
        try:
            database_url = create_database(postgres.start(), "simulation")
            upgrade(database_url)
            settings = Settings(home=home, database_url=database_url, redis_url=valkey.start(), secret=SECRET)
            with Progress(*columns, console=console) as progress:
                task = progress.add_task(str(plan.first), total=plan.days)

                def after_day(day: date) -> None:
                    progress.update(task, advance=1, description=str(day))
                    if day.day == 1 and not console.is_terminal:
                        console.print(f"{day}: {progress.tasks[task].percentage:.0f}%")  # a log has no bar

                return play(settings, plan, after_day=after_day)
        finally:
            valkey.stop()
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
