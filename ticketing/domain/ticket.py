"""A ticket as people and programs see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ticketing.domain.answer_marks import AnswerMark
from ticketing.domain.attachments import AttachmentView
from ticketing.domain.closure import ClosureView
from ticketing.domain.lifecycle import Move, Status
from ticketing.domain.objections import Coordination
from ticketing.domain.places import Place
from ticketing.domain.referrals import ReferralView
from ticketing.domain.vocabulary import Category, Channel, Risk


class Field(StrEnum):
    """What a report may tell; every one is optional."""

    SAFE_NOW = "safe_now"
    PLACE = "place"
    WHO = "who"
    WHAT = "what"
    SINCE = "since"
    CONTACT = "contact"
    DETAIL = "detail"
    #: Who the person in danger or need is to the one who writes.
    RELATION = "relation"
    #: The day it happened, worked out from what was told.
    HAPPENED = "happened"


@dataclass(frozen=True, slots=True)
class TicketGiven:
    """Number and secret handed to the resident; ``code`` is empty when the ticket already existed."""

    number: str
    code: str
    new: bool


@dataclass(frozen=True, slots=True)
class TicketView:
    """One ticket, all instants aware UTC."""

    number: str
    category: Category
    risk: Risk
    status: Status
    town: str | None
    village: str | None
    unit: str
    unit_name: str
    assignee_id: int | None
    assignee_name: str | None
    fields: Mapping[str, str]
    #: First words of the report, for lists; staff only.
    summary: str
    anonymous: bool
    channel: Channel
    created_at: datetime
    accept_by_at: datetime | None
    first_contact_by_at: datetime | None
    resolve_by_at: datetime | None
    #: Which clause made the deadlines.
    deadline_basis: str
    overdue: bool
    #: How often it went one level up.
    level: int
    result: str | None
    rating: int | None
    #: The reporter took it back; for people at risk it is worked on all the same.
    retracted: bool
    conversation_id: str | None
    version: int
    #: Units that see it although it is not in their queue.
    shared_with: frozenset[str] = frozenset()
    #: Units that take part beside the one that leads.
    supporting: tuple[str, ...] = ()
    #: The first receiver, until another unit takes the ticket.
    responsible_unit: str = ""
    #: Version of the dispatch catalogue that chose the unit.
    catalogue_version: int | None = None
    #: Whether a supervisor says who does it.
    coordination: Coordination = Coordination.NONE


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened to a ticket; never changed afterwards."""

    id: int
    kind: str
    at: datetime
    #: None: the system or the resident.
    actor_name: str | None
    text: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of a conversation; ``direction`` is in, out or staff."""

    id: int
    direction: str
    kind: str
    text: str
    buttons: tuple[str, ...]
    at: datetime
    #: The topic it answers, if it is an answer about policies.
    topic: str | None = None
    #: What the resident said of the answer: up, down or nothing yet.
    vote: str = ""
    #: Why it is no good, if that was told.
    reason: str = ""
    #: The file that came with it.
    attachment: AttachmentView | None = None


@dataclass(frozen=True, slots=True)
class TicketDetail:
    """All that the ticket page shows."""

    ticket: TicketView
    events: tuple[TicketEvent, ...]
    messages: tuple[ChatLine, ...]
    #: Moves both the lifecycle and this person's permissions allow now.
    moves: tuple[Move, ...]
    referrals: tuple[ReferralView, ...]
    #: Every result told so far, the first one first.
    closures: tuple[ClosureView, ...] = ()
    #: What the person may read of the case file; None: all of it.
    file_parts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list, newest or most urgent first."""

    items: tuple[T, ...]
    #: As far as it was counted.
    total: int
    page: int
    page_size: int
    #: There are more than ``total``.
    has_more: bool = False

    @property
    def counted(self) -> str:
        """The total as printed: with a plus when it was not counted to the end."""
        return f"{self.total}+" if self.has_more else str(self.total)


@dataclass(frozen=True, slots=True)
class PhoneReport:
    """What an operator takes down during a call."""

    category: Category
    risk: Risk
    text: str
    place: str = ""
    contact: str = ""
    who: str = ""
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class FillOutcome:
    """What became of one answer; ``place`` is what it named, with candidates if it is ambiguous."""

    number: str
    place: Place | None = None
    #: Something else had been told before.
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class StoredReply:
    """One reply as kept in the ledger, so that a redelivery gets the same."""

    text: str
    buttons: tuple[str, ...] = ()
    #: What it answers from; None for what is no answer about policies.
    mark: AnswerMark | None = None


@dataclass(frozen=True, slots=True)
class BotStanding:
    """How the bot stands in a conversation, as far as is known outside the dialogue."""

    #: It waits for nothing: no form is open, nothing was offered, nothing asked back. False: it may.
    settled: bool = False
    #: What was talked about last; a bare question of detail goes there.
    topic: str | None = None


#: Only the dialogue itself can tell.
UNKNOWN_STANDING = BotStanding()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one inbound message."""

    conversation_id: str
    message_id: int
    duplicate: bool
    #: For a duplicate: the replies given the first time; None while that is still being answered.
    replies: tuple[StoredReply, ...] | None
    staff_has_it: bool
    ticket: TicketGiven | None
    #: The last few things the resident wrote before this, oldest first.
    earlier: tuple[str, ...] = field(default=())
    #: How the bot stood before this message.
    standing: BotStanding = UNKNOWN_STANDING


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be pushed out of the house; ``id`` makes a repeat recognisable."""

    id: int
    kind: str
    channel: Channel
    peer: str
    text: str
    buttons: tuple[str, ...]
    ticket_number: str | None
    #: How often it was taken to be sent, this time included.
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One line of the operators' list of conversations."""

    id: str
    channel: Channel
    last_text: str
    last_at: datetime
    waiting: bool
    handler_id: int | None
    handler_name: str | None
    ticket_number: str | None


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one look at the clocks did."""

    escalated: tuple[str, ...]
    overdue: int
