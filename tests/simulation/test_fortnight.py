"""A fortnight of the simulator: everything balances, and the same seed gives the same figures."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import TEMPLATE
from tests.simulation.kept import keep, kept
from tests.simulation.report import markdown
from tests.simulation.run import Plan, play
from ticketing import embedded
from ticketing.settings import Settings

FORTNIGHT = Plan(seed=7, days=14, scale=0.1)


@pytest.fixture
def empty_houses(postgres: str, settings: Settings) -> Iterator[list[Settings]]:
    """Two databases nobody has written to."""
    second = embedded.create_database(postgres, "simulation", template=TEMPLATE)
    yield [settings, replace(settings, database_url=second)]
    embedded.drop_database(postgres, "simulation")


def test_a_fortnight_balances_and_is_the_same_twice(empty_houses: list[Settings], tmp_path: Path) -> None:
    once, again = (play(house, FORTNIGHT) for house in empty_houses)

    assert once.faults == ()
    assert once.figures == again.figures
    assert once.figures.digest == again.figures.digest
    keep(once.figures, tmp_path / "figures.json")
    assert kept(tmp_path / "figures.json") == once.figures
    told = once.figures.totals
    assert told["requests"] == told["answered_by_telephone"] + told["answered_in_writing"] + told["tickets"]
    assert told["tickets"] > 30
    assert sum(once.figures.escalated_to.values()) > 0
    # Nobody of the unit there, at night: still somebody awake has taken it within what was promised.
    figures = once.figures
    assert figures.child_waits["all"].spread.count > 0
    in_danger = (figures.child_waits, figures.emergency_waits, figures.urgent_waits)
    assert [waits["all"].late for waits in in_danger] == [0, 0, 0]
    assert "| requests |" in markdown(once.figures)
