"""Faults around training and publishing a model."""

from ticketing.domain.errors import TicketingError


class RunNotFound(TicketingError):
    """No such training run."""

    code = "run_not_found"


class RunUnderWay(TicketingError):
    """One run is queued or running, and there is only one at a time."""

    code = "run_under_way"


class ModelsElsewhere(TicketingError):
    """Nobody who trains has shown himself: the language server is elsewhere, or nothing is up."""

    code = "models_elsewhere"


class RunNotReady(TicketingError):
    """The run does not wait for publication: it is not measured yet, it failed, or it was decided."""

    code = "run_not_ready"


class ComparisonOutdated(TicketingError):
    """The run was measured against another model than the one that answers now, or its model is gone."""

    code = "comparison_outdated"


class FewerRaised(TicketingError):
    """The new model finds fewer people at risk: ``before`` and ``after`` say how many."""

    code = "fewer_raised"


class DropsNotSeen(TicketingError):
    """Something got worse, and nobody said that he saw it."""

    code = "drops_not_seen"


class NotInService(TicketingError):
    """The run is not the one in service, so it cannot be taken back."""

    code = "not_in_service"
