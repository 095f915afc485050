"""What a resident sends is kept first; whoever is at risk has a ticket in the same transaction."""

from collections.abc import Sequence
from datetime import timedelta

from ticketing.domain.arrival import Arrival
from ticketing.domain.errors import ConversationNotFound
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.ticket import Receipt, StoredReply, TicketGiven
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.services.filing import Filing, NewTicket
from ticketing.services.office import Office
from ticketing.storage.conversations import ANSWERING_LEASE, NewLine
from ticketing.storage.tables import ConversationRecord, MessageRecord
from ticketing.storage.unit_of_work import Work

#: How far back a report split over several messages is read together.
EARLIER_WITHIN = timedelta(minutes=10)
EARLIER_LIMIT = 4


class Intake:
    """Use cases of the gateway."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def receive(self, arrival: Arrival) -> Receipt:
        """Write the message, and a ticket if its finding says someone is at risk; all or nothing.

        A redelivery writes nothing and gets the first answer again. If the first attempt to answer was
        cut off, the redelivery counts as the attempt: ``duplicate`` is False and the ticket is given again.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            conversation = work.conversations.lock(arrival.channel, arrival.peer, now)
            known = work.conversations.inbound(conversation.id, arrival.external_id)
            if known is not None:
                return self._again(work, conversation, known)
            conversation.last_at = now
            message = work.conversations.add_inbound(conversation.id, arrival, now)
            given = self._raise(work, conversation, message, arrival.finding)
            if conversation.handler_id is not None:
                message.state = "with_staff"
            return self._receipt(work, conversation, message, given)

    def _again(self, work: Work, conversation: ConversationRecord, known: MessageRecord) -> Receipt:
        now = self._office.clock.now()
        cut_off = known.answering_at is not None and now - known.answering_at > ANSWERING_LEASE
        if known.state == "received" and cut_off:
            known.answering_at = now
            opened = work.tickets.by_id(known.opened_ticket_id) if known.opened_ticket_id else None
            given = None if opened is None else self._filing.given(opened, new=True)
            return self._receipt(work, conversation, known, given)
        return Receipt(
            conversation_id=conversation.id,
            message_id=known.id,
            duplicate=True,
            replies=None if known.state == "received" else work.conversations.replies_to(known.id),
            staff_has_it=conversation.handler_id is not None,
            ticket=None,
        )

    def _receipt(
        self, work: Work, conversation: ConversationRecord, message: MessageRecord, given: TicketGiven | None
    ) -> Receipt:
        return Receipt(
            conversation_id=conversation.id,
            message_id=message.id,
            duplicate=False,
            replies=None,
            staff_has_it=conversation.handler_id is not None,
            ticket=given,
            earlier=work.conversations.earlier_texts(
                conversation.id, before_id=message.id, since=message.at - EARLIER_WITHIN, limit=EARLIER_LIMIT
            ),
        )

    def _raise(
        self, work: Work, conversation: ConversationRecord, message: MessageRecord, finding: Finding
    ) -> TicketGiven | None:
        if finding.risk is Risk.NONE or finding.category is None:
            return None
        category = Category(finding.category)
        known = work.tickets.of_conversation(conversation.id, categories=frozenset({category}), statuses=OPEN)
        if known is not None:
            self._filing.raise_risk(work, known, finding.risk)
            return self._filing.given(known, new=False)
        new = NewTicket(
            category=category,
            risk=finding.risk,
            text=message.text,
            channel=Channel(conversation.channel),
            conversation_id=conversation.id,
            evidence=finding.evidence,
        )
        record = self._filing.open(work, new)
        message.opened_ticket_id = record.id
        return self._filing.given(record, new=True)

    def raise_risk(self, message_id: int, *, finding: Finding) -> TicketGiven | None:
        """Open or sharpen a ticket for a message already kept, when a second look finds risk in it."""
        with self._office.transaction() as work:
            message, conversation = self._locked(work, message_id)
            message.risk, message.category = finding.risk, finding.category
            message.evidence = list(finding.evidence)
            return self._raise(work, conversation, message, finding)

    def record_replies(self, message_id: int, replies: Sequence[StoredReply], *, push: bool = False) -> bool:
        """Keep what was answered, once; a second call changes nothing.

        False when a person of staff took the conversation meanwhile: the bot's words are not to be said.
        ``push`` also sends them where the channel needs pushing, for answers that come late.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            message, conversation = self._locked(work, message_id)
            if conversation.handler_id is not None:
                message.state = "with_staff"
                return False
            if message.state == "answered" or work.conversations.replies_to(message_id):
                return True
            if message.state == "received":
                message.state = "answered"
            for reply in replies:
                line = NewLine("out", reply.text, now, reply.buttons, in_reply_to=message_id)
                self._write(work, conversation, line, push=push)
            return True

    def _write(self, work: Work, conversation: ConversationRecord, line: NewLine, *, push: bool) -> None:
        if push:
            self._filing.say(work, conversation, line)
        else:
            work.conversations.add_line(conversation.id, line)

    def wait_for_person(self, message_id: int, *, reason: str) -> None:
        """Put the conversation on the operators' list; ``reason`` is a code kept with the message."""
        with self._office.transaction() as work:
            message, conversation = self._locked(work, message_id)
            message.state = "waiting_person"
            message.payload = {**message.payload, "waiting_reason": reason}
            work.conversations.wait_for_person(conversation.id, self._office.clock.now())

    def _locked(self, work: Work, message_id: int) -> tuple[MessageRecord, ConversationRecord]:
        message = work.conversations.message(message_id)
        if message is None:
            raise ConversationNotFound
        conversation = work.conversations.get(message.conversation_id, locked=True)
        if conversation is None:
            raise ConversationNotFound
        return message, conversation
