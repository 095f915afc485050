"""Figures as Markdown tables, and their place in docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bot.training import ROOT

PAGE = ROOT / "docs" / "performance.md"
#: What stands below this line of the page is written by the program.
MARK = "<!-- Below: written by the command, not by hand. -->"


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its heading and what is to be known to read it."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""

    def markdown(self) -> str:
        """The table as it stands on the page."""
        lines = [
            f"## {self.title}",
            "",
            *([self.note, ""] if self.note else []),
            _row(self.columns),
            _row(("---", *("---:" for _ in self.columns[1:]))),
            *(_row(row) for row in self.rows),
        ]
        return "\n".join(lines)


def machine(load_before: float) -> str:
    """One line on when and where; ``load_before`` tells whether the machine was at rest."""
    memory_gib = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({platform.machine()}), "
        f"{memory_gib:.0f} GiB, Linux {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}; "
        f"load average before the run {load_before:.1f}."
    )


def written(tables: Sequence[Table], *, command: str, where: str, page: Path = PAGE) -> None:
    """Put the tables below the mark of the page."""
    by_hand = page.read_text(encoding="utf-8").partition(MARK)[0]
    told = "\n\n".join(table.markdown() for table in tables)
    page.write_text(f"{by_hand}{MARK}\n\n`{command}`, {where}\n\n{told}\n", encoding="utf-8")


def put_in(tables: Sequence[Table], *, command: str, where: str, page: Path = PAGE) -> None:
    """Put the tables in the place of those of the same heading, with when and where; new ones at the end."""
    text = page.read_text(encoding="utf-8")
    for table in tables:
        note = f"{table.note} `{command}`, {where}".strip()
        told = Table(table.title, table.columns, table.rows, note).markdown()
        before, heading, rest = text.partition(f"## {table.title}\n")
        after = rest.partition("\n## ") if heading else ("", "", "")
        further = f"\n\n## {after[2]}" if after[1] else "\n"
        text = f"{before if heading else before.rstrip() + chr(10) * 2}{told}{further}"
    page.write_text(text, encoding="utf-8")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
