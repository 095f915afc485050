"""How the tests are spread over several processes, where pytest-xdist runs more than one."""

from collections.abc import Sequence
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: Each trains a model for minutes on one core, the one that all others of its kind then use. Asked for at
#: once they keep two cores busy; asked for later, all who need the model would wait for one of them.
_TRAINING: Final = ("tests/nlu/test_floors.py", "tests/nlu/test_model.py")
#: These share one house with a language server, which takes longer to start than any of them runs.
_TOGETHER: Final = "tests/dialogue/"
_LONG: Final = ("model", "browser", "slow")


class Spreading(LoadScopeScheduling):
    """A file goes to one process whole, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        """Keep xdist from sorting files by how many tests they have: that says nothing of their length."""
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return _TOGETHER if nodeid.startswith(_TOGETHER) else nodeid.split("::", 1)[0]


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Files that train, then those with long tests, then all others: small ones fill up the end."""
    long = {_file(item) for item in items if any(item.get_closest_marker(name) for name in _LONG)}
    return sorted(items, key=lambda item: (_file(item) not in _TRAINING, _file(item) not in long))


def _file(item: pytest.Item) -> str:
    return item.nodeid.split("::", 1)[0]
