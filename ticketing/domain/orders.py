"""Services that residents order and organisations give: kinds, ages, what is seen before and after taking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.domain.vocabulary import Category

#: More people nobody asks for at once.
HELPERS_MAX = 20


class OrderState(StrEnum):
    """Where an order stands."""

    #: In the pool: at least one more helper is wanted.
    POOL = "pool"
    #: As many helpers as were asked for have taken it.
    FULL = "full"
    #: All who took it have given what was ordered.
    SERVED = "served"
    #: No longer wanted.
    CALLED_OFF = "called_off"


ACTIVE = frozenset({OrderState.POOL, OrderState.FULL})


class Age(StrEnum):
    """How long the resident has been waiting, in words."""

    FRESH = "fresh"
    WAITING = "waiting"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Kind:
    """One service there is."""

    slug: str
    name: str
    take_within: timedelta
    #: Lasting: contact again and again until a day.
    care: bool


@dataclass(frozen=True, slots=True)
class Group:
    """For whom it is."""

    slug: str
    name: str
    child: bool


@dataclass(frozen=True, slots=True)
class OrderRules:
    """What the data file says about orders."""

    categories: frozenset[Category]
    bureau: str
    waiting_after: timedelta
    long_after: timedelta
    kinds: Mapping[str, Kind]
    groups: Mapping[str, Group]
    notes: Mapping[str, str]

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "OrderRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "orders.yml")
        ages = rules.row("ages")
        notes = rules.row("notes")
        unknown = set(rules.texts("categories")) - set(Category)
        if unknown:
            raise DataFault(detail=f"{rules.where}: unknown category {', '.join(sorted(unknown))}")
        return cls(
            categories=frozenset(Category(slug) for slug in rules.texts("categories")),
            bureau=rules.text("bureau"),
            waiting_after=timedelta(hours=ages.number("waiting_after_hours")),
            long_after=timedelta(hours=ages.number("long_after_hours")),
            kinds={slug: _kind(slug, one) for slug, one in rules.named_rows("kinds").items()},
            groups={
                slug: Group(slug, one.text("name"), one.flag("child"))
                for slug, one in rules.named_rows("groups").items()
            },
            notes={slug: notes.text(slug) for slug in notes.values},
        )

    def age(self, waited: timedelta) -> Age:
        """What a wait of this length is called."""
        if waited < self.waiting_after:
            return Age.FRESH
        return Age.WAITING if waited < self.long_after else Age.LONG


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is needed to offer a ticket to the pool."""

    kind: str
    group: str
    notes: tuple[str, ...]
    helpers: int
    by_at: datetime
    #: Who agreed that helpers learn name, telephone and address, and how.
    consent: str
    #: For lasting care: the longest time between two contacts, in days; 0 for a single service.
    every_days: int = 0


@dataclass(frozen=True, slots=True)
class PoolOrder:
    """An order as seen by who has not taken it: the need and the area, and nothing of the person."""

    id: int
    kind: Kind
    group: Group
    notes: tuple[str, ...]
    town: str | None
    #: None for a child's: a village would tell too much.
    village: str | None
    helpers: int
    taken: int
    by_at: datetime
    every_days: int
    state: OrderState
    #: Since when the resident has been waiting.
    ordered_at: datetime
    age: Age
    #: Since when it is with the bureau because nobody took it, or nobody came.
    raised_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """What was done, from when to when."""

    from_at: datetime
    to_at: datetime
    done: str


@dataclass(frozen=True, slots=True)
class TakingView:
    """One organisation's hold on an order."""

    id: int
    unit: str
    name: str
    helpers: int
    taken_at: datetime
    #: None: a supervisor still has to approve; nothing of the person is shown until then.
    approved_at: datetime | None
    given_back_at: datetime | None
    reason: str
    served_at: datetime | None
    records: tuple[ServiceRecord, ...]

    @property
    def is_held(self) -> bool:
        """Whether the organisation has it now."""
        return self.given_back_at is None and self.served_at is None


@dataclass(frozen=True, slots=True)
class TakenOrder:
    """An order as its taker sees it; ``told`` is empty before it is approved and once it is no longer his."""

    order: PoolOrder
    taking: TakingView
    #: Place, person, telephone and words of the resident, by field.
    told: Mapping[str, str]
    #: Where the next contact of lasting care is due.
    contact_by_at: datetime | None
    #: The resident's grade; None as long as there is none.
    rating: int | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as the bureau sees it."""

    order: PoolOrder
    ticket_number: str
    consent: str
    offered_by_id: int
    takings: tuple[TakingView, ...]


def _kind(slug: str, data: Row) -> Kind:
    within = timedelta(hours=data.number("take_within_hours"))
    return Kind(slug, data.text("name"), within, data.flag("care"))
