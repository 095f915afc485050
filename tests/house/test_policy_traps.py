"""The reviewer's table of traps says what the base says: every quoted sentence is really told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from tests.house.source_files import ROOT
from ticketing.knowledge.policies import Knowledge

TABLE = (ROOT / "docs" / "policy-traps.md").read_text(encoding="utf-8")
KNOWLEDGE = Knowledge.load(ROOT / "ticketing" / "data" / "policies")
REVIEWED_ON = date(2026, 11, 23)
TOLD = re.compile(r"^\| (\d+[a-z]?) \| [^|]+ \| `(\w+)` · `(\w+)` \| (.+) \|$", re.MULTILINE)
KEPT = re.compile(r"^\| (\d+) \| [^|]+ \| `([\w/.]+)` \| (.+) \|$", re.MULTILINE)
#: The review of the facts listed this many traps.
TRAPS = {str(number) for number in range(1, 15)}
#: Townships that a page on the web made up.
INVENTED = ("东津街道", "南关街道", "太白镇", "环形镇")


@dataclass(frozen=True, slots=True)
class Row:
    """A trap told right by an answer."""

    trap: str
    topic: str
    aspect: str
    words: str


def told() -> Iterator[Row]:
    """Rows of the first table."""
    return (Row(*match.groups()) for match in TOLD.finditer(TABLE))


@pytest.mark.parametrize("row", list(told()), ids=lambda row: f"{row.trap}-{row.topic}")
def test_the_sentence_that_gets_a_trap_right_is_what_residents_read(row: Row) -> None:
    assert row.words in KNOWLEDGE.answer(row.topic, row.aspect, today=REVIEWED_ON).text


def test_what_data_keeps_right_stands_in_its_file() -> None:
    for _, path, words in KEPT.findall(TABLE):
        assert words in (ROOT / path).read_text(encoding="utf-8"), words


def test_no_trap_is_missing_from_the_table() -> None:
    listed = {re.sub(r"\D", "", row.trap) for row in told()} | {trap for trap, _, _ in KEPT.findall(TABLE)}

    assert listed == TRAPS


def test_townships_that_the_web_made_up_are_not_in_the_gazetteer() -> None:
    area = (ROOT / "ticketing" / "data" / "areas" / "ningguo.yml").read_text(encoding="utf-8")

    assert not [name for name in INVENTED if name in area]
