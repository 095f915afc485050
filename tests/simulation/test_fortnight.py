"""A fortnight of the simulator: everything balances, and the same seed gives the same figures."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from tests.conftest import TEMPLATE
from tests.simulation.figures import markdown
from tests.simulation.run import Plan, play
from ticketing import embedded
from ticketing.settings import Settings

FORTNIGHT = Plan(seed=7, days=14, scale=0.25)
_houses = count(1)


@pytest.fixture
def empty_houses(postgres: str, settings: Settings) -> Iterator[list[Settings]]:
    """Two databases nobody has written to."""
    names = [f"simulation_{next(_houses)}" for _ in range(2)]
    urls = [embedded.create_database(postgres, name, template=TEMPLATE) for name in names]
    yield [replace(settings, database_url=url) for url in urls]
    for name in names:
        embedded.drop_database(postgres, name)


def test_a_fortnight_balances_and_is_the_same_twice(empty_houses: list[Settings]) -> None:
    once, again = (play(house, FORTNIGHT) for house in empty_houses)

    assert once.faults == ()
    assert once.figures == again.figures
    assert once.figures.digest == again.figures.digest
    figures = once.figures
    assert figures.requests == figures.answered_by_telephone + figures.answered_in_writing + figures.tickets
    assert figures.tickets > 50
    assert figures.escalated_to
    assert figures.child_unclaimed_minutes_max < 24 * 60
    assert "| requests |" in markdown(figures)
