"""The table of failures names only tests that exist, and every failure has its row."""

import re

from tests.house.source_files import ROOT

TABLE = ROOT / "docs" / "failure-tests.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def missing(text: str) -> list[str]:
    """Tests named in a text that are nowhere."""
    return [
        f"{file}::{name}"
        for file, name in NAMED.findall(text)
        if not (path := ROOT / "tests" / file).is_file()
        or not re.search(rf"def {name}\(", path.read_text(encoding="utf-8"))
    ]


def test_every_test_named_exists() -> None:
    assert missing(TABLE.read_text(encoding="utf-8")) == []


def test_every_failure_has_its_row() -> None:
    rows = re.findall(r"^\| (T-\d\d) \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert rows == [f"T-{number:02}" for number in range(1, 33)]


def test_a_test_that_is_gone_is_caught() -> None:
    assert missing("`house/test_failure_tests.py::test_nowhere`") == [
        "house/test_failure_tests.py::test_nowhere"
    ]
