"""The process that carries out one run, on the tiny model."""

import os
import subprocess
import sys
from collections.abc import Callable

from bot.retraining import Setting, run_once
from bot.training import ROOT, Recipe
from ticketing.bootstrap import build
from ticketing.server_process import tied_to_parent
from ticketing.settings import Settings

HERE = "tests/tiny_model"
TINY = Setting(
    recipe=Recipe(data=(f"{HERE}/nlu.yml", "nlu_data/rules"), config=f"{HERE}/config.yml"),
    held_out=ROOT / HERE / "held_out.jsonl",
    # More would starve it where all tests run at once.
    niceness=1,
)


def starter(settings: Settings) -> Callable[[], "subprocess.Popen[bytes]"]:
    """Starts such a process on the house of ``settings``."""
    environment = {
        **os.environ,
        "HOTLINE_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HOTLINE_SECRET": settings.secret,
    }
    command = (*tied_to_parent("TERM", None), sys.executable, "-m", "tests.tiny_model.trainer")
    return lambda: subprocess.Popen(command, cwd=ROOT, env=environment)


if __name__ == "__main__":
    run_once(build(Settings.from_env()), TINY)
