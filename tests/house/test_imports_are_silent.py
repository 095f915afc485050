"""Importing a module does nothing: no file written, no socket, no thread, no process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Imported only inside the language server's own environment, or that of `make tune`.
OTHER_ENVIRONMENT = ("bot.nlu", "bot.tuning", "bot.language_server", "ticketing.migrations")

WATCHER = """
import importlib, pkgutil, sys, threading

LOUD = {"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.system"}
heard = []

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in LOUD or (writes and "__pycache__" not in str(arguments[0])):
        heard.append(f"{current}: {event} {arguments[0] if arguments else ''}")

current = ""
sys.addaudithook(watch)
skipped = tuple(sys.argv[2].split(","))

def modules(package):
    yield package.__name__
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.startswith(skipped) and not found.name.endswith("__main__"):
            yield found.name

for name in sys.argv[1].split(","):
    for current in list(modules(importlib.import_module(name))):
        importlib.import_module(current)
if threading.active_count() > 1:
    heard.append(f"threads: {threading.enumerate()}")
print("\\n".join(heard))
"""


def noises(packages: str, *, cwd: Path = ROOT) -> list[str]:
    """What was heard while every module of ``packages`` was imported in a fresh interpreter."""
    # The program is ours and constant; nothing of it comes from outside.
    done = subprocess.run(
        # -B: to keep what was compiled is the interpreter's doing, not the module's.
        [sys.executable, "-B", "-W", "ignore", "-c", WATCHER, packages, ",".join(OTHER_ENVIRONMENT)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def test_importing_the_product_does_nothing() -> None:
    assert noises("ticketing,bot,actions") == []


def test_a_module_that_writes_on_import_is_caught(tmp_path: Path) -> None:
    package = tmp_path / "seeded"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "loud.py").write_text(f"open({str(tmp_path / 'out')!r}, 'w').close()\n")

    heard = noises("seeded", cwd=tmp_path)

    assert [line.split(" ")[0] for line in heard] == ["seeded.loud:"]
