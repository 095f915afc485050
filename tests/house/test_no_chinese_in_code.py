"""What people read is data: no string of the product holds a Chinese character; docstrings may quote."""

import ast
import re
from collections.abc import Iterator

from tests.house.source_files import Source, product_sources

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")


def chinese_literals(source: Source) -> Iterator[str]:
    """Places of string literals with Chinese in them, docstrings left out."""
    tree = source.tree
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str) and CHINESE.search(node.value):
            yield f"{source.name}:{node.lineno}"


def test_no_string_of_the_product_is_chinese() -> None:
    found = [place for source in product_sources() for place in chinese_literals(source)]

    assert found == []


def test_a_chinese_string_is_caught_and_a_docstring_is_not() -> None:
    seeded = Source("seeded.py", 'def f() -> str:\n    """Says 你好."""\n    return "你好"\n')

    assert list(chinese_literals(seeded)) == ["seeded.py:3"]
