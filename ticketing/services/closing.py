"""Telling the result, calling back, closing, opening again and refusing."""

from ticketing.domain.closure import CallBack, Reach, told
from ticketing.domain.deadlines import ClockName
from ticketing.domain.errors import SecondPersonNeeded
from ticketing.domain.lifecycle import Move
from ticketing.domain.plain_result import refuse_empty
from ticketing.domain.staff import Actor
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import TicketView
from ticketing.services.aftermath import Aftermath, Heard
from ticketing.services.desk_part import DeskPart, Step, required
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.closure_tables import ClosureRecord
from ticketing.storage.closures import NewClosure
from ticketing.storage.conversations import NewLine
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work


class Closing(DeskPart):
    """The end of the work on a ticket."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        super().__init__(office, filing)
        self._aftermath = Aftermath(office, filing)

    def resolve(self, actor: Actor, number: str, *, result: str, version: int | None = None) -> TicketView:
        """Finish the work; every reporter is told the result as written and asked about it.

        ResultNotPlain for a result from which nobody would learn anything.
        """
        refuse_empty(required(result, "result"), self._office.care.results)

        def finish(work: Work, record: TicketRecord) -> None:
            record.result = result
            self._aftermath.tell_result(work, record, result, by=actor.id)

        return self._move(actor, number, Step(Move.RESOLVE, result), version=version, then=finish)

    def call_back(
        self,
        actor: Actor,
        number: str,
        *,
        outcome: str,
        call: CallBack | None = None,
        version: int | None = None,
    ) -> TicketView:
        """Note what came of ringing the resident; SecondPersonNeeded from the one who did the work.

        Nobody reached: the task comes again, until the set number of tries. Discontented or not settled: as
        with a resident's own answer.
        """
        call = call or CallBack(Reach.REACHED, required(outcome, "outcome"))
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.CALL_BACK, version=version)
            closure = work.closures.latest(record.id) or self._unasked(work, record)
            if actor.id in {record.assignee_id, closure.resolved_by}:
                raise SecondPersonNeeded
            now = self._office.clock.now()
            tries = work.closures.add_call_back(closure, call, by=actor.id, at=now)
            work.tasks.finish(record.id, TaskKind.CALL_BACK, by=actor.id, outcome=outcome, now=now)
            data = {"reach": call.reach.value, **told(call.answer)}
            if call.reach is Reach.NOT_REACHED and tries < self._office.care.closing.tries_max:
                self._try_again(work, record, Event("call_back_tried", now, actor.id, outcome, data), tries)
                return self._view(work, record)
            self._apply(work, actor, record, Step(Move.CALL_BACK, outcome, data))
            work.clocks.meet(record.id, frozenset({ClockName.CALL_BACK}), now)
            if call.answer.grade is not None or call.answer.solved is not None:
                heard = Heard(call.answer, outcome, by=actor.id)
                self._aftermath.hear_by_telephone(work, record, heard)
            return self._view(work, record)

    def _try_again(self, work: Work, record: TicketRecord, event: Event, tries: int) -> None:
        work.tickets.add_event(record.id, event)
        record.version += 1
        self._aftermath.ask_back(work, record, barred=record.assignee_id, tries=tries)

    def _unasked(self, work: Work, record: TicketRecord) -> ClosureRecord:
        """The result of a ticket that was finished before results were kept by themselves."""
        new = NewClosure(record.id, record.result or "-", "", record.assignee_id, self._office.clock.now())
        return work.closures.add(new, asked=[])

    def close(self, actor: Actor, number: str, *, result: str = "", version: int | None = None) -> TicketView:
        """Close for good; a result given here replaces the worker's, and the reporters are told it."""
        if result:
            refuse_empty(result, self._office.care.results)

        def finish(work: Work, record: TicketRecord) -> None:
            record.result = result or record.result
            self._aftermath.closed(work, record, self._office.clock.now())
            key = "closing.closed_with_result" if result else "notice.closed"
            for one in (record, *work.repeats.merged_into(record.id)):
                text = self._office.texts.get(key, number=one.number, result=result)
                self._filing.tell_resident(work, one, NewLine("out", text, self._office.clock.now()))

        return self._move(actor, number, Step(Move.CLOSE, result), version=version, then=finish)

    def reopen(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Back into the queue of its unit with fresh clocks; the first result stays with its round."""
        required(reason, "reason")
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.REOPEN, version=version)
            event = Event(Move.REOPEN, self._office.clock.now(), actor.id, reason)
            self._aftermath.back_to_work(work, record, event)
            return self._view(work, record)

    def refuse(self, actor: Actor, number: str, *, path: str, version: int | None = None) -> TicketView:
        """Not for this hotline; ``path`` tells the resident where the matter belongs."""
        required(path, "path")

        def tell(work: Work, record: TicketRecord) -> None:
            for one in (record, *work.repeats.merged_into(record.id)):
                text = self._office.texts.get("notice.refused", number=one.number, path=path)
                self._filing.tell_resident(work, one, NewLine("out", text, self._office.clock.now()))

        return self._move(actor, number, Step(Move.REFUSE, path), version=version, then=tell)
