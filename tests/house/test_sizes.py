"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator
from statistics import median

from tests.house.source_files import Source, functions, product_sources

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 40
NESTING_MAX = 3
PARAMETERS_MAX = 6
MEDIAN_FUNCTION_LINES_MAX = 12
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}


def too_large(source: Source) -> Iterator[str]:
    """Complaints about one file."""
    if source.lines > FILE_LINES_MAX:
        yield f"{source.name}: {source.lines} lines"
    for function in functions(source.tree):
        place = f"{source.name}:{function.lineno} {function.name}"
        if length(function) > FUNCTION_LINES_MAX:
            yield f"{place}: {length(function)} lines"
        if nesting(function.body) > NESTING_MAX:
            yield f"{place}: nested {nesting(function.body)} deep"
        if len(parameters(function)) > PARAMETERS_MAX:
            yield f"{place}: {len(parameters(function))} parameters"


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the last statement."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of all parameters but self and cls."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in arguments if argument.arg not in {"self", "cls"}]


def nesting(body: list[ast.stmt]) -> int:
    """How deep control flow is nested; an elif is no deeper than its if."""
    depths = [0]
    for statement in body:
        inner = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt)]
        step = 1 if isinstance(statement, BLOCKS) else 0
        is_elif = isinstance(statement, ast.If) and len(statement.orelse) == 1
        if is_elif and isinstance(statement, ast.If) and isinstance(statement.orelse[0], ast.If):
            depths.append(nesting(statement.orelse))
            inner = statement.body
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            depths.append(step + nesting(inner))
    return max(depths)


def test_files_and_functions_are_small() -> None:
    complaints = [complaint for source in product_sources() for complaint in too_large(source)]

    assert complaints == []


def test_the_usual_function_is_short() -> None:
    lengths = [length(function) for source in product_sources() for function in functions(source.tree)]

    assert median(lengths) <= MEDIAN_FUNCTION_LINES_MAX


def test_no_file_has_a_name_that_says_nothing() -> None:
    stems = {source.name.rsplit("/", 1)[-1].removesuffix(".py") for source in product_sources()}

    assert stems & BANNED_NAMES == set()


def test_a_long_and_a_deep_function_are_caught() -> None:
    long = "def f() -> None:\n" + "    x = 1\n" * FUNCTION_LINES_MAX
    deep = (
        "def g() -> None:\n    if 1:\n        for _ in ():\n            while 1:\n"
        "                if 2:\n                    pass\n"
    )

    complaints = list(too_large(Source("seeded.py", long + deep)))

    assert [complaint.split(": ")[1] for complaint in complaints] == ["41 lines", "nested 4 deep"]
