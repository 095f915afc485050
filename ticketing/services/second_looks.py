"""The second look: which conversations are to be read again, and what people make of the doubtful ones."""

from datetime import datetime

from ticketing.domain.errors import (
    BadInput,
    LookNotFound,
    LookSettled,
    NotPermitted,
    StorageUnavailable,
)
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.places import Place
from ticketing.domain.second_look import Doubt, LookRules, LookTicket, LookView, Outcome, Unread, Verdict
from ticketing.domain.staff import Actor, Role
from ticketing.domain.tasks import TaskKind
from ticketing.domain.ticket import Field, TicketGiven
from ticketing.domain.vocabulary import Category, Channel
from ticketing.services.chats import TAKE_CHAT, locked_conversation, settle_look, take_over
from ticketing.services.filing import Filing, NewTicket
from ticketing.services.office import Office
from ticketing.storage.outbox import NewDelivery
from ticketing.storage.second_look_tables import SecondLookRecord
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tasks import NewTask
from ticketing.storage.unit_of_work import Work

LOOK = "look_again"
#: Lines of which the supervisors are told in one transaction.
BATCH = 50


class SecondLooks:
    """Use cases of the scheduler and of operators; safe to run twice at once and after any pause."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    @property
    def rules(self) -> LookRules:
        """What the city has set."""
        return self._office.care.looks

    def unread(self, limit: int) -> list[Unread]:
        """Conversations that have gone quiet and are to be read again, the longest quiet first."""
        before = self._office.clock.now() - self.rules.quiet_for
        with self._office.transaction() as work:
            return [work.looks.unread(one) for one in work.looks.quiet(before, limit)]

    def note(self, unread: Unread, verdict: Verdict) -> bool:
        """Note that it was read, and put it on the list if there is doubt.

        Whoever is second changes nothing: another worker read it meanwhile. Whether it is on the list.
        """
        with self._office.transaction() as work:
            conversation = work.conversations.get(unread.conversation_id, locked=True)
            if conversation is None or conversation.looked_at != unread.looked_at:
                return False
            conversation.looked_at = unread.said_until
            if not verdict.doubts:
                return False
            self._list(work, conversation.id, verdict)
            return True

    def _list(self, work: Work, conversation_id: str, verdict: Verdict) -> None:
        """One line for a conversation; the age of an open one stays, its reasons grow."""
        known = work.looks.open_of(conversation_id)
        if known is None:
            now = self._office.clock.now()
            work.looks.add(_line(conversation_id, verdict, found_at=now, due_at=self.rules.due_at(now)))
            return
        doubts = {*known.doubts, *(doubt.value for doubt in verdict.doubts)}
        known.doubts = [doubt.value for doubt in Doubt if doubt.value in doubts]
        known.evidence = list(dict.fromkeys([*known.evidence, *verdict.evidence]))
        if verdict.score > known.score or known.category is None:
            known.category = verdict.category or known.category
        known.score = max(known.score, verdict.score)

    def tell_late(self) -> int:
        """Tell the supervisors, once, of what nobody has looked at in time; how many."""
        told = 0
        while found := self._tell_batch():
            told += found
        return told

    def _tell_batch(self) -> int:
        now = self._office.clock.now()
        with self._office.transaction() as work:
            late = work.looks.late(now, BATCH)
            for line in late:
                line.told_at = now
                work.tasks.add(self._task(line), now)
            if late:
                self._tell(work, late, now)
            return len(late)

    def _task(self, line: SecondLookRecord) -> NewTask:
        return NewTask(
            kind=TaskKind.SECOND_LOOK,
            unit=self._office.catalogue.unit_for(Category.HUMAN, Place()),
            due_at=line.due_at,
            text=self._office.texts.get("looks.task"),
            dedupe_key=f"second_look:{line.id}",
        )

    def _tell(self, work: Work, late: list[SecondLookRecord], now: datetime) -> None:
        """Nothing of the residents in it: only how many wait."""
        text = self._office.texts.get("looks.notice_late", count=len(late))
        newest = max(line.id for line in late)
        for person in work.staff.reachable_as(Role.SUPERVISOR):
            notice = NewDelivery(
                kind="second_look",
                channel=Channel.TELEGRAM,
                peer=str(person.telegram_chat_id),
                text=text,
                dedupe_key=f"second_look:{newest}:{person.id}",
            )
            work.outbox.add(notice, now)

    def waiting(self, actor: Actor) -> tuple[LookView, ...]:
        """What is to be looked at, the longest waiting first."""
        self._check(actor, LOOK)
        with self._office.transaction() as work:
            return work.looks.waiting(self._office.clock.now())

    def count(self) -> int:
        """How many wait; 0 while the database is away, since pages of faults show it too."""
        try:
            with self._office.transaction() as work:
                return work.looks.count_open()
        except StorageUnavailable:
            return 0

    def one(self, actor: Actor, look_id: int) -> LookView:
        """One line of the list, also after it was settled; LookNotFound."""
        self._check(actor, LOOK)
        with self._office.transaction() as work:
            found = work.looks.view(look_id, self._office.clock.now())
        if found is None:
            raise LookNotFound
        return found

    def clear(self, actor: Actor, look_id: int, *, reason: str = "") -> None:
        """Say that a person has looked and that nobody is in danger; LookSettled when somebody was first."""
        self._check(actor, LOOK)
        with self._office.transaction() as work:
            line = self._open(work, look_id)
            settle_look(self._office, work, line, Outcome.NO_DANGER, by=actor.id)
            line.reason = reason

    def file(self, actor: Actor, look_id: int, new: LookTicket) -> TicketGiven:
        """Make a ticket of it, the conversation's own: an open one of this kind, or a new one."""
        self._check(actor, LOOK)
        if not new.text.strip():
            raise BadInput(field="text")
        with self._office.transaction() as work:
            line = self._open(work, look_id)
            record, is_new = self._ticket(work, actor, line, new)
            line.ticket_id = record.id
            settle_look(self._office, work, line, Outcome.TICKET, by=actor.id)
            return self._filing.given(record, new=is_new)

    def _ticket(
        self, work: Work, actor: Actor, line: SecondLookRecord, new: LookTicket
    ) -> tuple[TicketRecord, bool]:
        conversation = locked_conversation(work, line.conversation_id)
        of_this_kind = frozenset({new.category})
        known = work.tickets.of_conversation(conversation.id, categories=of_this_kind, statuses=OPEN)
        if known is not None:
            self._filing.raise_risk(work, known, new.risk)
            return known, False
        ticket = NewTicket(
            category=new.category,
            risk=new.risk,
            text=new.text,
            channel=Channel(conversation.channel),
            conversation_id=conversation.id,
            place_text=new.place,
            fields={Field.PLACE.value: new.place},
            evidence=tuple(line.evidence),
            actor_id=actor.id,
        )
        return self._filing.open(work, ticket), True

    def take(self, actor: Actor, look_id: int) -> str:
        """Write to the resident oneself from now on; gives the conversation.

        Raises ConversationTaken, and LookSettled when somebody was first.
        """
        self._check(actor, LOOK)
        self._check(actor, TAKE_CHAT)
        with self._office.transaction() as work:
            line = self._open(work, look_id)
            take_over(self._office, work, actor, line.conversation_id)
            return line.conversation_id

    def _open(self, work: Work, look_id: int) -> SecondLookRecord:
        """The line, still open; locked in the same order as everywhere: conversation first."""
        seen = work.looks.view(look_id, self._office.clock.now())
        if seen is None:
            raise LookNotFound
        work.conversations.get(seen.conversation_id, locked=True)
        line = work.looks.get(look_id)
        if line is None:
            raise LookNotFound
        if line.closed_at is not None:
            by = None if line.closed_by is None else work.staff.get(line.closed_by)
            raise LookSettled(name=by.name if by else "")
        return line

    def _check(self, actor: Actor, permission: str) -> None:
        if not self._office.permissions.may(actor, permission, None):
            raise NotPermitted(permission=permission)


def _line(
    conversation_id: str, verdict: Verdict, *, found_at: datetime, due_at: datetime
) -> SecondLookRecord:
    return SecondLookRecord(
        conversation_id=conversation_id,
        found_at=found_at,
        due_at=due_at,
        doubts=[doubt.value for doubt in verdict.doubts],
        category=verdict.category,
        score=verdict.score,
        evidence=list(verdict.evidence),
    )
