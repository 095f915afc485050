"""What a resident sends is kept first; whoever is at risk has a ticket in the same transaction."""

from collections.abc import Sequence

from ticketing.domain.arrival import Arrival
from ticketing.domain.child_guard import MINOR, YES
from ticketing.domain.errors import ConversationNotFound
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.ticket import UNKNOWN_STANDING, BotStanding, Receipt, StoredReply, TicketGiven
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.services.filing import Filing, NewTicket
from ticketing.services.office import Office
from ticketing.storage.conversations import ANSWERING_LEASE, NewLine
from ticketing.storage.tables import ConversationRecord, MessageRecord
from ticketing.storage.turns import Before, TakenIn
from ticketing.storage.unit_of_work import Work


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
        receipt = self._received(arrival)
        if arrival.attached is not None and arrival.attached.source:
            self._office.queue.nudge_fetch()
        return receipt

    def _received(self, arrival: Arrival) -> Receipt:
        now = self._office.clock.now()
        if arrival.finding.risk is Risk.NONE:
            taken, before = self._office.storage.take_in(arrival, now)
            if taken.message_id is not None:
                return _receipt(taken, taken.message_id, before)
        with self._office.transaction() as work:
            taken = work.conversations.take_in(arrival, now)
            if taken.message_id is None:
                return self._again(work, taken.conversation_id, arrival.external_id)
            message, conversation = self._locked(work, taken.message_id)
            given = self._raise(work, conversation, message, arrival.finding)
            before = work.conversations.before(taken.conversation_id, message_id=taken.message_id, at=now)
            return _receipt(taken, taken.message_id, before, given)

    def _again(self, work: Work, conversation_id: str, external_id: str) -> Receipt:
        now = self._office.clock.now()
        known = work.conversations.inbound(conversation_id, external_id)
        conversation = work.conversations.get(conversation_id)
        if known is None or conversation is None:
            raise ConversationNotFound
        cut_off = known.answering_at is not None and now - known.answering_at > ANSWERING_LEASE
        if known.state == "received" and cut_off:
            known.answering_at = now
            opened = work.tickets.by_id(known.opened_ticket_id) if known.opened_ticket_id else None
            given = None if opened is None else self._filing.given(opened, new=True)
            before = work.conversations.before(conversation.id, message_id=known.id, at=known.at)
            # The first attempt may have changed how the bot stands: that is not known.
            return Receipt(
                conversation_id=conversation.id,
                message_id=known.id,
                duplicate=False,
                replies=None,
                staff_has_it=conversation.handler_id is not None,
                ticket=given,
                earlier=before.texts,
                standing=BotStanding(topic=before.standing.topic),
            )
        return Receipt(
            conversation_id=conversation.id,
            message_id=known.id,
            duplicate=True,
            replies=None if known.state == "received" else work.conversations.replies_to(known.id),
            staff_has_it=conversation.handler_id is not None,
            ticket=None,
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
            fields={MINOR: YES} if finding.minor else {},
        )
        record = self._filing.open(work, new)
        message.opened_ticket_id = record.id
        return self._filing.given(record, new=True)

    def raise_risk(self, message_id: int, *, finding: Finding) -> TicketGiven | None:
        """Open or sharpen a ticket for a message already kept, when a second look finds risk in it.

        A ticket that the message itself opened, and nobody has taken, becomes one of the finding's category.
        """
        with self._office.transaction() as work:
            message, conversation = self._locked(work, message_id)
            message.risk, message.category = finding.risk, finding.category
            message.evidence = list(finding.evidence)
            opened = work.tickets.by_id(message.opened_ticket_id) if message.opened_ticket_id else None
            if opened is not None and finding.category is not None:
                self._filing.resort(work, opened, Category(finding.category))
                self._filing.raise_risk(work, opened, finding.risk)
                return self._filing.given(opened, new=False)
            return self._raise(work, conversation, message, finding)

    def record_replies(
        self,
        message_id: int,
        replies: Sequence[StoredReply],
        *,
        push: bool = False,
        standing: BotStanding = UNKNOWN_STANDING,
    ) -> bool:
        """Keep what was answered, once; a second call changes nothing.

        False when a person of staff took the conversation meanwhile: the bot's words are not to be said.
        ``push`` also sends them where the channel needs pushing, for answers that come late.
        ``standing`` is how the bot stands afterwards.
        """
        if push:
            return self._record_and_push(message_id, replies, standing)
        now = self._office.clock.now()
        with self._office.storage.turns() as turns:
            may_say = turns.record(message_id, replies, standing=standing, now=now)
        if may_say is None:
            raise ConversationNotFound
        return may_say

    def _record_and_push(
        self, message_id: int, replies: Sequence[StoredReply], standing: BotStanding
    ) -> bool:
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
            message.bot_settled, message.bot_topic = standing.settled, standing.topic
            for reply in replies:
                line = NewLine("out", reply.text, now, reply.buttons, in_reply_to=message_id, mark=reply.mark)
                self._filing.say(work, conversation, line, urgent=True)
            return True

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


def _receipt(taken: TakenIn, message_id: int, before: Before, given: TicketGiven | None = None) -> Receipt:
    return Receipt(
        conversation_id=taken.conversation_id,
        message_id=message_id,
        duplicate=False,
        replies=None,
        staff_has_it=taken.handler_id is not None,
        ticket=given,
        earlier=before.texts,
        standing=before.standing,
    )
