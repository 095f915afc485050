"""`hotline predict` on a thousand lines, from the start of the command to its end."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.training import model_path
from tests.bench.questions import questions

LINES = 1000


@dataclass(frozen=True, slots=True)
class Predicted:
    """Seconds, and until the first line."""

    to_first_line_s: float
    all_s: float

    @property
    def per_second(self) -> float:
        """Lines per second after the first."""
        return (LINES - 1) / (self.all_s - self.to_first_line_s)


def predicted(home: Path, environment: Mapping[str, str], *, model: Path) -> Predicted:
    """Run the command on a house in ``home`` that is down, with ``model``."""
    fitting = model_path(home)
    fitting.parent.mkdir(parents=True)
    shutil.copy(model, fitting)
    rows = (json.dumps({"id": n, "text": text}) for n, text in enumerate(questions()[:LINES]))
    asked = "\n".join(rows).encode()
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "predict"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment, "HOTLINE_HOME": str(home)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(asked)
        process.stdin.close()
        process.stdout.readline()
        first = time.perf_counter() - started
        others = len(process.stdout.readlines())
    assert others == LINES - 1, others
    return Predicted(first, time.perf_counter() - started)
