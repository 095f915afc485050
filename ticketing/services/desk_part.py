"""What every use case of the ticket desk is made of: find, check, move, write down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ticketing.domain.errors import BadInput, NotPermitted, StaleTicket, TicketNotFound, UnitNotFound
from ticketing.domain.lifecycle import FINISHED, WAITING, Move, Status, target
from ticketing.domain.referrals import ReferralView
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import TicketView
from ticketing.services.disclosures import named, refuse_unanswered
from ticketing.services.duties import refuse_unreported
from ticketing.services.filing import Filing, dues_of
from ticketing.services.handovers import overtake
from ticketing.services.office import Office
from ticketing.storage.conversations import NewLine
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

VIEW = "view_ticket"
#: Whoever has it sees every ticket there is.
VIEW_ALL = "view_all"


@dataclass(frozen=True, slots=True)
class Step:
    """One move: what is recorded with it and what it changes besides the status."""

    move: Move
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class DeskPart:
    """Shared steps; always inside the caller's transaction."""

    def __init__(self, office: Office, filing: Filing) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office
        self._filing = filing

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
        refuse_unreported(self._office, work, record, move)
        refuse_unanswered(work, record, move)
        return record

    def _apply(self, work: Work, actor: Actor, record: TicketRecord, step: Step) -> None:
        record.status = target(Status(record.status), step.move).value
        record.version += 1
        if Status(record.status) not in WAITING:
            record.escalate_at = None
        if Status(record.status) in FINISHED:
            overtake(work, record, self._office.clock.now())
        now = self._office.clock.now()
        data = {**step.data, **dues_of(record)} if step.move is Move.RESOLVE else step.data
        work.tickets.add_event(record.id, Event(step.move, now, actor.id, step.text, data))

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

    def _referrals(self, work: Work, actor: Actor, record: TicketRecord) -> tuple[ReferralView, ...]:
        """Newest first; to whom the ticket is only shown, those to his own unit: consent is for each body."""
        found = work.referrals.of_ticket(record.id, self._office.clock.now())
        is_guest = self._is_guest(actor, self._view(work, record))
        return tuple(named(self._office, one) for one in found if not is_guest or one.target == actor.unit)

    def _is_guest(self, actor: Actor, view: TicketView) -> bool:
        """Whether the ticket is only shown to the person's unit: neither its own nor of one under it."""
        sees_all = self._office.permissions.may(actor, VIEW_ALL, None)
        return not sees_all and not self._office.catalogue.covers(actor.unit, view.unit)

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
