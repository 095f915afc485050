"""Telling the result, calling back, closing, opening again and refusing."""

from ticketing.domain.errors import SecondPersonNeeded
from ticketing.domain.lifecycle import Move
from ticketing.domain.staff import Actor
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import TicketView
from ticketing.services.desk_part import DeskPart, Step, required
from ticketing.services.duties import ask_back, begin_again, look_again
from ticketing.storage.conversations import NewLine
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work


class Closing(DeskPart):
    """The end of the work on a ticket."""

    def resolve(self, actor: Actor, number: str, *, result: str, version: int | None = None) -> TicketView:
        """Finish the work; the resident is told the result and asked to rate it."""
        required(result, "result")

        def finish(work: Work, record: TicketRecord) -> None:
            record.result = result
            for one in (record, *work.repeats.merged_into(record.id)):
                self._tell_result(work, one, result)
            ask_back(self._office, work, record)

        return self._move(actor, number, Step(Move.RESOLVE, result), version=version, then=finish)

    def _tell_result(self, work: Work, record: TicketRecord, result: str) -> None:
        """Each reporter of the matter hears the result under his own number."""
        text = self._office.texts.get("notice.resolved", number=record.number, result=result)
        line = NewLine("out", text, self._office.clock.now(), self._filing.rating_buttons())
        self._filing.tell_resident(work, record, line)

    def call_back(self, actor: Actor, number: str, *, outcome: str, version: int | None = None) -> TicketView:
        """Note what the resident said when called back; SecondPersonNeeded from the one who did the work."""
        now = self._office.clock.now()

        def by_another(work: Work, record: TicketRecord) -> None:
            if record.assignee_id == actor.id:
                raise SecondPersonNeeded
            work.tasks.finish(record.id, TaskKind.CALL_BACK, by=actor.id, outcome=outcome, now=now)

        step = Step(Move.CALL_BACK, required(outcome, "outcome"))
        return self._move(actor, number, step, version=version, then=by_another)

    def close(self, actor: Actor, number: str, *, result: str = "", version: int | None = None) -> TicketView:
        """Close for good; a result given here replaces the worker's."""

        def finish(work: Work, record: TicketRecord) -> None:
            record.result = result or record.result
            record.closed_at = self._office.clock.now()
            look_again(self._office, work, record)
            for one in (record, *work.repeats.merged_into(record.id)):
                self._tell(work, one, "notice.closed")

        return self._move(actor, number, Step(Move.CLOSE, result), version=version, then=finish)

    def reopen(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Back into the queue of its unit; the first result stays in the history."""

        def again(work: Work, record: TicketRecord) -> None:
            record.closed_at = None
            begin_again(self._office, work, record)
            event = Event(Move.DISPATCH, self._office.clock.now(), actor.id)
            self._filing.hand_to(work, record, record.unit, event)

        step = Step(Move.REOPEN, required(reason, "reason"))
        return self._move(actor, number, step, version=version, then=again)

    def refuse(self, actor: Actor, number: str, *, path: str, version: int | None = None) -> TicketView:
        """Not for this hotline; ``path`` tells the resident where the matter belongs."""
        required(path, "path")

        def tell(work: Work, record: TicketRecord) -> None:
            for one in (record, *work.repeats.merged_into(record.id)):
                text = self._office.texts.get("notice.refused", number=one.number, path=path)
                self._filing.tell_resident(work, one, NewLine("out", text, self._office.clock.now()))

        return self._move(actor, number, Step(Move.REFUSE, path), version=version, then=tell)
