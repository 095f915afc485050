"""What the city has still to say, what runs out when, and what must be renewed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ticketing.domain.city_facts import CityField, FieldStatus, Renewal, Revision, Standing
from ticketing.domain.clock import today
from ticketing.domain.errors import NotPermitted
from ticketing.domain.staff import Actor
from ticketing.knowledge.items import PolicyItem
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.shelf_life import Expiry, expiries
from ticketing.services.city_desk import EDIT
from ticketing.services.office import Office

#: Questions older than this say little about what is asked now.
ASKED_WITHIN = timedelta(days=90)
#: What runs out this soon is shown as urgent.
SOON = timedelta(days=30)
#: Fields in the order in which they should be seen to.
WORST_FIRST = (FieldStatus.PAST, FieldStatus.EMPTY, FieldStatus.COMING, FieldStatus.CURRENT)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One line of the checklist."""

    item: PolicyItem
    field: CityField
    standing: Standing
    pending: Revision | None
    #: How often residents asked for the topic lately.
    asked: int
    version: int


@dataclass(frozen=True, slots=True)
class AreaShare:
    """How much of an area is filled."""

    area: str
    filled: int
    total: int

    @property
    def percent(self) -> int:
        """Whole per cent, never rounded up to all."""
        return 100 * self.filled // self.total


@dataclass(frozen=True, slots=True)
class Checklist:
    """All fields, those to see to first on top."""

    rows: tuple[FieldRow, ...]
    shares: tuple[AreaShare, ...]


class CityOverview:
    """Use cases of whoever keeps the city's own facts complete."""

    def __init__(self, office: Office, knowledge: Knowledge, owners: Mapping[str, str]) -> None:
        """``owners`` tells the unit that keeps an area."""
        self._office = office
        self._knowledge = knowledge
        self._owners = owners

    def checklist(self, actor: Actor) -> Checklist:
        """Past and empty fields first, those of the topics asked for most on top."""
        self._check(actor)
        rows = sorted(self._rows(), key=_urgency)
        return Checklist(tuple(rows), tuple(_shares(rows)))

    def calendar(self, actor: Actor) -> tuple[Expiry, ...]:
        """What runs out when, in files and in the city's own facts, soonest first."""
        self._check(actor)
        return tuple(sorted(self._expiries(), key=lambda one: (one.day, one.topic, one.key)))

    def renewals(self, actor: Actor) -> tuple[Renewal, ...]:
        """What ran out and waits to be renewed, longest first."""
        self._check(actor)
        with self._office.transaction() as work:
            return work.city.renewals()

    def sweep(self) -> int:
        """Open a task for whatever ran out, once, and close those of what was renewed; how many opened."""
        on, now = self._today(), self._office.clock.now()
        over = {(one.kind, one.topic, one.key): one for one in self._expiries() if one.day < on}
        with self._office.transaction() as work:
            known = {(one.kind, one.topic, one.key): one.id for one in work.city.renewals()}
            work.city.close_renewals([known[key] for key in known.keys() - over.keys()], now)
            fresh = [over[key] for key in sorted(over.keys() - known.keys())]
            return sum(work.city.open_renewal(self._renewal(one, now)) for one in fresh)

    def _renewal(self, expiry: Expiry, now: datetime) -> Renewal:
        item = self._knowledge.shelf.items.get(expiry.topic)
        unit = self._owners[item.area] if item is not None else next(iter(self._owners.values()))
        return Renewal(0, expiry.kind, expiry.topic, expiry.key, unit, expiry.day, now)

    def _rows(self) -> Iterator[FieldRow]:
        on = self._today()
        with self._office.transaction() as work:
            asked = work.city.asked(self._office.clock.now() - ASKED_WITHIN)
            versions = work.city.versions()
            pending = {(one.topic, one.field): one for one in work.city.pending()}
        for item in self._knowledge.shelf.items.values():
            standings = self._knowledge.standings(item.slug, today=on)
            for field in item.city_fields.values():
                where = (item.slug, field.key)
                yield FieldRow(
                    item=item,
                    field=field,
                    standing=standings[field.key],
                    pending=pending.get(where),
                    asked=asked.get(item.slug, 0),
                    version=versions.get(where, 0),
                )

    def _expiries(self) -> Iterator[Expiry]:
        on = self._today()
        yield from expiries(self._knowledge.shelf)
        for item in self._knowledge.shelf.items.values():
            for key, stands in self._knowledge.standings(item.slug, today=on).items():
                fact = stands.now or stands.past
                if fact is not None and fact.last_day is not None:
                    yield Expiry(fact.last_day, "field", item.slug, key, item.city_fields[key].label)

    def _today(self) -> date:
        return today(self._office.clock)

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, EDIT, None):
            raise NotPermitted(permission=EDIT)


def _urgency(row: FieldRow) -> tuple[int, int]:
    """Sorts stably: fields of one topic stay in the order of its file."""
    return WORST_FIRST.index(row.standing.status), -row.asked


def _shares(rows: list[FieldRow]) -> Iterator[AreaShare]:
    for area in dict.fromkeys(row.item.area for row in rows):
        mine = [row for row in rows if row.item.area == area]
        filled = sum(row.standing.status is FieldStatus.CURRENT for row in mine)
        yield AreaShare(area, filled, len(mine))
