"""One use case is one transaction: only the unit of work commits."""

import ast
from collections.abc import Iterator

from tests.house.source_files import Source, product_sources

ALLOWED = {"ticketing/storage/unit_of_work.py"}


def commits(source: Source) -> Iterator[str]:
    """Places that call ``commit`` or ``rollback``."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in {"commit", "rollback"} and source.name not in ALLOWED:
            yield f"{source.name}:{node.lineno}"


def test_only_the_unit_of_work_commits() -> None:
    assert [place for source in product_sources() for place in commits(source)] == []


def test_a_stray_commit_is_caught() -> None:
    assert list(commits(Source("seeded.py", "session.commit()\n"))) == ["seeded.py:1"]
