"""Things of the domain with everything irrelevant defaulted, and a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.lifecycle import Status
from ticketing.domain.staff import Actor, NewStaff, Role
from ticketing.domain.ticket import TicketView
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Category, Channel, Risk

PASSWORD = "a-long-password"
_serial = count(1)
#: A Monday noon in Beijing.
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass(slots=True)
class FakeClock:
    """A clock the test moves; starts on a Monday noon in Beijing."""

    at: datetime = NOON

    def now(self) -> datetime:
        """Where the test put it."""
        return self.at

    def advance(self, step: timedelta) -> None:
        """Let time pass."""
        self.at += step


def a_finding(
    category: Category = Category.CHILD_PROTECTION, risk: Risk = Risk.URGENT, evidence: str = "打孩子"
) -> Finding:
    """A raise of the safety net."""
    return Finding(risk=risk, category=category, evidence=(evidence,))


def an_arrival(
    text: str = "邻居天天打孩子", *, peer: str = "peer", external_id: str = "", finding: Finding | None = None
) -> Arrival:
    """A message of a resident on the web; without ``external_id`` each is a new one."""
    return Arrival(
        channel=Channel.WEB,
        peer=peer,
        external_id=external_id or f"m-{next(_serial)}",
        kind=Kind.TEXT,
        text=text,
        finding=finding or Finding.nothing(),
    )


def a_risk_arrival(text: str = "邻居天天打孩子，在津北村", **told: str) -> Arrival:
    """A message in which the safety net found a child at risk."""
    return an_arrival(text, finding=a_finding(), **told)


def a_member(
    runtime: Runtime, *, role: Role = Role.WORKER, unit: str = "town-xijin", name: str = "王主任"
) -> Actor:
    """Somebody of staff with an account of their own and PASSWORD."""
    username = f"user{next(_serial)}"
    new = NewStaff(username=username, name=name, role=role, unit=unit, password=PASSWORD)
    return Actor(id=runtime.staff.add(new).id, name=name, role=role, unit=unit, username=username)


def a_view(
    *, category: Category = Category.CHILD_PROTECTION, risk: Risk = Risk.URGENT, unit: str = "town-xijin"
) -> TicketView:
    """A ticket as people see it, just dispatched; vary it with ``dataclasses.replace``."""
    return TicketView(
        number="NG20261123-0001",
        category=category,
        risk=risk,
        status=Status.DISPATCHED,
        town=None,
        village=None,
        unit=unit,
        unit_name="",
        assignee_id=None,
        assignee_name=None,
        fields={},
        summary="",
        anonymous=True,
        channel=Channel.WEB,
        created_at=NOON,
        accept_by_at=None,
        first_contact_by_at=None,
        resolve_by_at=None,
        deadline_basis="",
        overdue=False,
        level=0,
        result=None,
        rating=None,
        retracted=False,
        conversation_id=None,
        version=1,
    )
