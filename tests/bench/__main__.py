"""`python -m tests.bench`: measure and write docs/performance.md.

`--replies` measures replies only and writes nothing; `--desk` measures the ticket services only and puts
their tables in the place of the old ones.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bot.training import LANGUAGE_SERVER, ROOT, ensure_model
from tests.bench import desk, growth, memory
from tests.bench.house import House, another, storage, whole_house
from tests.bench.lines import predicted
from tests.bench.replies import Replies, Servers, breakdown
from tests.bench.report import Table, machine, put_in, written
from tests.bench.stock import Recipe, trained
from tests.bench.tables import desk_tables, lines_table, memory_table, reply_tables
from tests.language_house import MODEL_HOME
from ticketing.settings import Settings

ROUNDS = 3
ROUND_S = 6.0
PIECES = 60
SPANS_OF = 100
STEPS_OF_REPLIES = 4 + ROUNDS
STEPS_OF_DESK = ROUNDS + len(growth.LARGER)


@dataclass(frozen=True, slots=True)
class Steps:
    """What goes on, for whoever waits."""

    progress: Progress
    task: TaskID

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """``name`` begins; leaving ends it."""
        self.progress.update(self.task, description=name)
        yield
        self.progress.advance(self.task)


def main() -> None:
    """Measure, show, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--replies", action="store_true", help="replies only; writes nothing")
    parser.add_argument("--desk", action="store_true", help="ticket services only")
    asked = parser.parse_args()
    if asked.desk:
        only_desk()
        return
    only_replies = asked.replies
    load_before = os.getloadavg()[0]
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        total = STEPS_OF_REPLIES + (0 if only_replies else STEPS_OF_DESK + 1)
        steps = Steps(progress, progress.add_task("begin", total=total))
        tables = measured(steps, only_replies=only_replies)
    for table in tables:
        console.print(f"\n{table.markdown()}", markup=False, soft_wrap=True)
    if not only_replies:
        written(tables, command="make bench", where=machine(load_before))


def only_desk() -> None:
    """Intake, claim and pages, into their places of the page."""
    load_before = os.getloadavg()[0]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=Console()) as progress,
        tempfile.TemporaryDirectory(prefix="hotline-bench-", ignore_cleanup_errors=True) as folder,
        storage(Path(folder)) as stored,
    ):
        tables = _desk(Steps(progress, progress.add_task("begin", total=STEPS_OF_DESK)), stored)
    where = machine(load_before)
    put_in(
        tables,
        command="python -m tests.bench --desk",
        where=f"{where[:-1]}, after it {os.getloadavg()[0]:.1f}.",
    )


def measured(steps: Steps, *, only_replies: bool) -> list[Table]:
    """All tables."""
    # Not below a folder of root's own: PostgreSQL runs under another account.
    with tempfile.TemporaryDirectory(prefix="hotline-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        stock_home = home / "stock"
        stock_home.mkdir()
        model = ensure_model(MODEL_HOME, report=steps.progress.print)
        with storage(home) as stored:
            tables = _replies(steps, stock_home, stored=stored, model=model)
            if only_replies:
                return tables
            *replies, held = tables
            return [*replies, *_desk(steps, stored), _lines(steps, home / "predict", model=model), held]


def _replies(steps: Steps, stock_home: Path, *, stored: Settings, model: Path) -> list[Table]:
    with steps.step("train stock Rasas"):
        stocks = {recipe: trained(recipe, stock_home / recipe, model.parent) for recipe in Recipe}
    with ExitStack() as stack:
        with steps.step("start all"):
            house: House = stack.enter_context(whole_house(stored, model))
            urls = {recipe: stack.enter_context(stock.running()) for recipe, stock in stocks.items()}
            servers = Servers(house.web_url, urls)
        replies = Replies()
        with steps.step("warm up"):
            replies.warm(servers)
        for number in range(ROUNDS):
            with steps.step(f"replies, round {number + 1}"):
                replies.measure(servers, seconds=ROUND_S)
        with steps.step("where the time goes"):
            parts = breakdown(house, messages=SPANS_OF)
        held = memory.resident({recipe.shown: stock.folder for recipe, stock in stocks.items()})
    sizes = {
        "language model": memory.size_mib(model),
        "environment of the language server": memory.size_mib(LANGUAGE_SERVER / ".venv"),
        "environment of everything else": memory.size_mib(ROOT / ".venv"),
    }
    return [*reply_tables(replies, parts), memory_table(held, sizes)]


def _desk(steps: Steps, stored: Settings) -> list[Table]:
    work = desk.Desk()
    with desk.fresh(stored) as runtime:
        for number in range(ROUNDS):
            with steps.step(f"intake and claim, round {number + 1}"):
                work.measure(runtime, pieces=PIECES)
    # Each on a connection of its own, as steady as in a house that has been up for a while.
    with another(stored) as beside, desk.fresh(beside) as small, desk.fresh(stored) as growing:
        pages = growth.Growth(small, growing)
        for size in growth.LARGER:
            with steps.step(f"pages of {size:,} tickets"):
                pages.measure(size)
    return desk_tables(work, pages)


def _lines(steps: Steps, home: Path, *, model: Path) -> Table:
    with steps.step("hotline predict"):
        return lines_table(predicted(home, os.environ, model=model))


if __name__ == "__main__":
    main()
