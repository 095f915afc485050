"""Conversations that a person of staff reads, takes over and writes in."""

from datetime import datetime

from ticketing.domain.errors import BadInput, ConversationNotFound, ConversationTaken, NotPermitted
from ticketing.domain.second_look import Outcome
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import ChatLine, ConversationView
from ticketing.domain.vocabulary import Channel
from ticketing.services.clockwork import answered
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.conversations import NewLine
from ticketing.storage.second_look_tables import SecondLookRecord
from ticketing.storage.tables import ConversationRecord
from ticketing.storage.unit_of_work import Work

VIEW_CHATS = "view_chats"
TAKE_CHAT = "take_chat"


class Chats:
    """Use cases of operators, and what a resident's page reads."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def waiting(self, actor: Actor) -> list[ConversationView]:
        """Conversations that wait for a person or are held by one, longest waiting first."""
        self._check(actor, VIEW_CHATS)
        with self._office.transaction() as work:
            return work.conversations.for_operators()

    def transcript(self, actor: Actor, conversation_id: str, after_id: int = 0) -> list[ChatLine]:
        """Lines of a conversation after a given one."""
        self._check(actor, VIEW_CHATS)
        with self._office.transaction() as work:
            return work.conversations.lines(conversation_id, after_id=after_id)

    def take(self, actor: Actor, conversation_id: str) -> None:
        """From now on this person answers and the bot is silent; ConversationTaken if another has it."""
        self._check(actor, TAKE_CHAT)
        with self._office.transaction() as work:
            take_over(self._office, work, actor, conversation_id)

    def release(self, actor: Actor, conversation_id: str) -> None:
        """Give the conversation back to the bot."""
        self._check(actor, TAKE_CHAT)
        with self._office.transaction() as work:
            conversation = self._held(work, actor, conversation_id)
            conversation.handler_id = None

    def send(self, actor: Actor, conversation_id: str, text: str) -> int:
        """Write to the resident; only the person who took the conversation may. Gives the line's id."""
        self._check(actor, TAKE_CHAT)
        if not text.strip():
            raise BadInput(field="text")
        with self._office.transaction() as work:
            conversation = self._held(work, actor, conversation_id)
            for record in work.tickets.newest_of(conversation_id):
                answered(self._office, work, record)
            work.tasks.cancel_waiting(waiting_key(conversation_id), self._office.clock.now())
            line = NewLine("staff", text, self._office.clock.now(), author_id=actor.id)
            # Somebody sits before the chat and waits.
            return self._filing.say(work, conversation, line, urgent=True)

    def conversation_of(self, channel: Channel, peer: str) -> str | None:
        """Id of a resident's conversation, if there is one."""
        with self._office.transaction() as work:
            return work.conversations.find(channel, peer)

    def for_resident(self, conversation_id: str, after_id: int = 0) -> list[ChatLine]:
        """What the resident's own page shows after a given line."""
        with self._office.transaction() as work:
            return work.conversations.lines(conversation_id, after_id=after_id)

    def lines_of(self, channel: Channel, peer: str, after_id: int = 0) -> list[ChatLine]:
        """The same, by who the resident is; nothing for somebody who never wrote."""
        with self._office.storage.turns() as turns:
            return turns.lines(channel, peer, after_id=after_id)

    def _held(self, work: Work, actor: Actor, conversation_id: str) -> ConversationRecord:
        conversation = self._conversation(work, conversation_id)
        if conversation.handler_id != actor.id:
            raise NotPermitted(permission=TAKE_CHAT)
        return conversation

    def _conversation(self, work: Work, conversation_id: str) -> ConversationRecord:
        return locked_conversation(work, conversation_id)

    def _check(self, actor: Actor, permission: str) -> None:
        if not self._office.permissions.may(actor, permission, None):
            raise NotPermitted(permission=permission)


def take_over(office: Office, work: Work, actor: Actor, conversation_id: str) -> None:
    """Give a conversation to a person; whoever talks with the resident has looked at what was said."""
    conversation = locked_conversation(work, conversation_id)
    if conversation.handler_id not in {None, actor.id}:
        holder = work.staff.get(conversation.handler_id or 0)
        raise ConversationTaken(name=holder.name if holder else "")
    conversation.handler_id = actor.id
    work.tasks.cancel_waiting(waiting_key(conversation.id), office.clock.now())
    conversation.waiting_since_at = None
    line = work.looks.open_of(conversation_id)
    if line is not None:
        settle_look(office, work, line, Outcome.TAKEN_OVER, by=actor.id)


def waiting_key(conversation_id: str, since_at: datetime | None = None) -> str:
    """Names the task of one waiting; without the time how all of a conversation begin."""
    return f"waiting:{conversation_id}:{since_at.isoformat() if since_at else ''}"


def settle_look(office: Office, work: Work, line: SecondLookRecord, outcome: Outcome, *, by: int) -> None:
    """Take a conversation off the list of the second look, and its task with it."""
    now = office.clock.now()
    line.closed_at, line.closed_by, line.outcome = now, by, outcome.value
    work.tasks.cancel_one(f"second_look:{line.id}", now)


def locked_conversation(work: Work, conversation_id: str) -> ConversationRecord:
    """The conversation, locked until the transaction ends; ConversationNotFound."""
    conversation = work.conversations.get(conversation_id, locked=True)
    if conversation is None:
        raise ConversationNotFound
    return conversation
