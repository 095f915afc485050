"""The file of a case: reports to the police, signatures, filled-in forms, what is still to be done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from ticketing.domain.case_parts import GUARDIANSHIP, POLICE, Parts
from ticketing.domain.casework import CaseRecordView, Form, PoliceReport, PoliceReportView, WaiverView
from ticketing.domain.child_guard import MINOR, NO_CARER, YES, ChildRules, Proof
from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded
from ticketing.domain.staff import Actor
from ticketing.domain.tasks import TaskKind, TaskView
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Category
from ticketing.services.case_reading import READ, readable
from ticketing.services.desk_part import VIEW, DeskPart, check_version, required
from ticketing.services.duties import is_childs, set_duty, set_guardianship
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

REPORT = "report_police"
ASK = "ask_waiver"
SIGN = "sign_waiver"
WRITE = "write_record"
#: A task set for a day is due at the end of its working hours.
END_OF_DAY = time(17, 0)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that the page of a case shows."""

    ticket: TicketView
    is_childs: bool
    #: It is not known, and would make a difference, whether the person concerned is under 18.
    may_be_minors: bool
    proof: Proof
    reports: tuple[PoliceReportView, ...]
    waivers: tuple[WaiverView, ...]
    records: tuple[CaseRecordView, ...]
    tasks: tuple[TaskView, ...]
    #: Since when the present owner has it; None while nobody does.
    claimed_at: datetime | None
    #: Slugs of the situations it falls under.
    situations: tuple[str, ...]
    #: Nobody can care for the child and no decision is on record.
    decision_due: bool
    #: What of the file this person may read; the rest is left out above.
    parts: Parts


def shortened(file: CaseFile, parts: frozenset[str]) -> CaseFile:
    """The file as a body sees it to which these parts are shown: no signatures, no tasks of ours."""
    sees_police = POLICE in parts
    return replace(
        file,
        may_be_minors=False,
        proof=file.proof if sees_police else Proof(reported=False, waived=False),
        reports=file.reports if sees_police else (),
        waivers=(),
        records=tuple(one for one in file.records if one.form in parts),
        tasks=(),
        claimed_at=None,
        situations=file.situations if sees_police else (),
        decision_due=file.decision_due and GUARDIANSHIP in parts,
    )


