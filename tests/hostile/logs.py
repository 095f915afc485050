"""What a house's processes write into their logs while it is talked to."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TROUBLE = re.compile(r"Traceback|Exception|\b(?:ERROR|CRITICAL|FATAL|PANIC)\b")
WARNING = re.compile(r"\bWARNING\b.*")
#: When it was, and whatever else differs in lines that say the same.
VARYING = re.compile(r"\d+")


class Logs:
    """All logs of a folder from now on."""

    def __init__(self, home: Path) -> None:
        """Remember where they end at present."""
        self._home = home
        self._ends = {file: file.stat().st_size for file in home.rglob("*.log")}

    def troubles(self) -> list[str]:
        """Lines about errors since then, with the file's name."""
        return [f"{name}: {line[:300]}" for name, line in self._lines() if TROUBLE.search(line)]

    def warnings(self) -> Counter[str]:
        """How often each warning came."""
        found = ((name, WARNING.search(line)) for name, line in self._lines())
        return Counter(f"{name}: {VARYING.sub('#', hit[0])[:200]}" for name, hit in found if hit)

    def _lines(self) -> Iterator[tuple[str, str]]:
        for file in sorted(self._home.rglob("*.log")):
            content = file.read_bytes()[self._ends.get(file, 0) :]
            for line in content.decode("utf-8", "replace").splitlines():
                yield file.name, line
