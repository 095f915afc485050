"""A resident's answer to a result: how content, and whether it is settled."""

from ticketing.domain.closure import GRADES, Answer, Consequence, told
from ticketing.domain.errors import BadInput
from ticketing.domain.lifecycle import DONE, Move, Status, target
from ticketing.domain.ticket import StoredReply, TicketView
from ticketing.services.aftermath import Aftermath, Heard
from ticketing.services.filing import Filing
from ticketing.services.following import with_kept
from ticketing.services.office import Office
from ticketing.services.own_tickets import OwnTickets
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

#: What is said to an answer that leads to this; a grade is followed by the question whether it is settled.
HEARD = {
    Consequence.CLOSE: "closing.heard_settled",
    Consequence.BACK_TO_WORK: "closing.heard_again",
    Consequence.SUPERVISE: "closing.heard_supervised",
    Consequence.KEEP: "closing.heard_settled",
}


class Rating(OwnTickets):
    """Use cases of answering."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        super().__init__(office, filing)
        self._aftermath = Aftermath(office, filing)
        said = office.texts.get
        self._grades = {said(f"rating.{grade}"): grade for grade in GRADES}
        self._settled = {said("closing.solved_yes"): True, said("closing.solved_no"): False}

    def rate(
        self,
        conversation_id: str,
        *,
        score: int,
        solved: bool | None = None,
        number: str | None = None,
        code: str | None = None,
        comment: str = "",
    ) -> TicketView:
        """Keep the resident's grade, 1 to 5, and what he says of it being settled.

        Content: that is the call-back, and the ticket closes. Not content or not settled: back to work under
        a supervisor's eye, at most the set number of times. The newest answer counts. One that comes after
        the ticket was opened again stays with the result it is about. A ticket that never had a result
        raises TransitionRefused.
        """
        if score not in GRADES:
            raise BadInput(field="score")
        with self._office.transaction() as work:
            record = self._answered(work, conversation_id, number, code)
            return self._take(work, record, Heard(Answer(score, solved), comment))[0]

    def say_settled(
        self, conversation_id: str, *, solved: bool, number: str | None = None, code: str | None = None
    ) -> TicketView:
        """Keep whether the matter is settled, apart from any grade."""
        with self._office.transaction() as work:
            record = self._answered(work, conversation_id, number, code)
            return self._take(work, record, Heard(Answer(solved=solved)))[0]

    def tapped(self, conversation_id: str, text: str) -> StoredReply | None:
        """The answer to a tap on one of the buttons below a result; None for any other text, or unasked."""
        grade, solved = self._grades.get(text.strip()), self._settled.get(text.strip())
        if grade is None and solved is None:
            return None
        with self._office.transaction() as work:
            record = self._asked(work, conversation_id)
            if record is None:
                return None
            view, found, is_content = self._take(work, record, Heard(Answer(grade, solved)))
            if grade is not None and self._is_open_question(work, record):
                key = "closing.thanks_ask" if is_content else "closing.sorry_ask"
                return StoredReply(self._office.texts.get(key, number=view.number), tuple(self._settled))
            is_worked_on = found is Consequence.KEEP and view.status not in DONE
            return StoredReply(self._office.texts.get("closing.heard_kept" if is_worked_on else HEARD[found]))

    def question_after(self, conversation_id: str) -> StoredReply | None:
        """The question whether it is settled, for a resident who has graded and not said so; else None."""
        with self._office.transaction() as work:
            record = self._asked(work, conversation_id)
            if record is None or not self._is_open_question(work, record):
                return None
            return StoredReply(self._office.texts.get("closing.ask_settled"), tuple(self._settled))

    def _take(self, work: Work, own: TicketRecord, heard: Heard) -> tuple[TicketView, Consequence, bool]:
        record, kept = with_kept(work, own)
        now = self._office.clock.now()
        found = self._aftermath.hear(work, record, kept, heard)
        if found is None:  # finished before anybody was asked: the grade alone is kept
            record.rating = heard.answer.grade or record.rating
        record.version += 1
        data = told(heard.answer)
        kind = "rated" if data["score"] else "said_settled"
        work.tickets.add_event(record.id, Event(kind, now, text=heard.comment, data=data))
        is_content = self._office.care.closing.is_content(heard.answer)
        return self._seen(work, record), found or Consequence.KEEP, is_content

    def _is_open_question(self, work: Work, record: TicketRecord) -> bool:
        asked = work.closures.asked(record.id)
        return asked is not None and asked[0].solved is None

    def _asked(self, work: Work, conversation_id: str) -> TicketRecord | None:
        """The ticket whose result this chat was asked about last."""
        own = work.tickets.newest_of(conversation_id)
        return next((one for one in own if work.closures.asked(one.id) is not None), None)

    def _answered(
        self, work: Work, conversation_id: str, number: str | None, code: str | None
    ) -> TicketRecord:
        """The ticket meant: without a number the newest finished one, else the one asked about last."""
        kept_of = work.repeats.kept_of
        own = work.tickets.newest_of(conversation_id) if number is None else ()
        done = next((one for one in own if Status(kept_of(one).status) in DONE), None)
        record = done or (self._asked(work, conversation_id) if number is None else None)
        record = record or self._own(work, conversation_id, number, code)
        kept = Status(kept_of(record).status)
        if kept not in DONE and work.closures.asked(record.id) is None:
            target(kept, Move.CALL_BACK)
        return record
