"""What the words of a report tell besides its answers, and what its reporter puts right."""

from ticketing.domain.clock import BEIJING
from ticketing.domain.moments import Moment, resolve
from ticketing.domain.places import Place
from ticketing.domain.ticket import Field, FillOutcome
from ticketing.services.clockwork import waits_for_answer
from ticketing.services.following import with_kept
from ticketing.services.own_tickets import OwnTickets
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work
from ticketing.texts import Texts


class Amending(OwnTickets):
    """Use cases of telling more exactly."""

    def puts_right(self, text: str) -> bool:
        """Whether a message says that something told before was wrong."""
        return self._office.talk.correction(text) is not None

    def place_named(self, text: str) -> Place:
        """The place that a text names; unknown where it names none."""
        return self._office.gazetteer.find(text, asked=True)

    def note(
        self, conversation_id: str, number: str, *, relation: str | None = None, told_time: str | None = None
    ) -> None:
        """Keep whom a report is about and when it was, unless that is known already.

        ``told_time`` is a notation of ``ticketing.domain.moments``; the day is reckoned from now. One that
        names no day is passed over. Raises TicketNotFound for another's ticket.
        """
        now = self._office.clock.now()
        moment = None if told_time is None else resolve(told_time, now.astimezone(BEIJING))
        told = {
            Field.RELATION.value: relation,
            Field.HAPPENED.value: None if moment is None else moment_words(self._office.texts, moment),
        }
        with self._office.transaction() as work:
            record = with_kept(work, self._own(work, conversation_id, number, None))[0]
            new = {field: value for field, value in told.items() if value and field not in record.fields}
            record.fields = {**record.fields, **new}
            for field, value in new.items():
                work.tickets.add_event(record.id, Event("filled", now, text=value, data={"field": field}))

    def correct(self, conversation_id: str, number: str, *, field: Field, value: str) -> FillOutcome:
        """Put one answer right, also long after it was given; the history keeps what was said before.

        A place moves the ticket as a first one would. A time that names a day is kept as that day. Raises
        TicketNotFound for another's ticket.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record, kept = with_kept(work, self._own(work, conversation_id, number, None))
            before = record.fields.get(field, "")
            record.fields = {**record.fields, field.value: value}
            record.version += 1
            said = self._office.texts.get("talk.changed", before=before, after=value) if before else value
            work.tickets.add_event(record.id, Event("corrected", now, text=said, data={"field": field.value}))
            if field is Field.CONTACT:
                record.anonymous = False
            place = self._moved(work, record, value) if field is Field.PLACE else None
            waits_for_answer(self._office, work, kept)
            if kept is not record:
                kept.version += 1
                work.tickets.add_event(kept.id, Event("added_to_part", now, data={"number": record.number}))
            return FillOutcome(record.number, place, replaced=bool(before))

    def day_of(self, told_time: str) -> str:
        """A told time as the day it means; empty where it names none."""
        moment = resolve(told_time, self._office.clock.now().astimezone(BEIJING))
        return "" if moment is None else moment_words(self._office.texts, moment)

    def _moved(self, work: Work, record: TicketRecord, value: str) -> Place:
        place = self._office.gazetteer.find(value, asked=True)
        if place.town is not None:
            self._filing.place(work, record, place)
        return place


def moment_words(texts: Texts, moment: Moment) -> str:
    """Days and, for a single one, the part of it or the hour."""
    day = texts.get("moment.day", day=moment.first.isoformat())
    if moment.first != moment.last:
        return texts.get("moment.days", first=day, last=moment.last.isoformat())
    if moment.at is not None:
        return texts.get("moment.at", day=day, at=f"{moment.at:%H:%M}")
    return day if moment.part is None else texts.get("moment.part", day=day, part=_part(texts, moment))


def _part(texts: Texts, moment: Moment) -> str:
    return texts.get(f"moment.{moment.part}")
