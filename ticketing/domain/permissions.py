"""Who may do what to which ticket: a table of permission × role × scope; what it does not say is denied."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import eq

from ticketing.domain.data_rows import Row, row
from ticketing.domain.errors import DataFault
from ticketing.domain.lifecycle import Move
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import TicketView

#: Permissions about one ticket; the moves of the lifecycle bear their own names.
TICKET_PERMISSIONS = frozenset(
    {
        *(move.value for move in Move),
        "view_ticket",
        "note",
        "reply",
        "read_case",
        "read_shown_case",
        "report_police",
        "ask_waiver",
        "sign_waiver",
        "write_record",
        "unmerge",
        "pause_clock",
        "ask_more_time",
        "decide_more_time",
        "record_contact",
        "answer_referral",
        "record_answer",
        "revoke_referral",
        "offer_order",
        "approve_taking",
        "review_objection",
        "coordinate",
    }
)
#: Permissions about the house; their only scope is ``all``.
HOUSE_PERMISSIONS = frozenset(
    {
        "view_all",
        "file_ticket",
        "take_chat",
        "view_chats",
        "view_figures",
        "manage_staff",
        "work_task",
        "log_missed_call",
        "supervise",
        "take_order",
        "report_found",
        "check_quality",
        "look_again",
        "edit_knowledge",
        "approve_knowledge",
        "train_model",
        "edit_dispatch",
        "view_reads",
    }
)
PERMISSIONS = TICKET_PERMISSIONS | HOUSE_PERMISSIONS


class Scope(StrEnum):
    """Which tickets a permission reaches, from narrow to wide."""

    #: Those the person has claimed.
    OWN = "own"
    #: Those in the queue of the person's unit.
    OWN_UNIT = "own_unit"
    #: Those shown to the person's unit: referred to it, or it takes part.
    SHARED = "shared"
    #: Those of the person's unit and of the units under it.
    BELOW = "below"
    #: The same, and those shown to the unit.
    BELOW_OR_SHARED = "below_or_shared"
    ALL = "all"


#: Whether the second unit is the first or works under it.
type Covers = Callable[[str, str], bool]


class Permissions:
    """The table, asked by every service before it does anything."""

    def __init__(self, grants: Mapping[tuple[str, Role], Scope], *, covers: Covers = eq) -> None:
        """Without ``covers`` no unit is under another; use from_mapping for a data file."""
        self._grants = grants
        self._covers = covers

    @classmethod
    def from_mapping(cls, data: Mapping[str, object], *, covers: Covers = eq) -> "Permissions":
        """The table of a data file; DataFault for a missing or unknown permission, role or scope."""
        table = row(data, "permissions.yml").named_rows("permissions")
        if set(table) != PERMISSIONS:
            wrong = ", ".join(sorted(set(table) ^ PERMISSIONS))
            raise DataFault(detail=f"permissions.yml: missing or unknown permission: {wrong}")
        grants = {
            (permission, _role(name, roles.where)): _scope(permission, roles, name)
            for permission, roles in table.items()
            for name in roles.values
        }
        return cls(grants, covers=covers)

    def may(self, actor: Actor, permission: str, ticket: TicketView | None) -> bool:
        """Whether the person may now do this to ``ticket``; without a ticket only scope ``all`` will do."""
        scope = self.scope(actor.role, permission)
        if scope is Scope.ALL:
            return True
        if scope is None or ticket is None:
            return False
        return self._reaches(scope, actor, ticket)

    def may_ever(self, actor: Actor, permission: str) -> bool:
        """Whether there can be a ticket to which the person may do this."""
        return self.scope(actor.role, permission) is not None

    def scope(self, role: Role, permission: str) -> Scope | None:
        """How far a role's permission reaches; None when denied."""
        return self._grants.get((permission, role))

    def _reaches(self, scope: Scope, actor: Actor, ticket: TicketView) -> bool:
        if scope is Scope.OWN:
            return ticket.assignee_id == actor.id
        if scope is Scope.OWN_UNIT:
            return ticket.unit == actor.unit
        is_shared = actor.unit in ticket.shared_with
        if scope is Scope.SHARED:
            return is_shared
        is_below = self._covers(actor.unit, ticket.unit)
        return is_below or (scope is Scope.BELOW_OR_SHARED and is_shared)


def _role(name: str, where: str) -> Role:
    if name not in set(Role):
        raise DataFault(detail=f"{where}: unknown role {name}")
    return Role(name)


def _scope(permission: str, roles: Row, name: str) -> Scope:
    value = roles.text(name)
    allowed = {Scope.ALL} if permission in HOUSE_PERMISSIONS else set(Scope)
    if value not in allowed:
        raise DataFault(detail=f"{roles.where}: scope {value} of {name} is not one of {sorted(allowed)}")
    return Scope(value)
