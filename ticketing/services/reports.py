"""What a resident does with a report: tell more, ask how it stands, take it back, rate it."""

from ticketing.domain.errors import BadInput, ConversationNotFound, TicketNotFound
from ticketing.domain.lifecycle import OPEN, Move, Status, target
from ticketing.domain.places import Place
from ticketing.domain.ticket import Field, FillOutcome, TicketGiven, TicketView
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Channel, Risk
from ticketing.services.amending import Amending
from ticketing.services.clockwork import waits_for_answer
from ticketing.services.disclosures import call_off
from ticketing.services.duties import refuse_unreported
from ticketing.services.filing import NewTicket
from ticketing.services.following import with_kept
from ticketing.services.handovers import overtake
from ticketing.services.rating import Rating
from ticketing.storage.tables import ConversationRecord, TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work


class Reports(Rating, Amending):
    """Use cases of the dialogue."""

    def open_report(self, conversation_id: str, *, category: Category, text: str) -> TicketGiven:
        """A ticket of this category for this conversation: the open one, or a new one."""
        with self._office.transaction() as work:
            conversation = self._conversation(work, conversation_id)
            known = work.tickets.of_conversation(
                conversation_id, categories=frozenset({category}), statuses=OPEN
            )
            if known is not None:
                return self._filing.given(known, new=False)
            risk = Risk.URGENT if category in AT_RISK_CATEGORIES else Risk.NONE
            if category is Category.HUMAN:
                work.conversations.wait_for_person(conversation_id, self._office.clock.now())
            new = NewTicket(
                category=category,
                risk=risk,
                text=text,
                channel=Channel(conversation.channel),
                conversation_id=conversation_id,
            )
            return self._filing.given(self._filing.open(work, new), new=True)

    def fill(self, number: str, *, field: str, value: str) -> FillOutcome:
        """Keep one answer; a place also finds the town and, for an unclaimed ticket, its unit."""
        if field not in set(Field):
            raise BadInput(field=field)
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._ticket(work, number)
            record.fields = {**record.fields, field: value}
            work.tickets.add_event(record.id, Event("filled", now, text=value, data={"field": field}))
            if field == Field.CONTACT:
                record.anonymous = False
            return FillOutcome(number, self._place(work, record, field, value))

    def _place(self, work: Work, record: TicketRecord, field: str, value: str) -> Place | None:
        """A place told in answer to another question counts as long as none is known."""
        asked = field == Field.PLACE
        if not asked and record.town is not None:
            return None
        place = self._office.gazetteer.find(value, asked=asked)
        if place.town is not None:
            self._filing.place(work, record, place)
        return place if asked or place.town is not None else None

    def current(self, conversation_id: str) -> TicketView | None:
        """The newest open ticket of this conversation, else the newest at all, else None."""
        with self._office.transaction() as work:
            record = self._newest(work, conversation_id)
            return None if record is None else self._seen(work, record)

    def progress(
        self, conversation_id: str, *, number: str | None = None, code: str | None = None
    ) -> TicketView:
        """How a ticket stands: one of this conversation, or any with its code; else TicketNotFound."""
        with self._office.transaction() as work:
            return self._seen(work, self._own(work, conversation_id, number, code))

    def add(
        self, conversation_id: str, *, text: str, number: str | None = None, code: str | None = None
    ) -> TicketView:
        """Keep something the resident adds; a finished ticket takes it as well, and so does a merged one.

        It stays in the history of the resident's own ticket, which the page of the ticket worked on shows.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record, kept = with_kept(work, self._own(work, conversation_id, number, code))
            record.version += 1
            work.tickets.add_event(record.id, Event("added", now, text=text))
            waits_for_answer(self._office, work, kept)
            if kept is not record:
                kept.version += 1
                work.tickets.add_event(kept.id, Event("added_to_part", now, data={"number": record.number}))
            return self._seen(work, record)

    def withdraw(
        self, conversation_id: str, *, number: str | None = None, code: str | None = None
    ) -> TicketView:
        """Take a report back; where a person may be at risk it is only marked and worked on all the same.

        So it is when the matter is worked on for another reporter too.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record, kept = with_kept(work, self._own(work, conversation_id, number, code))
            if self._is_at_risk(record) or kept is not record:
                return self._mark_retracted(work, record)
            refuse_unreported(self._office, work, record, Move.WITHDRAW)
            record.status = target(Status(record.status), Move.WITHDRAW).value
            record.escalate_at, record.closed_at = None, now
            withdrawn = self._office.texts.get("referral.withdrawn")
            overtake(work, record, now)
            call_off(self._office, work, record, reason=withdrawn, by=None)
            record.version += 1
            work.tickets.add_event(record.id, Event("withdraw", now))
            return self._view(work, record)

    def retract(self, conversation_id: str) -> TicketView | None:
        """Note that the resident says it was not true; the ticket stays. None when there is none."""
        with self._office.transaction() as work:
            newest = self._newest(work, conversation_id)
            return None if newest is None else self._mark_retracted(work, with_kept(work, newest)[0])

    def _mark_retracted(self, work: Work, record: TicketRecord) -> TicketView:
        if not record.retracted:
            record.retracted = True
            record.version += 1
            work.tickets.add_event(record.id, Event("retracted", self._office.clock.now()))
        return self._seen(work, record)

    def _is_at_risk(self, record: TicketRecord) -> bool:
        return record.risk != Risk.NONE or Category(record.category) in AT_RISK_CATEGORIES

    def _ticket(self, work: Work, number: str) -> TicketRecord:
        record = work.tickets.by_number(number, locked=True)
        if record is None:
            raise TicketNotFound(number=number)
        return record

    def _conversation(self, work: Work, conversation_id: str) -> ConversationRecord:
        conversation = work.conversations.get(conversation_id, locked=True)
        if conversation is None:
            raise ConversationNotFound
        return conversation


def is_open(view: TicketView) -> bool:
    """Whether somebody still has to do something about it."""
    return view.status in OPEN
