"""What every change of hands has in common: who sees the ticket, where it may go, what was decided by events.

Each function works inside the transaction of the step it belongs to, with the ticket locked.
"""

from collections.abc import Iterable
from datetime import datetime

from ticketing.domain.dispatch_errors import CoordinationNeeded, PushedDown
from ticketing.domain.objections import Coordination, ObjectionState
from ticketing.domain.tasks import TaskKind
from ticketing.domain.vocabulary import Category
from ticketing.services.office import Office
from ticketing.storage.tables import TicketRecord
from ticketing.storage.unit_of_work import Work

DECISIONS = frozenset({TaskKind.OBJECTION, TaskKind.COORDINATE})


def share_again(work: Work, record: TicketRecord) -> None:
    """Work out anew who sees the ticket: supporting units, and units with a live referral."""
    referred = {one.target for one in work.referrals.live(record.id) if one.is_unit}
    record.shared_with = sorted({*referred, *record.supporting} - {record.unit})


def set_support(record: TicketRecord, support: Iterable[str]) -> None:
    """Who takes part from now on; whoever hands the ticket over next works out who sees it."""
    record.supporting = list(dict.fromkeys(support))


def refuse_pushed_down(office: Office, record: TicketRecord, unit: str) -> None:
    """Raise PushedDown if a department's matter would go to a township or a village."""
    if office.catalogue.directory.is_pushed_down(Category(record.category), unit):
        raise PushedDown(unit=unit)


def refuse_uncoordinated(work: Work, record: TicketRecord, *, may_coordinate: bool) -> None:
    """Raise CoordinationNeeded where a supervisor was asked, or has said, who does it."""
    if record.coordination == Coordination.NONE or may_coordinate:
        return
    coordinator = None if record.coordinator_id is None else work.staff.get(record.coordinator_id)
    raise CoordinationNeeded(name="" if coordinator is None else coordinator.name)


def overtake(work: Work, record: TicketRecord, now: datetime) -> None:
    """The ticket was taken, or went on, before anybody decided: nothing waits for a decision any more."""
    objection = work.objections.open_of(record.id)
    if objection is None:
        return
    work.objections.settle(objection.id, ObjectionState.OVERTAKEN, {"decided_at": now})
    work.tasks.cancel(record.id, DECISIONS, now)
    if record.coordination == Coordination.ASKED:
        record.coordination = Coordination.NONE


def units_named(office: Office, units: Iterable[str]) -> str:
    """Units by their names, one after the other."""
    return office.texts.get("objection.arrow").join(office.catalogue.name(one) for one in units)
