"""Opening, placing and telling: the steps several use cases share, always inside the caller's transaction."""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ticketing.domain.child_guard import MINOR, YES
from ticketing.domain.clock import BEIJING
from ticketing.domain.deadlines import SetClock, rule_for
from ticketing.domain.errors import CalendarEnds
from ticketing.domain.lifecycle import WAITING, Status
from ticketing.domain.objections import Coordination
from ticketing.domain.places import Place
from ticketing.domain.spans import StepKind
from ticketing.domain.ticket import Field, TicketGiven
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.services.clockwork import set_clocks
from ticketing.services.handovers import overtake, share_again
from ticketing.services.office import Office
from ticketing.storage.conversations import NewLine
from ticketing.storage.outbox import NewDelivery
from ticketing.storage.tables import ConversationRecord, TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

log = logging.getLogger(__name__)

#: Characters of a tracking code that are not mistaken for one another when read aloud or written down.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
SUMMARY_CHARACTERS = 120
#: From where a place found later moves a ticket; one that was sent back waits for the decision.
PLACEABLE = WAITING - {Status.RETURNED}
#: Channels whose people must be sent to; the others read the ledger themselves.
PUSHED_CHANNELS = frozenset({Channel.TELEGRAM, Channel.WECHAT})
#: What a resident may answer to "are you satisfied", best first.
RATING_KEYS = ("rating.5", "rating.4", "rating.3", "rating.2", "rating.1")


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is known when a ticket is opened."""

    category: Category
    risk: Risk
    text: str
    channel: Channel
    conversation_id: str | None = None
    #: Where else a place may be named besides ``text``.
    place_text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    actor_id: int | None = None
    anonymous: bool = True


class Filing:
    """Shared steps of the ticket use cases."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def code_of(self, number: str) -> str:
        """The tracking code of a ticket: unguessable without the secret, the same every time."""
        digest = hmac.digest(self._office.secret.encode(), f"ticket:{number}".encode(), hashlib.sha256)
        value = int.from_bytes(digest)
        letters = []
        for _ in range(CODE_LENGTH):
            value, index = divmod(value, len(CODE_ALPHABET))
            letters.append(CODE_ALPHABET[index])
        return "".join(letters)

    def given(self, record: TicketRecord, *, new: bool) -> TicketGiven:
        """What the resident gets told of a ticket."""
        return TicketGiven(number=record.number, code=self.code_of(record.number) if new else "", new=new)

    def open(self, work: Work, new: NewTicket) -> TicketRecord:
        """Write a ticket, dispatch it to the unit of its place and tell that unit."""
        now = self._office.clock.now()
        place = self._place_in(new)
        catalogue = self._office.dispatching.now(work)
        dispatched = catalogue.dispatch(new.category, place, minor=is_minors(new.fields))
        record = TicketRecord(
            number=work.tickets.next_number(now.astimezone(BEIJING).date()),
            category=new.category,
            risk=new.risk,
            risk_rank=new.risk.rank,
            status=Status.DISPATCHED,
            channel=new.channel,
            conversation_id=new.conversation_id,
            town=place.town,
            village=place.village,
            unit=dispatched.lead,
            responsible_unit=dispatched.lead,
            supporting=list(dispatched.support),
            shared_with=list(dispatched.support),
            catalogue_version=catalogue.version,
            fields=self._first_fields(new),
            summary=new.text[:SUMMARY_CHARACTERS],
            anonymous=new.anonymous,
            created_at=now,
            clocks_from_at=now,
        )
        work.tickets.add(record)
        self.set_deadlines(work, record)
        work.tickets.add_event(
            record.id, Event("opened", now, new.actor_id, new.text, opened_words(new, record))
        )
        work.tickets.add_event(record.id, Event("dispatch", now, data=dispatch_words(record)))
        self.tell_unit(work, record)
        self.tell_support(work, record)
        return record

    def _first_fields(self, new: NewTicket) -> dict[str, str]:
        told = {key: value for key, value in new.fields.items() if value}
        return {Field.DETAIL.value: new.text, **told}

    def _place_in(self, new: NewTicket) -> Place:
        asked = self._office.gazetteer.find(new.place_text, asked=True) if new.place_text else None
        if asked is not None and asked.town is not None:
            return asked
        return self._office.gazetteer.find(new.text)

    def set_deadlines(self, work: Work, record: TicketRecord) -> None:
        """Set the clocks from intake; a higher risk sets them anew from the same instant."""
        accept, _, resolve = set_clocks(self._office, work, record)
        record.deadline_basis = resolve.basis + self._calendar_note(resolve)
        step_at = self._step_from(record, record.clocks_from_at)
        record.escalate_at = self._in_time(record, step_at or accept.due_at)

    def _calendar_note(self, clock: SetClock) -> str:
        """What the basis says besides when the calendar did not reach; said aloud in the log too."""
        if StepKind.CALENDAR_ENDS not in {step.kind for step in clock.reckoning.steps}:
            return ""
        log.error("deadlines are set without holidays: the working calendar ends")
        return self._office.texts.get("notice.calendar_ends")

    def unit_above(self, work: Work, record: TicketRecord) -> str | None:
        """Where the ticket goes when nobody of its unit takes it; None at the top."""
        minor = is_minors(record.fields)
        return self._office.dispatching.now(work).parent(record.unit, Category(record.category), minor=minor)

    def raise_risk(self, work: Work, record: TicketRecord, risk: Risk) -> None:
        """Make a ticket more urgent; never less."""
        if risk.rank <= record.risk_rank:
            return
        now = self._office.clock.now()
        record.risk, record.risk_rank = risk.value, risk.rank
        waiting = Status(record.status) in WAITING
        self.set_deadlines(work, record)
        if not waiting:
            record.escalate_at = None
        record.version += 1
        data = {"risk": risk.value, **dues_of(record)}
        work.tickets.add_event(record.id, Event("risk_raised", now, data=data))
        self.tell_unit(work, record)

    def resort(self, work: Work, record: TicketRecord, category: Category) -> None:
        """Make a ticket that nobody has taken one of another category; its clocks still run from intake.

        A child's ticket stays one: nothing but a person may take it off the list of children.
        """
        known = Category(record.category)
        if known in {category, Category.CHILD_PROTECTION} or Status(record.status) not in WAITING:
            return
        now = self._office.clock.now()
        record.category = category
        self.set_deadlines(work, record)
        record.version += 1
        work.tickets.add_event(record.id, Event("resorted", now, data={"category": category}))
        place = Place(town=record.town, village=record.village)
        unit = self._office.catalogue.unit_for(category, place, minor=is_minors(record.fields))
        if unit == record.unit:
            return
        if is_placed_by_hand(record):
            self.tell_unit(work, record)
        else:
            self.hand_to(work, record, unit)

    def place(self, work: Work, record: TicketRecord, place: Place) -> None:
        """Note where it is; a ticket nobody has taken, or given to a unit, goes to the unit of that place."""
        record.town, record.village = place.town, place.village
        record.version += 1
        located = Event("placed", self._office.clock.now(), data={"town": place.town or ""})
        work.tickets.add_event(record.id, located)
        if Status(record.status) not in PLACEABLE or record.level > 0 or is_placed_by_hand(record):
            return
        catalogue = self._office.dispatching.now(work)
        minor = is_minors(record.fields)
        dispatched = catalogue.dispatch(Category(record.category), place, minor=minor)
        if dispatched.lead == record.unit:
            return
        record.catalogue_version = catalogue.version
        record.supporting = list(dispatched.support)
        self.hand_to(work, record, dispatched.lead)
        self.tell_support(work, record)

    def hand_to(self, work: Work, record: TicketRecord, unit: str, event: Event | None = None) -> None:
        """Put the ticket into a unit's queue and tell the unit."""
        now = self._office.clock.now()
        if record.coordination != Coordination.ASKED:  # going up does not answer what a supervisor was asked
            overtake(work, record, now)
        record.unit = unit
        record.assignee_id = None
        record.status = Status.DISPATCHED.value
        record.version += 1
        record.escalate_at = self.next_escalation(record, now)
        note = event or Event("dispatch", now)
        if note.actor_id is not None:
            record.catalogue_version = None
        share_again(work, record)
        data = {**note.data, **dispatch_words(record)}
        work.tickets.add_event(record.id, Event(note.kind, now, note.actor_id, note.text, data))
        self.tell_unit(work, record)

    def next_escalation(self, record: TicketRecord, now: datetime) -> datetime | None:
        """When a ticket just put into a queue goes up: the same wait again from now."""
        if record.accept_by_at is None:
            return None
        step_at = self._step_from(record, now)
        return self._in_time(record, step_at or now + (record.accept_by_at - record.clocks_from_at))

    def _step_from(self, record: TicketRecord, at: datetime) -> datetime | None:
        """When the next level is asked, for people in danger; None where each level has the whole wait."""
        rule = rule_for(Category(record.category), Risk(record.risk), self._office.clock_rules)
        if rule.step is None or record.risk_rank == Risk.NONE.rank:
            return None
        return rule.step.end(at, self._office.worktime)

    def _in_time(self, record: TicketRecord, due_at: datetime | None) -> datetime | None:
        """When a level may be woken: for people at risk at any hour, for the rest when offices are open."""
        if due_at is None or record.risk_rank > Risk.NONE.rank:
            return due_at
        try:
            return self._office.worktime.next_open(due_at)
        except CalendarEnds:
            return due_at

    def tell_unit(self, work: Work, record: TicketRecord, *, unit: str = "") -> None:
        """Queue a notice to everyone of the unit who can be reached; no detail of the person in it.

        ``unit`` is another one than the ticket's own, to be told of it only.
        """
        told, office = unit or record.unit, self._office
        where = office.gazetteer.name(town=record.town, village=record.village) or office.texts.get(
            "notice.place_unknown"
        )
        text = office.texts.get(
            "notice.ticket",
            number=record.number,
            category=office.texts.get(f"category.{record.category}"),
            risk=office.texts.get(f"risk.{record.risk}"),
            place=where,
        )
        for person in work.staff.reachable_in(told):
            notice = NewDelivery(
                kind="staff",
                channel=Channel.TELEGRAM,
                peer=str(person.telegram_chat_id),
                text=text,
                dedupe_key=f"unit:{record.number}:{told}:{record.version}:{person.id}",
                ticket_number=record.number,
                urgent=is_urgent(record),
            )
            work.outbox.add(notice, office.clock.now())

    def tell_support(self, work: Work, record: TicketRecord) -> None:
        """Queue a notice to everyone of the supporting units who can be reached."""
        office = self._office
        for unit in record.supporting:
            text = office.texts.get(
                "dispatch.notice_support",
                number=record.number,
                category=office.texts.get(f"category.{record.category}"),
                risk=office.texts.get(f"risk.{record.risk}"),
                lead=office.catalogue.name(record.unit),
            )
            for person in work.staff.reachable_in(unit):
                notice = NewDelivery(
                    kind="support",
                    channel=Channel.TELEGRAM,
                    peer=str(person.telegram_chat_id),
                    text=text,
                    dedupe_key=f"support:{record.number}:{record.unit}:{unit}:{record.version}:{person.id}",
                    ticket_number=record.number,
                    urgent=is_urgent(record),
                )
                work.outbox.add(notice, office.clock.now())

    def tell_resident(self, work: Work, record: TicketRecord, line: NewLine) -> None:
        """Write a line into the resident's chat, and push it where the channel needs pushing."""
        if record.conversation_id is None:
            return
        conversation = work.conversations.get(record.conversation_id)
        if conversation is not None:
            number, urgent = record.number, is_urgent(record)
            self.say(work, conversation, line, ticket_number=number, urgent=urgent)

    def say(
        self,
        work: Work,
        conversation: ConversationRecord,
        line: NewLine,
        *,
        ticket_number: str | None = None,
        urgent: bool = False,
    ) -> int:
        """Write a line into a chat and push it where needed; gives the line's id."""
        written = work.conversations.add_line(conversation.id, line)
        if Channel(conversation.channel) in PUSHED_CHANNELS:
            delivery = NewDelivery(
                kind="resident",
                channel=conversation.channel,
                peer=conversation.peer,
                text=line.text,
                buttons=line.buttons,
                dedupe_key=f"line:{written.id}",
                ticket_number=ticket_number,
                urgent=urgent,
            )
            work.outbox.add(delivery, self._office.clock.now())
        return written.id

    def rating_buttons(self) -> tuple[str, ...]:
        """What a resident taps to rate, best first."""
        return tuple(self._office.texts.get(key) for key in RATING_KEYS)


