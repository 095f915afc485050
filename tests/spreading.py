"""How the tests are spread over several processes, where pytest-xdist runs more than one."""

from collections.abc import Sequence
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: Trains a model from what the shipped one is made of, and waits for that one: most of the work is the same.
#: Asked for later, it would be what everybody waits for at the end.
_TRAINS: Final = "tests/nlu/test_floors.py"
_NEEDS_MODEL: Final = "model"
#: These share one house with a language server, which takes longer to start than any of them runs.
_TOGETHER: Final = "tests/dialogue/"
_LONG: Final = ("browser", "slow")


class Spreading(LoadScopeScheduling):
    """A file goes to one process whole, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        """Keep xdist from sorting files by how many tests they have: that says nothing of their length."""
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return _TOGETHER if nodeid.startswith(_TOGETHER) else nodeid.split("::", 1)[0]


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The file that trains, long files without a model, those that need one, and small ones for the end."""
    needy, long = _files_of(items, _NEEDS_MODEL), _files_of(items, *_LONG)

    def place(item: pytest.Item) -> int:
        file = _file(item)
        if file == _TRAINS:
            return 0
        if file in needy or file.startswith(_TOGETHER):
            return 2
        return 1 if file in long else 3

    return sorted(items, key=place)


def _files_of(items: Sequence[pytest.Item], *markers: str) -> set[str]:
    return {_file(item) for item in items if any(item.get_closest_marker(name) for name in markers)}


def _file(item: pytest.Item) -> str:
    return item.nodeid.split("::", 1)[0]
