"""Which HTTP status a fault has in the console: one table, by code."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from ticketing.domain.errors import TicketingError


class CsrfRefused(TicketingError):
    """A form came without the token of its page: from another site, or from before the last login."""

    code = "csrf_refused"


class PageNotFound(TicketingError):
    """The address leads nowhere, or not by this method."""

    code = "page_not_found"


class FormTooLarge(TicketingError):
    """A form is longer, or its file larger, than any of ours; it was not read."""

    code = "form_too_large"


STATUS: Mapping[str, HTTPStatus] = MappingProxyType(
    {
        "already_claimed": HTTPStatus.CONFLICT,
        "answer_not_found": HTTPStatus.NOT_FOUND,
        "group_changed": HTTPStatus.CONFLICT,
        "group_not_found": HTTPStatus.NOT_FOUND,
        "attachment_not_found": HTTPStatus.NOT_FOUND,
        "bad_input": HTTPStatus.UNPROCESSABLE_ENTITY,
        "bind_code_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "calendar_ends": HTTPStatus.INTERNAL_SERVER_ERROR,
        "conversation_not_found": HTTPStatus.NOT_FOUND,
        "conversation_taken": HTTPStatus.CONFLICT,
        "already_decided": HTTPStatus.CONFLICT,
        "consent_missing": HTTPStatus.UNPROCESSABLE_ENTITY,
        "coordination_needed": HTTPStatus.CONFLICT,
        "csrf_refused": HTTPStatus.FORBIDDEN,
        "dispatch_changed": HTTPStatus.CONFLICT,
        "dispatch_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "entry_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "file_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "form_changed": HTTPStatus.CONFLICT,
        "form_not_found": HTTPStatus.NOT_FOUND,
        "form_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "field_changed": HTTPStatus.CONFLICT,
        "field_not_found": HTTPStatus.NOT_FOUND,
        "nothing_to_undo": HTTPStatus.CONFLICT,
        "order_not_found": HTTPStatus.NOT_FOUND,
        "order_open": HTTPStatus.CONFLICT,
        "order_taken": HTTPStatus.CONFLICT,
        "objection_not_found": HTTPStatus.NOT_FOUND,
        "own_entry": HTTPStatus.FORBIDDEN,
        "run_not_found": HTTPStatus.NOT_FOUND,
        "run_under_way": HTTPStatus.CONFLICT,
        "models_elsewhere": HTTPStatus.CONFLICT,
        "run_not_ready": HTTPStatus.CONFLICT,
        "comparison_outdated": HTTPStatus.CONFLICT,
        "fewer_raised": HTTPStatus.CONFLICT,
        "drops_not_seen": HTTPStatus.UNPROCESSABLE_ENTITY,
        "not_in_service": HTTPStatus.CONFLICT,
        "sheet_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "login_refused": HTTPStatus.UNAUTHORIZED,
        "login_throttled": HTTPStatus.TOO_MANY_REQUESTS,
        "look_not_found": HTTPStatus.NOT_FOUND,
        "look_settled": HTTPStatus.CONFLICT,
        "merge_refused": HTTPStatus.CONFLICT,
        "not_logged_in": HTTPStatus.UNAUTHORIZED,
        "not_permitted": HTTPStatus.FORBIDDEN,
        "page_not_found": HTTPStatus.NOT_FOUND,
        "pushed_down": HTTPStatus.UNPROCESSABLE_ENTITY,
        "referral_live": HTTPStatus.CONFLICT,
        "referral_not_found": HTTPStatus.NOT_FOUND,
        "referral_settled": HTTPStatus.CONFLICT,
        "pause_refused": HTTPStatus.CONFLICT,
        "report_missing": HTTPStatus.CONFLICT,
        "result_not_plain": HTTPStatus.UNPROCESSABLE_ENTITY,
        "second_person_needed": HTTPStatus.FORBIDDEN,
        "staff_not_found": HTTPStatus.NOT_FOUND,
        "stale_ticket": HTTPStatus.CONFLICT,
        "storage_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
        "task_not_found": HTTPStatus.NOT_FOUND,
        "ticket_not_found": HTTPStatus.NOT_FOUND,
        "transition_refused": HTTPStatus.CONFLICT,
        "unit_not_found": HTTPStatus.UNPROCESSABLE_ENTITY,
        "username_taken": HTTPStatus.CONFLICT,
        "version_not_found": HTTPStatus.NOT_FOUND,
    }
)


def status_of(fault: TicketingError) -> HTTPStatus:
    """The status of a fault; one the table does not know is ours, not the person's."""
    return STATUS.get(fault.code, HTTPStatus.INTERNAL_SERVER_ERROR)
