"""Faults around orders."""

from ticketing.domain.errors import TicketingError


class OrderNotFound(TicketingError):
    """No such order, or not this person's: the two look the same."""

    code = "order_not_found"


class OrderTaken(TicketingError):
    """Another organisation was first; ``name`` is theirs."""

    code = "order_taken"


class OrderOpen(TicketingError):
    """The ticket has an order that has not ended."""

    code = "order_open"
