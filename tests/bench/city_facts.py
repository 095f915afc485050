"""How long an answer takes with 100, 1,000 and 10,000 items whose city fields are all filled in.

Run: python -m tests.bench.city_facts
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.factories import FakeClock
from ticketing import embedded
from ticketing.bootstrap import DATA, build_office
from ticketing.domain.city_facts import Origin
from ticketing.domain.fact_values import Entry
from ticketing.domain.staff import NewStaff, Role
from ticketing.knowledge.items import Shelf
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.reading import load_shelf
from ticketing.services.accounts import Accounts
from ticketing.services.live_city import LiveCity
from ticketing.services.office import Office
from ticketing.settings import Settings
from ticketing.storage.schema import upgrade

SIZES = (100, 1_000, 10_000)
ROUNDS = 2_000
ENTRY = Entry("780", "某民〔2026〕12号", date(2026, 7, 1), None, date(2027, 6, 30), "")
FIELD = "monthly_standard"
PASSWORD = "a-long-password"


def main() -> None:
    """Print a line for each size."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-", ignore_cleanup_errors=True) as folder:
        server = embedded.Postgres(Path(folder))
        url = server.start()
        try:
            for size in SIZES:
                measure(embedded.create_database(url, f"bench_{size}"), size)
        finally:
            server.stop()


def measure(url: str, size: int) -> None:
    """Fill a city, then answer from it."""
    upgrade(url)
    settings = Settings(home=Path(), database_url=url, redis_url="redis://127.0.0.1:1", secret="s" * 40)
    office = build_office(settings, FakeClock())
    shelf = of_size(load_shelf(DATA / "policies"), size)
    fill(office, tuple(shelf.items))
    live = LiveCity(office.storage)
    knowledge = Knowledge(shelf, city=live)
    topics = tuple(shelf.items)
    first = timed(knowledge, topics[0])
    spans = sorted(timed(knowledge, topics[number * 7 % size]) for number in range(ROUNDS))
    looked = []
    for number in range(200):
        live.look_now()
        looked.append(timed(knowledge, topics[number * 7 % size]))
    looked.sort()
    sys.stdout.write(
        f"{size:>6} items and fields: first {first:.1f} ms; then p50 {at(spans, 50):.3f} ms, "
        f"p95 {at(spans, 95):.3f} ms; with a look into the database p50 {at(looked, 50):.2f} ms, "
        f"p95 {at(looked, 95):.2f} ms\n"
    )
    office.storage.close()


def of_size(shelf: Shelf, size: int) -> Shelf:
    """The item of the minimum allowance, so many times under other names."""
    item = shelf.items["dibao"]
    return replace(
        shelf, items={f"dibao_{number}": replace(item, slug=f"dibao_{number}") for number in range(size)}
    )


def fill(office: Office, topics: Sequence[str]) -> None:
    """A value for each topic, entered by one person and approved by another."""
    accounts = Accounts(office)
    people = [
        accounts.add(NewStaff(name, name, Role.SUPERVISOR, "city-hotline", PASSWORD)).id
        for name in ("one", "two")
    ]
    now = office.clock.now()
    with office.storage.transaction() as work:
        for topic in topics:
            record = work.city.lock(topic, FIELD)
            added = work.city.add(record, ENTRY, origin=Origin.SHEET, author=people[0], now=now)
            work.city.approve(record, added, by=people[1], now=now)


def timed(knowledge: Knowledge, topic: str) -> float:
    """Milliseconds for one answer, which must tell the city's amount."""
    started = time.perf_counter()
    text = knowledge.answer(topic, "amount", today=date(2026, 11, 23)).text
    spent = time.perf_counter() - started
    if "780元" not in text:
        raise AssertionError(text)
    return spent * 1000


def at(spans: Sequence[float], percent: int) -> float:
    """A percentile of sorted spans."""
    return spans[min(len(spans) - 1, len(spans) * percent // 100)]


if __name__ == "__main__":
    main()
