"""The look at the referrals: whoever asked a body in vain is told once that its time is up."""

from ticketing.domain.tasks import TaskKind
from ticketing.domain.vocabulary import Channel, Risk
from ticketing.services.desk_part import DeskPart
from ticketing.services.disclosures import overdue_key
from ticketing.storage.outbox import NewDelivery
from ticketing.storage.referral_tables import ReferralRecord
from ticketing.storage.tables import StaffRecord, TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

#: Referrals handled in one transaction.
BATCH = 50


class ReferralWatch(DeskPart):
    """Use case of the scheduler; safe to run twice at once and after any pause."""

    def sweep(self) -> int:
        """Set a task for every referral whose time is up; how many."""
        raised = 0
        while found := self._raise_batch():
            raised += found
        return raised

    def _raise_batch(self) -> int:
        now = self._office.clock.now()
        with self._office.transaction() as work:
            late = work.referrals.to_raise(now, BATCH)
            for referral, ticket in late:
                referral.raised_at = now
                self._raise(work, referral, ticket)
            return len(late)

    def _raise(self, work: Work, referral: ReferralRecord, ticket: TicketRecord) -> None:
        """A task of the ticket's owner, else of the referrer, else of the unit; and a word to that person."""
        now = self._office.clock.now()
        person = self._whose(work, ticket.assignee_id) or self._whose(work, referral.referred_by)
        name = self._office.target_name(referral.target)
        task = NewTask(
            kind=TaskKind.REFERRAL_OVERDUE,
            unit=ticket.unit,
            due_at=referral.due_at,
            ticket_id=ticket.id,
            assignee_id=None if person is None else person.id,
            text=self._office.texts.get("referral.task", name=name),
            dedupe_key=overdue_key(referral),
        )
        work.tasks.add(task, now)
        event = Event("referral_overdue", now, data={"target": referral.target})
        work.tickets.add_event(ticket.id, event)
        if person is not None and person.telegram_chat_id is not None:
            notice = NewDelivery(
                kind="referral_overdue",
                channel=Channel.TELEGRAM,
                peer=person.telegram_chat_id,
                text=self._office.texts.get("referral.notice_overdue", number=ticket.number, name=name),
                dedupe_key=f"{overdue_key(referral)}:{person.id}",
                ticket_number=ticket.number,
                urgent=ticket.risk_rank > Risk.NONE.rank,
            )
            work.outbox.add(notice, now)

    def _whose(self, work: Work, staff_id: int | None) -> StaffRecord | None:
        person = None if staff_id is None else work.staff.get(staff_id)
        return person if person is not None and person.active else None
