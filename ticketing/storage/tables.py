"""The tables; constraints say the invariants a second time."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Sequence,
    String,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

IS_OPEN = "status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned')"

WAITING_STATUSES = "'new', 'dispatched', 'returned'"
OPEN_STATUSES = f"{WAITING_STATUSES}, 'claimed', 'in_progress', 'referred'"

#: A JSON object as psycopg gives it; the repositories turn it into typed values.
type Json = dict[str, Any]


class Record(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text(),
        Json: JSONB(),
        list[str]: JSONB(),
        list[Json]: JSONB(),
    }


class StaffRecord(Record):
    """A member of staff; accounts are disabled, never deleted, since events name them."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str] = mapped_column(index=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))
    telegram_chat_id: Mapped[str | None] = mapped_column(unique=True)
    failed_logins: Mapped[int] = mapped_column(server_default=sql("0"))
    locked_until_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("role in ('worker', 'operator', 'supervisor', 'admin', 'organisation')", name="role"),
    )


class StaffSessionRecord(Record):
    """A login; only a hash of the token is kept."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    expires_at: Mapped[datetime]


class BindCodeRecord(Record):
    """A one-time code that ties a Telegram chat to an account."""

    __tablename__ = "bind_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ConversationRecord(Record):
    """All that one person says through one channel."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    channel: Mapped[str]
    peer: Mapped[str]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: Since when a person is being waited for.
    waiting_since_at: Mapped[datetime | None]
    #: Until when what was said has been read a second time.
    looked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_conversations_channel_peer", "channel", "peer", unique=True),
        Index(
            "ix_conversations_waiting",
            "waiting_since_at",
            postgresql_where=sql("waiting_since_at is not null"),
        ),
    )


class TicketRecord(Record):
    """A ticket's present state; how it came there is in its events."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    category: Mapped[str]
    risk: Mapped[str]
    risk_rank: Mapped[int]
    status: Mapped[str]
    channel: Mapped[str]
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    town: Mapped[str | None]
    village: Mapped[str | None]
    unit: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    fields: Mapped[Json] = mapped_column(server_default=sql("'{}'::jsonb"))
    summary: Mapped[str]
    anonymous: Mapped[bool]
    retracted: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime]
    #: From when the clocks of intake run: when it came in, or was last opened again.
    clocks_from_at: Mapped[datetime]
    accept_by_at: Mapped[datetime | None]
    first_contact_by_at: Mapped[datetime | None]
    resolve_by_at: Mapped[datetime | None]
    deadline_basis: Mapped[str] = mapped_column(server_default=sql("''"))
    #: When an unclaimed ticket goes one level up; None at the top level or once claimed.
    escalate_at: Mapped[datetime | None]
    level: Mapped[int] = mapped_column(server_default=sql("0"))
    result: Mapped[str | None]
    rating: Mapped[int | None]
    rating_comment: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    #: Units that see it although it is not in their queue: live referrals, supporting units.
    shared_with: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    #: Units that take part beside the one that leads.
    supporting: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    #: The first receiver, until another unit takes the ticket.
    responsible_unit: Mapped[str] = mapped_column(server_default=sql("''"))
    #: Version of the dispatch catalogue that chose the unit; None: a person did.
    catalogue_version: Mapped[int | None]
    #: Whether a supervisor was asked who does it, or has said so; by whom.
    coordination: Mapped[str] = mapped_column(server_default=sql("''"))
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("risk in ('emergency', 'urgent', 'none')", name="risk"),
        CheckConstraint(
            "status in ('new', 'dispatched', 'claimed', 'in_progress', 'referred', 'returned', 'resolved',"
            " 'called_back', 'closed', 'merged', 'refused', 'withdrawn')",
            name="status",
        ),
        CheckConstraint(
            "status not in ('claimed', 'in_progress', 'referred') or assignee_id is not null", name="owner"
        ),
        CheckConstraint("(status = 'merged') = (merged_into_id is not null)", name="merged_into"),
        CheckConstraint("rating between 1 and 5", name="rating"),
        CheckConstraint("coordination in ('', 'asked', 'decided')", name="coordination"),
        # Which tickets a unit's queue has, and how many.
        Index("ix_tickets_queue", "unit", "status", "risk_rank", "created_at"),
        # Every list's order, so that one page of a long list is read without sorting the list.
        Index("ix_tickets_order", sql("risk_rank DESC"), "created_at", "id"),
        # What a new report may be a repeat of.
        Index("ix_tickets_alike", "category", "created_at", postgresql_where=sql(IS_OPEN)),
        Index("ix_tickets_contact", sql("(fields ->> 'contact')"), postgresql_where=sql(IS_OPEN)),
        Index("ix_tickets_merged_into", "merged_into_id", postgresql_where=sql("merged_into_id is not null")),
        Index("ix_tickets_assignee", "assignee_id", "status"),
        # What is open is little beside what is closed: its lists never read the closed ones.
        Index(
            "ix_tickets_open",
            sql("risk_rank DESC"),
            "created_at",
            "id",
            postgresql_where=sql(f"status in ({OPEN_STATUSES})"),
        ),
        Index(
            "ix_tickets_accept_by",
            "unit",
            "accept_by_at",
            postgresql_where=sql(f"status in ({WAITING_STATUSES})"),
        ),
        Index(
            "ix_tickets_resolve_by",
            "unit",
            "resolve_by_at",
            postgresql_where=sql(f"status in ({OPEN_STATUSES})"),
        ),
        # What came in during a month.
        Index("ix_tickets_created_at", "created_at"),
        Index("ix_tickets_escalate", "escalate_at", postgresql_where=sql("escalate_at is not null")),
    )


class TicketEventRecord(Record):
    """What happened to a ticket; rows are only ever added."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(server_default=sql("''"))
    data: Mapped[Json] = mapped_column(server_default=sql("'{}'::jsonb"))


