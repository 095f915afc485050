"""What follows a result: the question to the resident, his answer, closing, going back to work.

Each step works inside the transaction of the use case it belongs to.
"""

from dataclasses import dataclass
from datetime import datetime

from ticketing.domain.closure import Answer, Consequence, Standing, consequence
from ticketing.domain.deadlines import ClockName
from ticketing.domain.lifecycle import Move, Status, target
from ticketing.domain.tasks import TaskKind
from ticketing.services.clockwork import end_pause, start_clock
from ticketing.services.duties import CALLS_BACK, begin_again, look_again, may_end
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.closure_tables import ClosureRecord, RatingRecord
from ticketing.storage.closures import NewClosure
from ticketing.storage.conversations import NewLine
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it came in: whose, and by whom it was written down (None: by the resident)."""

    answer: Answer
    comment: str = ""
    by: int | None = None


class Aftermath:
    """Shared steps of closing by staff and by residents."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def tell_result(self, work: Work, record: TicketRecord, result: str, *, by: int) -> None:
        """Tell every reporter the result, ask each once, and let somebody else call back."""
        now = self._office.clock.now()
        end_pause(self._office, work, record, by=by)
        residents = (record, *work.repeats.merged_into(record.id))
        for one in residents:
            line = NewLine("out", self._told(one, result), now, self._filing.rating_buttons())
            self._filing.tell_resident(work, one, line)
        new = NewClosure(record.id, result, self._told(record, result), by, now)
        work.closures.add(new, asked=[one.id for one in residents])
        work.clocks.meet(record.id, frozenset({ClockName.RESOLVE}), now)
        start_clock(self._office, work, record, ClockName.CALL_BACK)
        self.ask_back(work, record, barred=record.assignee_id)

    def _told(self, record: TicketRecord, result: str) -> str:
        return self._office.texts.get("notice.resolved", number=record.number, result=result)

    def ask_back(self, work: Work, record: TicketRecord, *, barred: int | None, tries: int = 0) -> None:
        """Set the task of calling back, for anybody but the one who did the work."""
        now = self._office.clock.now()
        clock = work.clocks.current(record.id).get(ClockName.CALL_BACK)
        first_by = clock.due_at if clock is not None and clock.due_at is not None else now
        task = NewTask(
            kind=TaskKind.CALL_BACK,
            unit=CALLS_BACK,
            due_at=first_by if tries == 0 else now + self._office.care.closing.try_again_after,
            ticket_id=record.id,
            barred_id=barred,
            text="" if tries == 0 else self._office.texts.get("closing.tried", tries=tries),
            dedupe_key=f"call_back:{record.id}:{record.version}",
        )
        work.tasks.add(task, now)

    def hear(self, work: Work, record: TicketRecord, kept: TicketRecord, heard: Heard) -> Consequence | None:
        """Keep an answer with the result it is about and do what follows; None when nothing was ever asked.

        A second answer replaces the first. One after the ticket was opened again stays with the result it
        was asked for and moves nothing: the work goes on already.
        """
        asked = work.closures.asked(record.id) or self._asked_of(work, record, kept)
        if asked is None:
            return None
        rating, closure = asked
        answer = self._write(rating, heard)
        latest = work.closures.latest(kept.id)
        standing = Standing(
            status=Status(kept.status),
            rounds=work.closures.rounds(kept.id),
            asked_at=rating.asked_at,
            is_of_earlier_result=closure.reopened_at is not None or latest is None or closure.id != latest.id,
        )
        found = consequence(answer, standing, self._office.care.closing, now=self._office.clock.now())
        record.rating = answer.grade or record.rating
        record.rating_comment = heard.comment or record.rating_comment
        self._follow(work, kept, closure, found)
        return found

    def hear_by_telephone(self, work: Work, record: TicketRecord, heard: Heard) -> None:
        """What the resident said on the telephone; being content he leaves the closing to whoever rang."""
        rules = self._office.care.closing
        if not rules.is_content(heard.answer):
            self.hear(work, record, record, heard)
            return
        asked = work.closures.asked(record.id) or self._asked_of(work, record, record)
        if asked is not None:
            answer = self._write(asked[0], heard)
            record.rating = answer.grade or record.rating

    def _asked_of(
        self, work: Work, record: TicketRecord, kept: TicketRecord
    ) -> tuple[RatingRecord, ClosureRecord] | None:
        """For a ticket merged or finished before anybody was asked."""
        closure = work.closures.latest(kept.id)
        return None if closure is None else (work.closures.ask_late(closure, record.id), closure)

    def _write(self, rating: RatingRecord, heard: Heard) -> Answer:
        """The answer as it stands now: what is said anew replaces what was said before, the rest stays."""
        now = self._office.clock.now()
        answer = heard.answer
        rating.grade = rating.grade if answer.grade is None else answer.grade
        rating.solved = rating.solved if answer.solved is None else answer.solved
        rating.comment = heard.comment or rating.comment or ""
        rating.answered_at = now
        rating.is_late = now - rating.asked_at > self._office.care.closing.answer_within
        return Answer(rating.grade, rating.solved)

    def _follow(self, work: Work, kept: TicketRecord, closure: ClosureRecord, found: Consequence) -> None:
        if found is Consequence.CLOSE:
            self._settle(work, kept)
        if found is Consequence.BACK_TO_WORK:
            closure.reopened_by_answer = True
            self.back_to_work(
                work, kept, Event(Move.REOPEN, self._office.clock.now(), data={"by": "resident"})
            )
        if found in {Consequence.BACK_TO_WORK, Consequence.SUPERVISE}:
            self._supervise(work, kept, closure, found)

    def _settle(self, work: Work, kept: TicketRecord) -> None:
        """A content resident's answer is the call-back; the ticket closes, a child's only with proof."""
        now = self._office.clock.now()
        work.tasks.cancel(kept.id, frozenset({TaskKind.CALL_BACK}), now)
        if Status(kept.status) is Status.RESOLVED:
            kept.status = target(Status(kept.status), Move.CALL_BACK).value
            work.tickets.add_event(kept.id, Event(Move.CALL_BACK, now, data={"by": "resident"}))
            work.clocks.meet(kept.id, frozenset({ClockName.CALL_BACK}), now)
        kept.version += 1
        if not may_end(self._office, work, kept):
            return
        kept.status = target(Status(kept.status), Move.CLOSE).value
        self.closed(work, kept, now)
        work.tickets.add_event(kept.id, Event(Move.CLOSE, now, data={"by": "resident"}))

    def closed(self, work: Work, record: TicketRecord, now: datetime) -> None:
        """Note when a ticket was closed, with the result it was closed by."""
        record.closed_at = now
        closure = work.closures.latest(record.id)
        if closure is not None:
            closure.closed_at = now
        look_again(self._office, work, record)

    def back_to_work(self, work: Work, record: TicketRecord, event: Event) -> None:
        """Into the queue of its unit with fresh clocks; the result so far stays with its own round."""
        now = self._office.clock.now()
        closure = work.closures.latest(record.id)
        if closure is not None and closure.reopened_at is None:
            closure.reopened_at = now
        record.status = target(Status(record.status), Move.REOPEN).value
        record.result, record.closed_at, record.level = None, None, 0
        work.tickets.add_event(record.id, event)
        begin_again(self._office, work, record)
        end_pause(self._office, work, record, by=event.actor_id)
        work.clocks.spend_more(record.id, now)
        record.clocks_from_at = now
        self._filing.set_deadlines(work, record)
        self._filing.hand_to(work, record, record.unit, Event(Move.DISPATCH, now, event.actor_id))

    def _supervise(
        self, work: Work, record: TicketRecord, closure: ClosureRecord, found: Consequence
    ) -> None:
        """A supervisor keeps the matter in hand until it is put right; never the one who did the work."""
        now = self._office.clock.now()
        task = NewTask(
            kind=TaskKind.SUPERVISE,
            unit=CALLS_BACK,
            due_at=record.resolve_by_at or now,
            ticket_id=record.id,
            barred_id=closure.resolved_by,
            text=self._office.texts.get(f"closing.{found}"),
            dedupe_key=f"supervise:{closure.id}:{found}",
        )
        work.tasks.add(task, now)
        work.tickets.add_event(record.id, Event("supervised", now))
        record.version += 1
