"""Things somebody has to do by a certain time, beside the tickets themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TaskKind(StrEnum):
    """What kind of thing is to be done; the words are ``task.<kind>``."""

    #: The claimer's own duty to report harm to a child.
    POLICE_REPORT = "police_report"
    #: Look again some days after a child's case was closed.
    FOLLOW_UP = "follow_up"
    #: Something a service plan or a visit set.
    PLANNED = "planned"
    #: Ask the resident whether the matter is settled.
    CALL_BACK = "call_back"
    #: Somebody rang and nobody answered.
    MISSED_CALL = "missed_call"
    #: A body did not answer, or did not finish, in time.
    REFERRAL_OVERDUE = "referral_overdue"
    #: The resident wrote and waits for an answer.
    ANSWER = "answer"
    #: Nobody took the ticket, not even at the highest level: whoever is above presses for it.
    LADDER_TOP = "ladder_top"
    #: The resident was not content: a supervisor keeps the matter in hand.
    SUPERVISE = "supervise"
    #: Nobody can care for the child: whether civil affairs takes temporary guardianship is to be decided.
    GUARDIANSHIP = "guardianship"
    #: An organisation took what is for a child: a supervisor lets it learn who, or not.
    ORDER_APPROVAL = "order_approval"
    #: Nobody took an order in time, or it was taken and nobody came.
    ORDER_STUCK = "order_stuck"
    #: Nobody has looked at a doubtful conversation in time.
    SECOND_LOOK = "second_look"
    #: A resident waits for a person, and nobody has looked at it or answered in time.
    WAITING_CHAT = "waiting_chat"
    #: A unit sent a ticket back: the hotline decides.
    OBJECTION = "objection"
    #: A ticket bounces: a supervisor says who does it.
    COORDINATE = "coordinate"


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as people see it."""

    id: int
    kind: TaskKind
    ticket_number: str | None
    unit: str
    assignee_id: int | None
    assignee_name: str | None
    #: Who may not do it, because it looks at this person's own work.
    barred_id: int | None
    text: str
    contact: str
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    outcome: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class MissedCall:
    """A call nobody answered."""

    contact: str
    called_at: datetime
    text: str = ""