class MessageRecord(Record):
    """The ledger: everything said, in both directions."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    #: in: resident; out: bot or notice; staff: a person of staff.
    direction: Mapped[str]
    external_id: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default=sql("'text'"))
    text: Mapped[str]
    payload: Mapped[Json] = mapped_column(server_default=sql("'{}'::jsonb"))
    buttons: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    at: Mapped[datetime]
    risk: Mapped[str | None]
    category: Mapped[str | None]
    evidence: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    in_reply_to: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    #: Of inbound rows: received, answered, waiting_person, with_staff.
    state: Mapped[str | None]
    #: When the present attempt to answer began.
    answering_at: Mapped[datetime | None]
    opened_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: Of inbound rows: whether the bot waits for nothing after its answer.
    bot_settled: Mapped[bool] = mapped_column(server_default=sql("false"))
    #: Of inbound rows: what was talked about last.
    bot_topic: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("direction in ('in', 'out', 'staff')", name="direction"),
        CheckConstraint("direction <> 'in' or external_id is not null", name="external_id"),
        # A redelivery changes nothing.
        Index(
            "uq_messages_conversation_external",
            "conversation_id",
            "external_id",
            unique=True,
            postgresql_where=sql("direction = 'in'"),
        ),
        Index("ix_messages_conversation_id", "conversation_id", "id"),
        Index("ix_messages_in_reply_to", "in_reply_to"),
        # Lines are only ever added, so a month's lie together: this index costs next to nothing.
        Index("ix_messages_at", "at", postgresql_using="brin"),
        # What was asked and not answered.
        Index(
            "ix_messages_gap",
            "at",
            postgresql_where=sql("(payload #> '{mark,gap}'::text[]) is not null"),
        ),
    )


class OutboxRecord(Record):
    """A push that must leave the house; written with the business change, sent afterwards."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    channel: Mapped[str]
    peer: Mapped[str]
    text: Mapped[str]
    buttons: Mapped[list[str]] = mapped_column(server_default=sql("'[]'::jsonb"))
    ticket_number: Mapped[str | None]
    #: The referral it tells of.
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"))
    #: Of somebody at risk, or to somebody who is waiting: leaves before the others.
    urgent: Mapped[bool] = mapped_column(server_default=sql("false"))
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    sent_at: Mapped[datetime | None]
    #: The channel said that this person can never be reached so.
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    __table_args__ = (
        # As the relay takes them: it reads from the front and stops, however many wait behind.
        Index(
            "ix_outbox_next",
            sql("urgent desc"),
            "id",
            postgresql_where=sql("sent_at is null and given_up_at is null"),
        ),
        # In order for each person, and only what is still to be sent.
        Index(
            "ix_outbox_person",
            "channel",
            "peer",
            "id",
            postgresql_where=sql("sent_at is null and given_up_at is null"),
        ),
        Index("ix_outbox_referral", "referral_id", postgresql_where=sql("referral_id is not null")),
    )


#: Numbers all tickets; never goes back, and nobody waits for it.
TICKET_NUMBERS = Sequence("ticket_numbers", metadata=Record.metadata)


class TicketDayRecord(Record):
    """Where in the sequence of numbers a day began: its tickets are counted from there."""

    __tablename__ = "ticket_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    #: The sequence's value before the day's number 1.
    before: Mapped[int] = mapped_column(BigInteger)