class ChildCases(DeskPart):
    """Use cases of the page of a case."""

    @property
    def rules(self) -> ChildRules:
        """Situations, guardianship and days, as the data file has them."""
        return self._office.care.children

    @property
    def forms(self) -> Mapping[str, Form]:
        """The forms there are, by slug."""
        return self._office.care.forms

    def get(self, actor: Actor, number: str) -> CaseFile:
        """The file of one ticket, as much as this person may read; NotPermitted where that is nothing."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            view = self._allowed(work, actor, record, VIEW)
            parts = readable(self._office, work, actor, (record, view))
            if parts == frozenset():
                raise NotPermitted(permission=READ)
            childs = is_childs(self._office, record)
            file = CaseFile(
                ticket=view,
                is_childs=childs,
                may_be_minors=not childs and self.rules.may_be_minors(Category(record.category)),
                proof=work.children.proof(record.id),
                reports=work.children.reports(record.id),
                waivers=work.children.waivers(record.id),
                records=work.children.records(record.id),
                tasks=work.tasks.of_ticket(record.id, now),
                claimed_at=work.tickets.claimed_at(record.id) if record.assignee_id else None,
                situations=work.discoveries.situations(record.id),
                decision_due=record.fields.get(NO_CARER) == YES,
                parts=parts,
            )
            return file if parts is None else shortened(file, parts)

    def report_police(
        self, actor: Actor, number: str, report: PoliceReport, *, version: int | None = None
    ) -> TicketView:
        """Record a report that was made: when, to whom, which receipt. BadInput for a future one."""
        now = self._office.clock.now()
        required(report.receiver, "receiver")
        required(report.receipt, "receipt")
        if report.reported_at > now:
            raise BadInput(field="reported_at")
        self._refuse_unknown(report.situation)
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=REPORT, version=version)
            work.children.add_report(record.id, report, by=actor.id, at=now)
            if report.situation:
                self._note_situation(work, record, actor, report.situation)
            data = {"receiver": report.receiver, "situation": report.situation}
            work.tickets.add_event(record.id, Event(REPORT, now, actor.id, report.receipt, data))
            work.tasks.finish(record.id, TaskKind.POLICE_REPORT, by=actor.id, outcome=report.receipt, now=now)
            return self._view(work, record)

    def mark_situation(
        self, actor: Actor, number: str, *, situation: str, version: int | None = None
    ) -> TicketView:
        """Note under which of the nine situations a case falls; several may be noted, each once."""
        self._refuse_unknown(required(situation, "situation"))
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=WRITE, version=version)
            if not is_childs(self._office, record):
                raise BadInput(field="situation")
            self._note_situation(work, record, actor, situation)
            return self._view(work, record)

    def _refuse_unknown(self, situation: str) -> None:
        if situation and situation not in {one.slug for one in self.rules.situations}:
            raise BadInput(field="situation")

    def _note_situation(self, work: Work, record: TicketRecord, actor: Actor, situation: str) -> None:
        now = self._office.clock.now()
        if work.discoveries.mark_situation(record.id, situation, by=actor.id, now=now):
            data = {"situation": situation}
            work.tickets.add_event(record.id, Event("mark_situation", now, actor.id, data=data))

    def ask_decision(self, actor: Actor, number: str, *, version: int | None = None) -> TicketView:
        """Note that nobody can care for the child: a decision about guardianship is due soon."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=WRITE, version=version)
            if not is_childs(self._office, record):
                raise BadInput(field="form")
            if record.fields.get(NO_CARER) != YES:
                set_guardianship(self._office, work, record)
                work.tickets.add_event(record.id, Event("ask_decision", now, actor.id))
            return self._view(work, record)

    def ask_waiver(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Write down why no report is needed; it counts only once another person has signed."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=ASK, version=version)
            work.children.ask_waiver(record.id, required(reason, "reason"), by=actor.id, at=now)
            work.tickets.add_event(record.id, Event(ASK, now, actor.id, reason))
            return self._view(work, record)

    def sign_waiver(
        self, actor: Actor, number: str, *, waiver_id: int, reason: str, version: int | None = None
    ) -> TicketView:
        """Sign a colleague's reason with one's own; SecondPersonNeeded for one's own request."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=SIGN, version=version)
            waiver = work.children.waiver(record.id, waiver_id)
            if waiver is None:
                raise BadInput(field="waiver")
            if waiver.asked_by == actor.id:
                raise SecondPersonNeeded
            waiver.signed_by, waiver.signed_at = actor.id, now
            waiver.signed_reason = required(reason, "reason")
            work.tickets.add_event(record.id, Event(SIGN, now, actor.id, reason))
            work.tasks.finish(record.id, TaskKind.POLICE_REPORT, by=actor.id, outcome=reason, now=now)
            return self._view(work, record)

    def mark_minor(self, actor: Actor, number: str, *, version: int | None = None) -> TicketView:
        """Note that the person concerned is under 18; nobody takes that back without proof of a report."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=WRITE, version=version)
            record.fields = {**record.fields, MINOR: YES}
            work.tickets.add_event(record.id, Event("mark_minor", now, actor.id))
            if record.assignee_id is not None:
                set_duty(self._office, work, record, record.assignee_id)
            return self._view(work, record)

    def write_record(
        self,
        actor: Actor,
        number: str,
        *,
        form: str,
        answers: Mapping[str, str],
        version: int | None = None,
    ) -> TicketView:
        """Keep a filled-in form; a date for looking again becomes a task of the one who filled it in."""
        if form not in self.forms:
            raise BadInput(field="form")
        now = self._office.clock.now()
        checked = self.forms[form].checked(answers)
        with self._office.transaction() as work:
            record = self._writable(work, actor, number, permission=WRITE, version=version)
            work.children.add_record(record.id, form, checked, by=actor.id, at=now)
            work.tickets.add_event(record.id, Event(WRITE, now, actor.id, data={"form": form}))
            self._decide(work, record, actor, form=form, answers=checked)
            again = checked.get(self.forms[form].next_date)
            if again:
                self._plan(work, record, actor, form=form, day=again)
            return self._view(work, record)

    def _decide(
        self, work: Work, record: TicketRecord, actor: Actor, *, form: str, answers: Mapping[str, str]
    ) -> None:
        """A decision on record ends the wait for it; an answer that calls for one begins it."""
        if form == self.rules.decision_form:
            record.fields = {name: value for name, value in record.fields.items() if name != NO_CARER}
            outcome, now = self.forms[form].title, self._office.clock.now()
            work.tasks.finish(record.id, TaskKind.GUARDIANSHIP, by=actor.id, outcome=outcome, now=now)
        elif self.rules.asks_decision(form, answers) and record.fields.get(NO_CARER) != YES:
            set_guardianship(self._office, work, record)

    def _plan(self, work: Work, record: TicketRecord, actor: Actor, *, form: str, day: str) -> None:
        due_at = datetime.combine(date.fromisoformat(day), END_OF_DAY, BEIJING)
        task = NewTask(
            kind=TaskKind.PLANNED,
            unit=record.unit,
            due_at=due_at,
            ticket_id=record.id,
            assignee_id=actor.id,
            text=self.forms[form].title,
            created_by=actor.id,
        )
        work.tasks.add(task, self._office.clock.now())

    def _writable(
        self, work: Work, actor: Actor, number: str, *, permission: str, version: int | None
    ) -> TicketRecord:
        record = self._record(work, number)
        self._allowed(work, actor, record, permission)
        check_version(record, version)
        record.version += 1
        return record
