"""What residents asked, as the training files have it."""

from collections.abc import Mapping
from pathlib import Path

from ticketing import yaml_files
from ticketing.domain.data_rows import row

#: Before each question of a training file.
MARK = "- "


def load_questions(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Topic → questions, one file for each topic; empty where the training files are not installed."""
    return {path.stem: _questions(path) for path in sorted(folder.glob("*.yml"))}


def _questions(path: Path) -> tuple[str, ...]:
    data = row(yaml_files.load(path), path.name)
    lines = (line for block in data.rows("nlu") for line in block.text("examples", "").splitlines())
    return tuple(line.removeprefix(MARK) for line in lines if line.startswith(MARK))
