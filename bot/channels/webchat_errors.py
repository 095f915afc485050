"""The faults that only the residents' page has, and their HTTP status."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from starlette.exceptions import HTTPException

from ticketing.console.errors import status_of as shared_status_of
from ticketing.domain.errors import BadInput, TicketingError


class TooManyMessages(TicketingError):
    """A browser or an address sends faster than a person writes."""

    code = "too_many_messages"


class TooManyTries(TicketingError):
    """An address guesses ticket numbers and codes."""

    code = "too_many_tries"


class MessageTooLong(TicketingError):
    """Longer than the ledger takes in one piece; ``limit`` in characters."""

    code = "message_too_long"


class PictureRefused(TicketingError):
    """A picture that is none, too large or broken: ``why``; ``said`` tells that the words were taken."""

    code = "picture_refused"


class AddressNotFound(TicketingError):
    """The address leads nowhere, or not by this method."""

    code = "address_not_found"


class CrossSite(TicketingError):
    """Another site's page tries to speak for the visitor."""

    code = "cross_site"


#: What only residents meet; the rest stands in the console's table.
OWN_STATUS: Mapping[str, HTTPStatus] = MappingProxyType(
    {
        "address_not_found": HTTPStatus.NOT_FOUND,
        "cross_site": HTTPStatus.FORBIDDEN,
        "picture_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "message_too_long": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_many_messages": HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_tries": HTTPStatus.TOO_MANY_REQUESTS,
    }
)


def status_of(fault: TicketingError) -> HTTPStatus:
    """The status of a fault; one that no table knows is ours, not the person's."""
    return OWN_STATUS.get(fault.code) or shared_status_of(fault)


def fault_of(error: Exception) -> TicketingError:
    """The framework's complaint in our own words."""
    if isinstance(error, TicketingError):
        return error
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return MessageTooLong(limit=0)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return AddressNotFound()
    return BadInput(field="form") if isinstance(error, HTTPException) else TicketingError()
