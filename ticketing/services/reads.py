"""Who of staff read what: written before anybody sees the answer, watched over, taken out by age."""

from dataclasses import dataclass

from ticketing.domain.errors import NotPermitted, TicketNotFound
from ticketing.domain.reads import Reading, ReadSearch, ReadView
from ticketing.domain.staff import Actor, StaffMember
from ticketing.services.office import Office
from ticketing.storage.reads import PAGE_SIZE

VIEW_READS = "view_reads"
#: Records taken out in one transaction, so that a long backlog does not hold locks.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of records, newest first."""

    items: tuple[ReadView, ...]
    #: Where the next page begins; None on the last one.
    next_before_id: int | None


class Reads:
    """Use cases of whatever shows something of people, and of those who watch over it."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def note(self, actor: Actor, reading: Reading) -> None:
        """Keep that somebody read, or was refused.

        No job and no queue take part: it is in the database when this returns. StorageUnavailable otherwise,
        and then nothing may be shown.
        """
        now, same = self._office.clock.now(), self._office.care.reads.same_look
        self._office.storage.note_read(actor.id, reading, now, same=same)

    def of_ticket(self, actor: Actor, number: str, *, before_id: int | None = None) -> ReadPage:
        """Who read a ticket, its conversation or an order made of it."""
        self._check(actor)
        with self._office.transaction() as work:
            ticket = work.tickets.by_number(number)
            if ticket is None:
                raise TicketNotFound(number=number)
            return _page(work.reads.of_ticket(ticket, before_id=before_id))

    def find(self, actor: Actor, wanted: ReadSearch) -> ReadPage:
        """Records that fit."""
        self._check(actor)
        with self._office.transaction() as work:
            return _page(work.reads.find(wanted))

    def people(self, actor: Actor) -> tuple[StaffMember, ...]:
        """Everyone whose records there may be, closed accounts too, by name."""
        self._check(actor)
        with self._office.transaction() as work:
            return tuple(sorted(work.staff.everyone(), key=lambda one: one.name))

    def purge(self) -> int:
        """Take out what is older than the city keeps it; how many. Safe to run twice at once."""
        before = self._office.clock.now() - self._office.care.reads.keep_for
        gone = 0
        while True:
            with self._office.transaction() as work:
                batch = work.reads.purge(before, BATCH)
            gone += batch
            if batch < BATCH:
                return gone

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, VIEW_READS, None):
            raise NotPermitted(permission=VIEW_READS)


def _page(found: tuple[ReadView, ...]) -> ReadPage:
    items = found[:PAGE_SIZE]
    return ReadPage(items, items[-1].id if len(found) > PAGE_SIZE else None)
