"""What staff do with tickets: each use case one transaction, permission and lifecycle checked inside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ticketing.domain.errors import (
    AlreadyClaimed,
    BadInput,
    NotPermitted,
    StaleTicket,
    TicketingError,
    TicketNotFound,
    TransitionRefused,
    UnitNotFound,
)
from ticketing.domain.lifecycle import OPEN, WAITING, Move, Status, is_allowed, target
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import (
    Field,
    Page,
    PhoneReport,
    ReferralTarget,
    TicketDetail,
    TicketGiven,
    TicketView,
)
from ticketing.domain.vocabulary import Channel
from ticketing.services.filing import Filing, NewTicket
from ticketing.services.office import Office
from ticketing.storage.conversations import NewLine
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event, QueueFilter
from ticketing.storage.unit_of_work import Work

VIEW_ALL = "view_all"
VIEW = "view_ticket"
NOTE = "note"
REPLY = "reply"
FILE = "file_ticket"


@dataclass(frozen=True, slots=True)
class Step:
    """One move: what is recorded with it and what it changes besides the status."""

    move: Move
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class TicketDesk:
    """Use cases of the console and of workers on Telegram."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

    def queue(
        self,
        actor: Actor,
        *,
        scope: str,
        category: str | None = None,
        unit: str | None = None,
        page: int = 1,
    ) -> Page[TicketView]:
        """One page of a list; scope is unit, mine, overdue or all. Never more than the person may see."""
        if not self._office.permissions.may_ever(actor, VIEW):
            raise NotPermitted(permission=VIEW)
        now = self._office.clock.now()
        wanted = QueueFilter(
            units=self._visible_units(actor, unit),
            assignee_id=actor.id if scope == "mine" else None,
            statuses=self._statuses(scope),
            category=category or None,
            overdue_at=now if scope == "overdue" else None,
        )
        with self._office.transaction() as work:
            found = work.tickets.queue(wanted, page=max(page, 1), now=now)
        items = tuple(self._office.named(view) for view in found.items)
        return Page(items=items, total=found.total, page=found.page, page_size=found.page_size)

    def _visible_units(self, actor: Actor, unit: str | None) -> frozenset[str] | None:
        sees_all = self._office.permissions.may(actor, VIEW_ALL, None)
        allowed = None if sees_all else self._office.units_under(actor.unit)
        if not unit:
            return allowed
        return frozenset({unit}) if allowed is None else allowed & {unit}

    def _statuses(self, scope: str) -> frozenset[Status] | None:
        if scope == "all":
            return None
        return WAITING if scope == "unit" else OPEN

    def get(self, actor: Actor, number: str) -> TicketDetail:
        """All of one ticket; NotPermitted if it is not this person's to see."""
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            view = self._allowed(work, actor, record, VIEW)
            chat = record.conversation_id
            return TicketDetail(
                ticket=view,
                events=work.tickets.events(record.id),
                messages=tuple(work.conversations.latest_lines(chat)) if chat else (),
                moves=self._moves(actor, view),
                referral_targets=tuple(
                    ReferralTarget(slug, name) for slug, name in self._office.referral_targets.items()
                ),
            )

    def _moves(self, actor: Actor, view: TicketView) -> tuple[Move, ...]:
        may = self._office.permissions.may
        return tuple(move for move in Move if is_allowed(view.status, move) and may(actor, move.value, view))

    def claim(self, actor: Actor, number: str) -> TicketView:
        """Take a waiting ticket; of many at once exactly one succeeds, the others get AlreadyClaimed."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            view = self._must_see(work, actor, number, Move.CLAIM.value)
            member = work.staff.get(actor.id, locked=True)
            if member is None or not member.active:
                raise NotPermitted(permission=Move.CLAIM)
            record = work.tickets.claim(number, actor.id)
            if record is None:
                raise self._lost(work, number)
            work.tickets.add_event(record.id, Event(Move.CLAIM, now, actor.id, data={"from": view.status}))
            self._tell(work, record, "notice.claimed")
            return self._view(work, record)

    def _lost(self, work: Work, number: str) -> TicketingError:
        present = work.tickets.view(number, self._office.clock.now())
        if present is None:
            return TicketNotFound(number=number)
        if present.assignee_name is not None:
            return AlreadyClaimed(name=present.assignee_name)
        return TransitionRefused(status=present.status, move=Move.CLAIM)

    def start(self, actor: Actor, number: str, *, version: int | None = None) -> TicketView:
        """Begin to work on a claimed ticket."""
        return self._move(actor, number, Step(Move.START), version=version)

    def note(self, actor: Actor, number: str, *, text: str, version: int | None = None) -> TicketView:
        """Keep a note for staff; never lost to a change of owner or status meanwhile."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._record(work, number)
            self._allowed(work, actor, record, NOTE)
            check_version(record, version)
            work.tickets.add_event(record.id, Event("note", now, actor.id, required(text, "text")))
            record.version += 1
            return self._view(work, record)

    def reply(self, actor: Actor, number: str, *, text: str, version: int | None = None) -> TicketView:
        """Write to the resident; it arrives in the chat the report came from."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record = self._record(work, number)
            self._allowed(work, actor, record, REPLY)
            check_version(record, version)
            work.tickets.add_event(record.id, Event("reply", now, actor.id, required(text, "text")))
            record.version += 1
            line = NewLine("staff", text, now, author_id=actor.id)
            self._filing.tell_resident(work, record, line)
            return self._view(work, record)

    def refer(
        self, actor: Actor, number: str, *, target: str, reason: str, version: int | None = None
    ) -> TicketView:
        """Ask an outside body; the ticket stays with its owner until the body answers."""
        if target not in self._office.referral_targets:
            raise UnitNotFound(unit=target)
        step = Step(Move.REFER, required(reason, "reason"), {"target": target})
        return self._move(actor, number, step, version=version)

    def resume(
        self, actor: Actor, number: str, *, reason: str = "", version: int | None = None
    ) -> TicketView:
        """Go on after a referral was answered."""
        return self._move(actor, number, Step(Move.RESUME, reason), version=version)

    def return_(
        self, actor: Actor, number: str, *, reason: str, next_unit: str, version: int | None = None
    ) -> TicketView:
        """Give a wrongly dispatched ticket on: a reason and a named next unit are both required."""
        self._known_unit(next_unit)
        step = Step(Move.RETURN, required(reason, "reason"))
        return self._move(
            actor,
            number,
            step,
            version=version,
            then=lambda work, record: self._filing.hand_to(
                work, record, next_unit, Event(Move.DISPATCH, self._office.clock.now(), actor.id)
            ),
        )

    def dispatch(
        self, actor: Actor, number: str, *, unit: str, reason: str = "", version: int | None = None
    ) -> TicketView:
        """Put a ticket into the queue of a unit."""
        self._known_unit(unit)
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.DISPATCH, version=version)
            event = Event(Move.DISPATCH, self._office.clock.now(), actor.id, reason)
            self._filing.hand_to(work, record, unit, event)
            return self._view(work, record)

    def resolve(self, actor: Actor, number: str, *, result: str, version: int | None = None) -> TicketView:
        """Finish the work; the resident is told the result and asked to rate it."""
        required(result, "result")

        def finish(work: Work, record: TicketRecord) -> None:
            record.result = result
            buttons = self._filing.rating_buttons()
            text = self._office.texts.get("notice.resolved", number=record.number, result=result)
            line = NewLine("out", text, self._office.clock.now(), buttons)
            self._filing.tell_resident(work, record, line)

        return self._move(actor, number, Step(Move.RESOLVE, result), version=version, then=finish)

    def call_back(self, actor: Actor, number: str, *, outcome: str, version: int | None = None) -> TicketView:
        """Note what the resident said when called back."""
        step = Step(Move.CALL_BACK, required(outcome, "outcome"))
        return self._move(actor, number, step, version=version)

    def close(self, actor: Actor, number: str, *, result: str = "", version: int | None = None) -> TicketView:
        """Close for good; a result given here replaces the worker's."""

        def finish(work: Work, record: TicketRecord) -> None:
            record.result = result or record.result
            record.closed_at = self._office.clock.now()
            self._tell(work, record, "notice.closed")

        return self._move(actor, number, Step(Move.CLOSE, result), version=version, then=finish)

    def reopen(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Back into the queue of its unit; the first result stays in the history."""

        def again(work: Work, record: TicketRecord) -> None:
            record.closed_at = None
            event = Event(Move.DISPATCH, self._office.clock.now(), actor.id)
            self._filing.hand_to(work, record, record.unit, event)

        step = Step(Move.REOPEN, required(reason, "reason"))
        return self._move(actor, number, step, version=version, then=again)

    def merge(
        self, actor: Actor, number: str, *, into: str, reason: str, version: int | None = None
    ) -> TicketView:
        """Join a repeat to another open ticket; both are locked in one order, so two merges cannot cross."""
        if number == into:
            raise BadInput(field="into")
        with self._office.transaction() as work:
            for one in sorted((number, into)):
                self._record(work, one)
            kept = self._record(work, into)
            self._allowed(work, actor, kept, VIEW)
            if Status(kept.status) not in OPEN:
                target(Status(kept.status), Move.MERGE)
            record = self._ready(work, actor, number, move=Move.MERGE, version=version)
            record.merged_into_id = kept.id
            step = Step(Move.MERGE, required(reason, "reason"), {"into": into})
            self._apply(work, actor, record, step)
            joined = Event("merged_in", self._office.clock.now(), actor.id, data={"number": number})
            work.tickets.add_event(kept.id, joined)
            self._keep_earliest(kept, record)
            return self._view(work, record)

    def _keep_earliest(self, kept: TicketRecord, merged: TicketRecord) -> None:
        if merged.resolve_by_at and kept.resolve_by_at:
            kept.resolve_by_at = min(kept.resolve_by_at, merged.resolve_by_at)
        kept.version += 1

    def escalate(self, actor: Actor, number: str, *, reason: str, version: int | None = None) -> TicketView:
        """Hand a ticket one level up."""
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=Move.ESCALATE, version=version)
            above = self._filing.unit_above(record)
            if above is None:
                raise UnitNotFound(unit=record.unit)
            record.level += 1
            event = Event(Move.ESCALATE, self._office.clock.now(), actor.id, required(reason, "reason"))
            self._filing.hand_to(work, record, above, event)
            return self._view(work, record)

    def refuse(self, actor: Actor, number: str, *, path: str, version: int | None = None) -> TicketView:
        """Not for this hotline; ``path`` tells the resident where the matter belongs."""
        required(path, "path")

        def tell(work: Work, record: TicketRecord) -> None:
            text = self._office.texts.get("notice.refused", number=record.number, path=path)
            self._filing.tell_resident(work, record, NewLine("out", text, self._office.clock.now()))

        return self._move(actor, number, Step(Move.REFUSE, path), version=version, then=tell)

    def file(self, actor: Actor, report: PhoneReport) -> TicketGiven:
        """Enter a call as a ticket."""
        if not self._office.permissions.may(actor, FILE, None):
            raise NotPermitted(permission=FILE)
        fields = {
            Field.PLACE.value: report.place,
            Field.CONTACT.value: report.contact,
            Field.WHO.value: report.who,
        }
        new = NewTicket(
            category=report.category,
            risk=report.risk,
            text=required(report.text, "text"),
            channel=Channel.PHONE,
            place_text=report.place,
            fields=fields,
            actor_id=actor.id,
            anonymous=report.anonymous or not report.contact,
        )
        with self._office.transaction() as work:
            return self._filing.given(self._filing.open(work, new), new=True)

    def _move(
        self,
        actor: Actor,
        number: str,
        step: Step,
        *,
        version: int | None,
        then: Callable[[Work, TicketRecord], None] | None = None,
    ) -> TicketView:
        with self._office.transaction() as work:
            record = self._ready(work, actor, number, move=step.move, version=version)
            self._apply(work, actor, record, step)
            if then is not None:
                then(work, record)
            return self._view(work, record)

    def _ready(
        self, work: Work, actor: Actor, number: str, *, move: Move, version: int | None
    ) -> TicketRecord:
        record = self._record(work, number)
        self._allowed(work, actor, record, move.value)
        check_version(record, version)
        target(Status(record.status), move)
        return record

    def _apply(self, work: Work, actor: Actor, record: TicketRecord, step: Step) -> None:
        record.status = target(Status(record.status), step.move).value
        record.version += 1
        if Status(record.status) not in WAITING:
            record.escalate_at = None
        now = self._office.clock.now()
        work.tickets.add_event(record.id, Event(step.move, now, actor.id, step.text, step.data))

    def _record(self, work: Work, number: str, *, locked: bool = True) -> TicketRecord:
        record = work.tickets.by_number(number, locked=locked)
        if record is None:
            raise TicketNotFound(number=number)
        return record

    def _must_see(self, work: Work, actor: Actor, number: str, permission: str) -> TicketView:
        view = work.tickets.view(number, self._office.clock.now())
        if view is None:
            raise TicketNotFound(number=number)
        return self._checked(actor, view, permission)

    def _allowed(self, work: Work, actor: Actor, record: TicketRecord, permission: str) -> TicketView:
        return self._checked(actor, self._view(work, record), permission)

    def _checked(self, actor: Actor, view: TicketView, permission: str) -> TicketView:
        if not self._office.permissions.may(actor, permission, view):
            raise NotPermitted(permission=permission)
        return view

    def _view(self, work: Work, record: TicketRecord) -> TicketView:
        return self._office.named(work.tickets.view_record(record, self._office.clock.now()))

    def _tell(self, work: Work, record: TicketRecord, key: str) -> None:
        text = self._office.texts.get(key, number=record.number)
        self._filing.tell_resident(work, record, NewLine("out", text, self._office.clock.now()))

    def _known_unit(self, unit: str) -> None:
        if not self._office.knows_unit(unit):
            raise UnitNotFound(unit=unit)


def check_version(record: TicketRecord, version: int | None) -> None:
    """Refuse an edit that was based on an older state."""
    if version is not None and version != record.version:
        raise StaleTicket(number=record.number)


def required(text: str, field_name: str) -> str:
    """The text, unless it is empty."""
    if not text.strip():
        raise BadInput(field=field_name)
    return text
