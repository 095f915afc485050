"""A house for all cases of one module, where each case has a ticket of its own: far cheaper than one each."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import SECRET, TEMPLATE
from tests.factories import FakeClock
from ticketing import embedded
from ticketing.bootstrap import Runtime, build
from ticketing.settings import Settings


@contextmanager
def own_house(name: str, urls: tuple[str, str], home: Path, clock: FakeClock) -> Iterator[Runtime]:
    """On a database of this name; ``urls`` are those of PostgreSQL and Valkey."""
    postgres, valkey_url = urls
    url = embedded.create_database(postgres, name, template=TEMPLATE)
    built = build(Settings(home=home, database_url=url, redis_url=valkey_url, secret=SECRET), clock=clock)
    yield built
    built.close()
    embedded.drop_database(postgres, name)
