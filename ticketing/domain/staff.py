"""Who works the queue and from where."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do at all; the permission table says the rest."""

    #: Village child director, aid assistant, grid worker, township staff.
    WORKER = "worker"
    #: Answers the telephone, takes over chats, dispatches.
    OPERATOR = "operator"
    #: Sees everything of the city, watches clocks and quality.
    SUPERVISOR = "supervisor"
    #: Manages accounts and the city's data.
    ADMIN = "admin"
    #: A social organisation or volunteer team: takes orders and sees no ticket.
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of staff who is doing something now."""

    id: int
    name: str
    role: Role
    #: Slug of the unit the person works for.
    unit: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One line of the staff list."""

    id: int
    username: str
    name: str
    role: Role
    unit: str
    active: bool
    demo: bool
    has_telegram: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What is needed to add a member of staff."""

    username: str
    name: str
    role: Role
    unit: str
    password: str
    demo: bool = False
