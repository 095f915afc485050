"""The one error family: a stable code for programs, a Chinese sentence by that code for people."""

from collections.abc import Mapping
from typing import ClassVar


class TicketingError(Exception):
    """Root of every expected fault; ``code`` finds the Chinese sentence and the HTTP status."""

    code: ClassVar[str] = "fault"

    def __init__(self, **params: str | int) -> None:
        """Keep ``params`` as data for the sentence; never personal data."""
        super().__init__(self.code)
        self.params: Mapping[str, str | int] = params

    def __str__(self) -> str:
        """Code and parameters, for logs."""
        return " ".join([self.code, *(f"{key}={value}" for key, value in self.params.items())])


class TicketNotFound(TicketingError):
    """No such ticket; to a resident without its code every ticket looks so."""

    code = "ticket_not_found"


class TransitionRefused(TicketingError):
    """The lifecycle table has no way from the present status by this move."""

    code = "transition_refused"


class AlreadyClaimed(TicketingError):
    """Another worker was first; ``name`` is theirs."""

    code = "already_claimed"


class StaleTicket(TicketingError):
    """The ticket was changed since the version the edit was based on."""

    code = "stale_ticket"


class NotPermitted(TicketingError):
    """The person's role, unit or state does not allow ``permission``."""

    code = "not_permitted"


class UnitNotFound(TicketingError):
    """No unit with this slug in the unit directory."""

    code = "unit_not_found"


class StaffNotFound(TicketingError):
    """No such member of staff."""

    code = "staff_not_found"


class UsernameTaken(TicketingError):
    """The user name is already in use."""

    code = "username_taken"


class LoginRefused(TicketingError):
    """User name and password do not match, or the account is disabled."""

    code = "login_refused"


class LoginThrottled(TicketingError):
    """Too many failed logins for this name; ``minutes`` until the next try."""

    code = "login_throttled"


class NotLoggedIn(TicketingError):
    """No valid session."""

    code = "not_logged_in"


class BindCodeRefused(TicketingError):
    """The one-time code is unknown, used or expired."""

    code = "bind_code_refused"


class BadInput(TicketingError):
    """A field is missing or not of its kind; ``field`` names it."""

    code = "bad_input"


class ConversationNotFound(TicketingError):
    """No such conversation."""

    code = "conversation_not_found"


class ConversationTaken(TicketingError):
    """Another member of staff has the conversation; ``name`` is theirs."""

    code = "conversation_taken"


class PolicyNotFound(TicketingError):
    """No policy item for ``topic``."""

    code = "policy_not_found"


class CalendarEnds(TicketingError):
    """The working calendar does not reach the asked day; a guess would be wrong."""

    code = "calendar_ends"


class ConfigurationFault(TicketingError):
    """Settings that cannot work; ``detail`` lists all of them at once."""

    code = "configuration_fault"


class DataFault(TicketingError):
    """A data file does not fit its schema; ``detail`` names file and place."""

    code = "data_fault"


class DemoRefused(TicketingError):
    """Demo people and tickets are never put into a production database."""

    code = "demo_refused"


class StorageUnavailable(TicketingError):
    """The database cannot be reached; nothing was written."""

    code = "storage_unavailable"


class ReportMissing(TicketingError):
    """A child's ticket cannot end by ``move`` without a police report or a second person's signature."""

    code = "report_missing"


class SecondPersonNeeded(TicketingError):
    """Nobody signs or checks his own work."""

    code = "second_person_needed"


class TaskNotFound(TicketingError):
    """No such open task of this person or unit."""

    code = "task_not_found"


class MergeRefused(TicketingError):
    """The tickets cannot become one, or are none: a child's case in another, or nothing to undo."""

    code = "merge_refused"


class ConsentMissing(TicketingError):
    """A body may be told only with consent on record or on a named ground of the law."""

    code = "consent_missing"


class ReferralNotFound(TicketingError):
    """No such referral of this ticket."""

    code = "referral_not_found"


class ReferralSettled(TicketingError):
    """Somebody was first: the referral stands at ``state`` since ``name`` moved it."""

    code = "referral_settled"


class LookNotFound(TicketingError):
    """No such line in the list of the second look."""

    code = "look_not_found"


class LookSettled(TicketingError):
    """Somebody was first: the conversation was looked at by ``name``."""

    code = "look_settled"


class ReferralLive(TicketingError):
    """A body still has to answer, or still works on it: the ticket does not end that way before."""

    code = "referral_live"


class ResultNotPlain(TicketingError):
    """A result from which the resident would learn nothing: empty, or phrases of office only."""

    code = "result_not_plain"


class PauseRefused(TicketingError):
    """The clocks cannot be changed now: a life is in danger, it is so already, or work has ended."""

    code = "pause_refused"
