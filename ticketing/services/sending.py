"""The relay's side of the outbox."""

from collections.abc import Collection

from ticketing.domain.ticket import Delivery
from ticketing.domain.vocabulary import Channel
from ticketing.services.office import Office
from ticketing.storage.tickets import Event

RESIDENT = "resident"


class Sending:
    """Use cases of whatever carries messages out of the house."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def due(self, limit: int = 20, *, but: Collection[Channel] = ()) -> list[Delivery]:
        """Pushes to be made now, leased to the caller for a minute; another relay gets others.

        Urgent ones first, one for each person, none of the channels in ``but``.
        """
        with self._office.storage.transaction() as work:
            return work.outbox.lease(limit, self._office.clock.now(), but=but)

    def sent(self, delivery_id: int) -> None:
        """Note that a push arrived."""
        with self._office.storage.transaction() as work:
            work.outbox.sent(delivery_id, self._office.clock.now())

    def give_up(self, delivery_id: int, error: str) -> None:
        """Note that a person can never be reached this way; the ticket tells its worker so."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            delivery = work.outbox.give_up(delivery_id, error, now)
            if delivery is None or delivery.ticket_number is None or delivery.kind != RESIDENT:
                return
            record = work.tickets.by_number(delivery.ticket_number, locked=True)
            if record is not None:
                work.tickets.add_event(record.id, Event("undeliverable", now))
                record.version += 1

    def failed(self, delivery_id: int, error: str) -> None:
        """Note that a push failed; it comes due again, later each time. ``error`` holds no personal data."""
        with self._office.storage.transaction() as work:
            work.outbox.failed(delivery_id, error, self._office.clock.now())
