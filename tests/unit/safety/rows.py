"""The tables of messages beside this file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ticketing import yaml_files

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class MustCatch:
    """A message, and what must be found in it; several risks where readers may differ."""

    text: str
    category: str
    risks: frozenset[str]
    how: str


def must_catch() -> Iterator[MustCatch]:
    """Every message that must raise a ticket."""
    for block in yaml_files.load(HERE / "must_catch.yml"):
        risks = frozenset({block["risk"], *block.get("also", [])})
        for text in block["texts"]:
            yield MustCatch(str(text), block["category"], risks, block["how"])


def must_not_raise() -> Iterator[tuple[str, str]]:
    """Every message in which nobody is in danger, with why."""
    for block in yaml_files.load(HERE / "must_not_raise.yml"):
        for text in block["texts"]:
            yield str(text), block["why"]
