"""Raw rows like those of Ningguo's April 2022, and everything around them that must not be counted."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import psycopg

from ticketing.bootstrap import DATA, read
from ticketing.domain.areas import Area
from ticketing.domain.month import Month
from ticketing.domain.month_rules import MonthRules
from ticketing.domain.routing import Catalogue
from ticketing.services.monthly import Monthly
from ticketing.services.office import Office

APRIL = Month(2022, 4)
START = datetime(2022, 3, 31, 16, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bureau:
    """One printed row: total = hotline + interaction, all in time; the dissatisfied, and the printed rate."""

    slug: str
    name: str
    hotline: int
    interaction: int
    dissatisfied: int
    printed: str


#: As printed (anchors: the notice's table); 8 of 87 is 9%, not 8 of 99.
PRINTED = (
    Bureau("city-housing", "住建局", 87, 12, 8, "9%"),
    Bureau("city-police", "公安局", 70, 7, 6, "9%"),
    Bureau("city-order", "城管局", 66, 2, 5, "8%"),
    Bureau("city-health", "卫健委", 63, 5, 3, "5%"),
    Bureau("city-market", "市监局", 39, 2, 5, "13%"),
)


@dataclass(slots=True)
class Ticket:
    """One raw ticket and what happened to it."""

    number: str
    channel: str
    category: str
    created_at: datetime
    due_at: datetime
    unit: str
    status: str = "closed"
    events: list[tuple[str, datetime, dict[str, str]]] = field(default_factory=list)

    def then(self, kind: str, at: datetime, **data: str) -> "Ticket":
        """One more event."""
        self.events.append((kind, at, data))
        return self


def raw_rows(seed: int = 2022) -> Iterator[Ticket]:
    """All tickets, shuffled."""
    dice = random.Random(seed)  # noqa: S311 - a seed on purpose
    serial = count(1)
    tickets = [
        ticket
        for bureau in PRINTED
        for ticket in (*_counted(bureau, dice, serial), *_not_counted(bureau, dice, serial))
    ]
    dice.shuffle(tickets)
    yield from tickets


def _counted(bureau: Bureau, dice: random.Random, serial: Iterator[int]) -> Iterator[Ticket]:
    for place in range(bureau.hotline + bureau.interaction):
        is_hotline = place < bureau.hotline
        channel = dice.choice(["phone", "telegram", "wechat"]) if is_hotline else "web"
        ticket = _settled(bureau, channel, dice, serial)
        settled_at = ticket.events[-1][1]
        if place < bureau.dissatisfied:
            ticket.then("rated", settled_at + DAY, score=dice.choice(["1", "2"]))
        elif dice.random() < 0.3:
            # The newest grade before the cut-off counts.
            ticket.then("rated", settled_at + DAY, score="1").then("rated", settled_at + 2 * DAY, score="4")
        if dice.random() < 0.3:
            _worse_in_may(ticket)
        yield ticket


def _worse_in_may(ticket: Ticket) -> None:
    """Opened again, handed elsewhere, settled late, found bad: all of it after the cut-off."""
    may = START + 31 * DAY
    ticket.then("rated", may, score="1").then("reopen", may).then("dispatch", may, unit="city-hotline")
    ticket.then("resolve", may + 20 * DAY, resolve_by=(may + DAY).isoformat())
    ticket.unit, ticket.due_at, ticket.status = "city-hotline", may + DAY, "resolved"


def _settled(bureau: Bureau, channel: str, dice: random.Random, serial: Iterator[int]) -> Ticket:
    created_at = START + dice.random() * 20 * DAY
    ticket = _opened(bureau, channel, created_at, serial)
    return ticket.then("resolve", created_at + dice.random() * 5 * DAY)


def _opened(bureau: Bureau, channel: str, created_at: datetime, serial: Iterator[int]) -> Ticket:
    category = ("complaint", "service_request", "other_department")[next(serial) % 3]
    number = f"NG{created_at:%Y%m%d}-{next(serial):04d}"
    ticket = Ticket(number, channel, category, created_at, created_at + 6 * DAY, bureau.slug)
    ticket.then("opened", created_at, resolve_by=ticket.due_at.isoformat())
    return ticket.then("dispatch", created_at, unit="city-hotline").then(
        "dispatch", created_at + timedelta(minutes=5), unit=bureau.slug
    )


def _not_counted(bureau: Bureau, dice: random.Random, serial: Iterator[int]) -> Iterator[Ticket]:
    for move, status in (("refuse", "refused"), ("withdraw", "withdrawn"), ("withdraw", "withdrawn")):
        ticket = _opened(bureau, "phone", START + 3 * DAY, serial).then(move, START + 4 * DAY)
        ticket.status = status
        yield ticket
    # The last second of March and the first of May, in Beijing.
    for at in (START - timedelta(seconds=1), START + 30 * DAY):
        ticket = _opened(bureau, "phone", at, serial).then("resolve", at + DAY)
        yield ticket.then("rated", at + DAY, score="1")


def load(url: str, tickets: Iterator[Ticket]) -> None:
    """Copy the rows into the database."""
    all_of_them = list(tickets)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into tickets (number, category, risk, risk_rank, status, channel, unit, summary,"
            " anonymous, created_at, clocks_from_at, resolve_by_at)"
            " values (%s, %s, 'none', 0, %s, %s, %s, '', true, %s, %s, %s)",
            [
                (
                    one.number,
                    one.category,
                    one.status,
                    one.channel,
                    one.unit,
                    one.created_at,
                    one.created_at,
                    one.due_at,
                )
                for one in all_of_them
            ],
        )
        cursor.executemany(
            "insert into ticket_events (ticket_id, kind, at, data)"
            " select id, %s, %s, %s from tickets where number = %s",
            [
                (kind, at, json.dumps(data), one.number)
                for one in all_of_them
                for kind, at, data in one.events
            ],
        )


def with_bureaus(office: Office, rules: MonthRules) -> Monthly:
    """The month of a city that has these bureaus."""
    units = read(DATA / "units" / "ningguo.yml")
    bureaus = [{"slug": one.slug, "name": one.name, "parent": "city-hotline"} for one in PRINTED]
    city_units = [*(one.values for one in units.rows("city_units")), *bureaus]
    catalogue = Catalogue.from_mapping(
        Area.from_mapping(read(DATA / "areas" / "ningguo.yml").values, where="ningguo"),
        units={**units.values, "city_units": city_units},
        dispatch=read(DATA / "units" / "dispatch.yml").values,
    )
    return Monthly(replace(office, catalogue=catalogue), rules)
