"""What can go wrong when tickets are dispatched, sent back, and the catalogue is edited."""

from collections.abc import Mapping

from ticketing.domain.dispatching import DispatchFault
from ticketing.domain.errors import TicketingError
from ticketing.domain.vocabulary import Category


class DispatchRefused(TicketingError):
    """An edit of the catalogue is wrong; ``found`` says where and why."""

    code = "dispatch_refused"

    def __init__(self, found: Mapping[Category, tuple[DispatchFault, ...]]) -> None:
        """All faults at once."""
        super().__init__(count=sum(len(one) for one in found.values()))
        self.found = found


class DispatchChanged(TicketingError):
    """The catalogue was edited since the version the edit was based on; ``name`` made ``number``."""

    code = "dispatch_changed"


class VersionNotFound(TicketingError):
    """The catalogue never had this version."""

    code = "version_not_found"


class PushedDown(TicketingError):
    """A matter of a municipal department does not go to a township or a village."""

    code = "pushed_down"


class CoordinationNeeded(TicketingError):
    """A supervisor says who does it; ``name`` is theirs, empty when nobody has been named."""

    code = "coordination_needed"


class ObjectionNotFound(TicketingError):
    """No objection of this ticket waits for a decision."""

    code = "objection_not_found"
