"""What every service works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ticketing.domain.care import Care
from ticketing.domain.clock import Clock
from ticketing.domain.deadlines import ClockRule
from ticketing.domain.objections import ObjectionRules
from ticketing.domain.permissions import Permissions
from ticketing.domain.places import Gazetteer
from ticketing.domain.referrals import ReferralRules
from ticketing.domain.routing import Catalogue
from ticketing.domain.spans import WorkTime
from ticketing.domain.talk_words import TalkWords
from ticketing.domain.ticket import TicketView
from ticketing.services.live_dispatch import LiveDispatch
from ticketing.storage.queue import JobQueue
from ticketing.storage.unit_of_work import Storage, Work
from ticketing.texts import Texts


@dataclass(frozen=True, slots=True, repr=False)
class Office:
    """The collaborators of the services, put together once by bootstrap."""

    storage: Storage
    queue: JobQueue
    clock: Clock
    texts: Texts
    gazetteer: Gazetteer
    catalogue: Catalogue
    clock_rules: tuple[ClockRule, ...]
    worktime: WorkTime
    permissions: Permissions
    #: The dispatch catalogue that holds now.
    dispatching: LiveDispatch
    #: Tickets sent back.
    objections: ObjectionRules
    #: Outside bodies, terms, grounds of the law.
    referrals: ReferralRules
    #: Children's cases, forms, closing.
    care: Care
    #: What residents say beside what they were asked.
    talk: TalkWords
    #: Keys the tickets' tracking codes and the hashes of tokens.
    secret: str

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """One use case; after the commit the relay is nudged if something must leave the house."""
        with self.storage.transaction() as work:
            yield work
        if work.outbox.added:
            self.queue.nudge_relay()

    def named(self, view: TicketView) -> TicketView:
        """The view with the unit's name from the unit directory."""
        return replace(view, unit_name=self.catalogue.name(view.unit))

    def target_name(self, target: str) -> str:
        """Name of an outside body or of a unit; raises UnitNotFound."""
        return self.referrals.name(target) or self.catalogue.name(target)

    def units_under(self, unit: str) -> frozenset[str]:
        """The unit itself and all units whose tickets it may see."""
        catalogue = self.catalogue
        return frozenset(other for other in catalogue.units() if catalogue.covers(unit, other))

    def knows_unit(self, slug: str) -> bool:
        """Whether the unit directory has this unit."""
        return slug in self.catalogue.units()
