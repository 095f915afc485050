"""What residents asked, as the training files have it."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from ticketing.domain.data_rows import row

#: Before each question of a training file.
MARK = "- "


def load_questions(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Topic → questions, one file for each topic; empty where the training files are not installed."""
    return {path.stem: _questions(path) for path in sorted(folder.glob("*.yml"))}


def _questions(path: Path) -> tuple[str, ...]:
    # The slow loader of PyYAML alone would need half a second for all files.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = row(yaml.load(path.read_text(encoding="utf-8"), loader), path.name)  # noqa: S506 - safe ones
    lines = (line for block in data.rows("nlu") for line in block.text("examples", "").splitlines())
    return tuple(line.removeprefix(MARK) for line in lines if line.startswith(MARK))
