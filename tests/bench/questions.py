"""What the simulated residents write: questions of the training data, a different one each time."""

import random
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from bot.training import ROOT
from ticketing import yaml_files

TOPICS = ROOT / "nlu_data" / "nlu" / "topics"
TURNS_OF_A_RESIDENT = 5


def questions(seed: int = 12345) -> tuple[str, ...]:
    """All policy questions of the training data, mixed but the same in each run."""
    texts = [text for path in sorted(TOPICS.glob("*.yml")) for text in _examples(path)]
    # No secret depends on it.
    random.Random(seed).shuffle(texts)  # noqa: S311
    return tuple(texts)


def endless(offset: int = 0) -> Iterator[str]:
    """The questions again and again, from the ``offset``-th on; negative: counted from the end."""
    texts = questions()
    turned = cycle(texts)
    for _ in range(offset % len(texts)):
        next(turned)
    return turned


def topics() -> tuple[str, ...]:
    """All policy topics."""
    return tuple(sorted(path.stem for path in TOPICS.glob("*.yml")))


def _examples(path: Path) -> Iterator[str]:
    for block in yaml_files.load(path)["nlu"]:
        for line in block["examples"].splitlines():
            if line.startswith("- "):
                yield line.removeprefix("- ").strip()
