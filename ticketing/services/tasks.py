"""What is to be done by when: seen by those who can do it, done by one of them."""

from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import NotPermitted, SecondPersonNeeded, TaskNotFound
from ticketing.domain.staff import Actor
from ticketing.domain.tasks import MissedCall, TaskKind, TaskView
from ticketing.services.desk_part import DeskPart, required
from ticketing.storage.care_tables import TaskRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event

WORK = "work_task"
LOG_CALL = "log_missed_call"
SUPERVISE = "supervise"
VIEW_ALL = "view_all"
#: Done on a page of their own, where proof or a decision is asked for, and not by a word here.
PROVED_ELSEWHERE = frozenset(
    {
        TaskKind.POLICE_REPORT,
        # Only the ticket's own form asks whether the resident was reached, helped and content.
        TaskKind.CALL_BACK,
        TaskKind.GUARDIANSHIP,
        TaskKind.ORDER_APPROVAL,
        TaskKind.SECOND_LOOK,
        TaskKind.OBJECTION,
        TaskKind.COORDINATE,
    }
)


class TaskDesk(DeskPart):
    """Use cases of the list of tasks."""

    def open(self, actor: Actor) -> tuple[TaskView, ...]:
        """Open tasks this person can do, the longest due first."""
        self._check(actor, WORK)
        units = None if self._sees_all(actor) else frozenset({actor.unit})
        with self._office.transaction() as work:
            found = work.tasks.open_for(units=units, staff_id=actor.id, now=self._office.clock.now())
        supervises = self._office.permissions.may(actor, SUPERVISE, None)
        return tuple(
            one
            for one in found
            if one.barred_id != actor.id and (supervises or one.kind is not TaskKind.SUPERVISE)
        )

    def finish(self, actor: Actor, task_id: int, *, outcome: str) -> None:
        """Say what came of a task; TaskNotFound when it is done already or not this person's."""
        self._check(actor, WORK)
        now = self._office.clock.now()
        with self._office.transaction() as work:
            task = work.tasks.open_one(task_id)
            if task is None or not self._reaches(actor, task) or TaskKind(task.kind) in PROVED_ELSEWHERE:
                raise TaskNotFound
            if TaskKind(task.kind) is TaskKind.SUPERVISE:
                self._check(actor, SUPERVISE)
            if task.barred_id == actor.id:
                raise SecondPersonNeeded
            task.done_at, task.done_by, task.outcome = now, actor.id, required(outcome, "outcome")
            if task.ticket_id is not None:
                data = {"task": task.kind}
                work.tickets.add_event(task.ticket_id, Event("task_done", now, actor.id, outcome, data))

    def missed_call(self, actor: Actor, call: MissedCall) -> None:
        """Write down a call nobody answered: it is to be returned soon.

        A further call from a number that is still to be rung back joins the first: the deadline stays that of
        the first call, and the task tells how often was rung.
        """
        self._check(actor, LOG_CALL)
        now = self._office.clock.now()
        due_at = call.called_at + self._office.care.closing.missed_call_within
        contact = required(call.contact, "contact")
        with self._office.transaction() as work:
            waiting = work.tasks.waiting_for(contact, TaskKind.MISSED_CALL)
            if waiting is not None:
                self._join(waiting, call)
                return
            task = NewTask(
                kind=TaskKind.MISSED_CALL,
                unit=actor.unit,
                due_at=due_at,
                contact=contact,
                text=call.text,
                created_by=actor.id,
                dedupe_key=f"missed:{contact}:{call.called_at.isoformat()}",
            )
            work.tasks.add(task, now)

    def _join(self, task: TaskRecord, call: MissedCall) -> None:
        """One task for one number; hearing of the same call twice changes nothing."""
        if task.dedupe_key is not None and task.dedupe_key.endswith(call.called_at.isoformat()):
            return
        at = f"{call.called_at.astimezone(BEIJING):%m-%d %H:%M}"
        again = self._office.texts.get("closing.rang_again", at=at)
        lines = [line for line in (task.text, again, call.text) if line]
        if again not in task.text:
            task.text = "\n".join(lines)

    def _reaches(self, actor: Actor, task: TaskRecord) -> bool:
        return task.assignee_id == actor.id or task.unit == actor.unit or self._sees_all(actor)

    def _sees_all(self, actor: Actor) -> bool:
        return self._office.permissions.may(actor, VIEW_ALL, None)

    def _check(self, actor: Actor, permission: str) -> None:
        if not self._office.permissions.may(actor, permission, None):
            raise NotPermitted(permission=permission)
