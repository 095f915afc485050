"""What follows a move on a child's ticket: the duty to report, the guard, looking again later.

Each function works inside the transaction of the move it belongs to.
"""

from datetime import timedelta

from ticketing.domain.child_guard import GUARDED, NO_CARER, YES, refuse_unproved
from ticketing.domain.lifecycle import Move
from ticketing.domain.tasks import TaskKind
from ticketing.domain.vocabulary import Category
from ticketing.services.office import Office
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.unit_of_work import Work

#: The unit whose people ring residents.
CALLS_BACK = "city-hotline"


def is_childs(office: Office, record: TicketRecord) -> bool:
    """Whether the ticket is about a child at risk."""
    return office.care.children.is_childs(Category(record.category), record.fields)


def refuse_unreported(office: Office, work: Work, record: TicketRecord, move: Move) -> None:
    """Raise ReportMissing if ``move`` would end a child's ticket without a report or a second signature."""
    if move in GUARDED and is_childs(office, record):
        refuse_unproved(move, is_childs=True, proof=work.children.proof(record.id))


def may_end(office: Office, work: Work, record: TicketRecord) -> bool:
    """Whether a content resident's grade may close the ticket: not a child's without proof."""
    return not is_childs(office, record) or work.children.proof(record.id).is_given


def set_duty(office: Office, work: Work, record: TicketRecord, staff_id: int) -> None:
    """Whoever has a child's ticket has the duty to report, as long as no report is on record."""
    if not is_childs(office, record) or work.children.proof(record.id).is_given:
        return
    now = office.clock.now()
    work.tasks.add(
        NewTask(
            kind=TaskKind.POLICE_REPORT,
            unit=record.unit,
            due_at=now + office.care.children.remind_after,
            ticket_id=record.id,
            assignee_id=staff_id,
            dedupe_key=f"duty:{record.id}:{staff_id}",
        ),
        now,
    )


def set_guardianship(office: Office, work: Work, record: TicketRecord) -> None:
    """Nobody can care for the child: whoever has the ticket, or its unit, has to record a decision soon."""
    record.fields = {**record.fields, NO_CARER: YES}
    now = office.clock.now()
    work.tasks.add(
        NewTask(
            kind=TaskKind.GUARDIANSHIP,
            unit=record.unit,
            due_at=now + office.care.children.decide_within,
            ticket_id=record.id,
            assignee_id=record.assignee_id,
            dedupe_key=f"guardianship:{record.id}:{record.assignee_id or record.unit}:{now.isoformat()}",
        ),
        now,
    )


def pass_on_decision(work: Work, record: TicketRecord, staff_id: int) -> None:
    """A decision about guardianship that is still due goes with the ticket to its new owner."""
    if record.fields.get(NO_CARER) == YES:
        work.tasks.hand_over(record.id, TaskKind.GUARDIANSHIP, unit=record.unit, staff_id=staff_id)


def look_again(office: Office, work: Work, record: TicketRecord) -> None:
    """After a child's case is closed somebody looks again, some days later each time."""
    if not is_childs(office, record):
        return
    now = office.clock.now()
    for days in office.care.children.follow_up_days:
        work.tasks.add(
            NewTask(
                kind=TaskKind.FOLLOW_UP,
                unit=record.unit,
                due_at=now + timedelta(days=days),
                ticket_id=record.id,
                assignee_id=record.assignee_id,
                text=str(days),
                dedupe_key=f"follow_up:{record.id}:{now.date()}:{days}",
            ),
            now,
        )


def begin_again(office: Office, work: Work, record: TicketRecord) -> None:
    """A ticket opened again needs a fresh signature if it was ended by one; its follow-ups are called off."""
    now = office.clock.now()
    work.children.spend_waivers(record.id, now)
    work.tasks.cancel(record.id, frozenset({TaskKind.FOLLOW_UP, TaskKind.CALL_BACK}), now)
