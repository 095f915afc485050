"""Stopping and giving time: pauses, more time by two persons, and that the resident has been reached."""

from ticketing.domain.city_errors import AlreadyDecided
from ticketing.domain.clock import BEIJING
from ticketing.domain.deadlines import ClockName
from ticketing.domain.errors import BadInput, PauseRefused, SecondPersonNeeded
from ticketing.domain.lifecycle import OPEN, Status
from ticketing.domain.running import TimeSheet
from ticketing.domain.spans import SpanUnit
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Risk
from ticketing.services.clockwork import answered, end_pause, reckon_again
from ticketing.services.desk_part import VIEW, DeskPart, check_version, required
from ticketing.storage.clock_tables import ClockExtensionRecord
from ticketing.storage.conversations import NewLine
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

PAUSE = "pause_clock"
ASK_MORE = "ask_more_time"
DECIDE = "decide_more_time"
CONTACTED = "record_contact"


class Timing(DeskPart):
    """Use cases of the clocks of one ticket."""

    def sheet(self, actor: Actor, number: str) -> TimeSheet:
        """All clocks and why they end when they do; NotPermitted if it is not this person's to see."""
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            self._allowed(work, actor, record, VIEW)
            return work.clocks.sheet(record.id)

    def pause(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Let the resident's clocks stand still for a reason, until resumed.

        Taking the ticket and an answer asked for are never put off. PauseRefused where a life is in danger,
        when it is paused already, and when nobody works on it any more.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._open(work, actor, number, permission=PAUSE, version=version)
            is_refused = Risk(record.risk) in self._office.care.timing.unpausable
            if is_refused or work.clocks.open_pause(record.id) is not None:
                raise PauseRefused(number=number)
            work.clocks.add_pause(record.id, required(reason, "reason"), by=actor.id, at=now)
            work.tickets.add_event(record.id, Event("paused", now, actor.id, reason))
            reckon_again(self._office, work, record)
            return self._view(work, record)

    def resume_clock(self, actor: Actor, number: str, *, version: int | None = None) -> TicketView:
        """Let the clocks run on; what was paused is added at their end. PauseRefused when none is open."""
        with self._office.transaction() as work:
            record = self._open(work, actor, number, permission=PAUSE, version=version)
            if not end_pause(self._office, work, record, by=actor.id):
                raise PauseRefused(number=number)
            reckon_again(self._office, work, record)
            return self._view(work, record)

    def ask_more(
        self, actor: Actor, number: str, *, workdays: int, reason: str, version: int | None = None
    ) -> TicketView:
        """Ask for more time to settle the matter; it counts only once a second person has agreed."""
        if not 1 <= workdays <= self._office.care.timing.workdays_max:
            raise BadInput(field="workdays")
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._open(work, actor, number, permission=ASK_MORE, version=version)
            work.clocks.ask_more(
                ClockExtensionRecord(
                    ticket_id=record.id,
                    clock=ClockName.RESOLVE.value,
                    amount=workdays,
                    unit=SpanUnit.WORKDAYS.value,
                    reason=required(reason, "reason"),
                    asked_by=actor.id,
                    asked_at=now,
                )
            )
            data = {"workdays": str(workdays)}
            work.tickets.add_event(record.id, Event("more_time_asked", now, actor.id, reason, data))
            return self._view(work, record)

    def decide_more(
        self, actor: Actor, number: str, *, request_id: int, approved: bool, decision: str
    ) -> TicketView:
        """Agree to more time or not; agreed, the resident is told the new day.

        Nobody decides his own request. AlreadyDecided when somebody was first.
        """
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._open(work, actor, number, permission=DECIDE, version=None)
            request = work.clocks.request(record.id, request_id)
            if request is None:
                raise AlreadyDecided
            if request.asked_by == actor.id:
                raise SecondPersonNeeded
            request.decided_by, request.decided_at, request.approved = actor.id, now, approved
            request.decision = required(decision, "decision")
            kind = "more_time_given" if approved else "more_time_denied"
            data = {"workdays": str(request.amount)}
            work.tickets.add_event(record.id, Event(kind, now, actor.id, decision, data))
            if approved:
                reckon_again(self._office, work, record)
                self._tell_new_day(work, record, request.reason)
            return self._view(work, record)

    def _tell_new_day(self, work: Work, record: TicketRecord, reason: str) -> None:
        if record.resolve_by_at is None:
            return
        day = record.resolve_by_at.astimezone(BEIJING)
        for one in (record, *work.repeats.merged_into(record.id)):
            text = self._office.texts.get(
                "timing.told_later", number=one.number, month=day.month, day=day.day, reason=reason
            )
            self._filing.tell_resident(work, one, NewLine("out", text, self._office.clock.now()))

    def contacted(self, actor: Actor, number: str, *, text: str, version: int | None = None) -> TicketView:
        """Note that the resident was reached by telephone or in person: nobody waits for that any longer."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._open(work, actor, number, permission=CONTACTED, version=version)
            work.tickets.add_event(record.id, Event("contacted", now, actor.id, required(text, "text")))
            answered(self._office, work, record)
            return self._view(work, record)

    def _open(
        self, work: Work, actor: Actor, number: str, *, permission: str, version: int | None
    ) -> TicketRecord:
        record = self._record(work, number)
        self._allowed(work, actor, record, permission)
        check_version(record, version)
        if Status(record.status) not in OPEN:
            raise PauseRefused(number=number)
        record.version += 1
        return record