def is_urgent(record: TicketRecord) -> bool:
    """Whether what is said of a ticket leaves before the rest: somebody may be at risk."""
    return record.risk_rank > Risk.NONE.rank


def is_placed_by_hand(record: TicketRecord) -> bool:
    """Whether a person said who has the ticket: no rule takes it from there, but the time that runs out."""
    return record.catalogue_version is None


def is_minors(fields: Mapping[str, str]) -> bool:
    """Whether the person concerned is known to be under 18."""
    return fields.get(MINOR) == YES


def opened_words(new: NewTicket, record: TicketRecord) -> dict[str, str]:
    """What was known at intake, for the history."""
    return {
        "risk": new.risk.value,
        "evidence": " ".join(new.evidence),
        "category": new.category.value,
        "town": record.town or "",
        "minor": new.fields.get(MINOR, ""),
        **dues_of(record),
    }


def dispatch_words(record: TicketRecord) -> dict[str, str]:
    """Who leads and who supports, for the history."""
    support = {"support": " ".join(record.supporting)} if record.supporting else {}
    return {"unit": record.unit, **support}


def dues_of(record: TicketRecord) -> dict[str, str]:
    """The deadlines as they are now, for the history: what a month counts must not change with them later."""
    dues = {"resolve_by": record.resolve_by_at, "first_contact_by": record.first_contact_by_at}
    return {name: at.isoformat() for name, at in dues.items() if at is not None}
