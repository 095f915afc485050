"""The relay's side of the outbox."""

from ticketing.domain.ticket import Delivery
from ticketing.services.office import Office


class Sending:
    """Use cases of whatever carries messages out of the house."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def due(self, limit: int = 20) -> list[Delivery]:
        """Pushes to be made now, leased to the caller for a minute; another relay gets others."""
        with self._office.storage.transaction() as work:
            return work.outbox.lease(limit, self._office.clock.now())

    def sent(self, delivery_id: int) -> None:
        """Note that a push arrived."""
        with self._office.storage.transaction() as work:
            work.outbox.sent(delivery_id, self._office.clock.now())

    def failed(self, delivery_id: int, error: str) -> None:
        """Note that a push failed; it comes due again, later each time. ``error`` holds no personal data."""
        with self._office.storage.transaction() as work:
            work.outbox.failed(delivery_id, error, self._office.clock.now())
