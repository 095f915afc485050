"""`python -m tests.hostile --count 5000`: say hostile texts to a whole house over HTTP and report.

The house has a database of its own and is gone afterwards. Ends with 1 when a promise was broken: an answer
within two seconds or a clear refusal to each, the next plain question answered, no ticket, no error in a log.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import create_engine, text

from bot.second_look import look_again
from bot.training import ensure_model
from tests.bench.house import House, storage, whole_house
from tests.bench.report import machine
from tests.factories import FakeClock
from tests.hostile.inputs import inputs
from tests.hostile.logs import Logs
from tests.hostile.report import Outcome, told
from tests.hostile.talking import ONCE_MORE_OF, Examiner
from tests.language_house import MODEL_HOME
from ticketing.bootstrap import build

#: A log has no bar.
TOLD_EVERY = 500
#: Later than any conversation is left alone before it is read again, or handed on unread.
LATER = timedelta(days=2)
SAID_SHOWN = 120
LAST_WORDS = """
    select category, (
        select text from messages
        where conversation_id = tickets.conversation_id and direction = 'in' and at <= tickets.created_at
        order by id desc limit 1
    ) from tickets
"""


def main() -> int:
    """Say, look again, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="how many inputs (5000)")
    parser.add_argument("--seed", type=int, default=12345, help="of the random ones (12345)")
    asked = parser.parse_args()
    console, load_before = Console(), os.getloadavg()[0]
    texts = list(inputs(asked.count, seed=asked.seed))
    with tempfile.TemporaryDirectory(prefix="hotline-hostile-", ignore_cleanup_errors=True) as folder:
        model = ensure_model(MODEL_HOME, report=console.print)
        with storage(Path(folder)) as stored, whole_house(stored, model) as house:
            outcome = examined(house, texts, console)
    console.print(machine(load_before), markup=False, soft_wrap=True)
    console.print(told(outcome), markup=False, soft_wrap=True)
    return 1 if outcome.faults() else 0


def examined(house: House, texts: Sequence[tuple[str, str]], console: Console) -> Outcome:
    """What became of all of them."""
    logs, examiner = Logs(house.settings.home), Examiner(house.web_url)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("hostile inputs", total=len(texts) + len(texts[::ONCE_MORE_OF]))
        for number, faults in enumerate(examiner.examine(texts), start=1):
            progress.advance(task)
            for fault in faults:
                console.print(fault, markup=False)
            if number % TOLD_EVERY == 0 and not console.is_terminal:
                console.print(f"{number} inputs")
        progress.add_task("conversations read again", total=None)
        looked = read_again(house)
    runtime = build(house.settings)
    waiting = runtime.reporting.figures().waiting_conversations
    runtime.close()
    return Outcome(
        said=tuple(examiner.said),
        tickets=opened(house.settings.database_url),
        waiting=waiting,
        looked=looked,
        troubles=tuple(logs.troubles()),
        warnings=logs.warnings(),
    )


def opened(database_url: str) -> tuple[str, ...]:
    """All tickets, each with what was said last before it."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(text(LAST_WORDS)).all()
    engine.dispose()
    return tuple(f"{category}: {said[:SAID_SHOWN]!r}" for category, said in rows)


def read_again(house: House) -> int:
    """Read all conversations again as the scheduler would once they are quiet; how many a person gets."""
    runtime = build(house.settings, clock=FakeClock(datetime.now(UTC) + LATER))
    try:
        while runtime.second_looks.unread(1):
            look_again(runtime)
        return runtime.second_looks.count()
    finally:
        runtime.close()


if __name__ == "__main__":
    sys.exit(main())
