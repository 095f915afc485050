"""The product's Python files, parsed, for the house rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "actions", "ticketing")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, with its name as the rules print it."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The file parsed."""
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        """How long the file is."""
        return len(self.text.splitlines())


def product_sources() -> Iterator[Source]:
    """Every Python file of the product, without the migrations."""
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            if ".venv" not in path.parts and "versions" not in path.parts:
                yield Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
