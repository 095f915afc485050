"""A referral: whom a ticket was shown to and why they may see it, how far it got, who may move it on.

The ticket stays with its owner; its resident's clock never stops for a referral.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from ticketing.domain.data_rows import Row, row
from ticketing.domain.deadlines import span_of
from ticketing.domain.errors import BadInput, ConsentMissing, DataFault, UnitNotFound
from ticketing.domain.spans import Span


class ReferralState(StrEnum):
    """How far a referral got; the words are ``referral.state_<state>``."""

    #: Asked, not answered.
    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"
    REVOKED = "revoked"


class ReferralMove(StrEnum):
    """What moves a referral on."""

    ACCEPT = "accept"
    REJECT = "reject"
    FINISH = "finish"
    REVOKE = "revoke"


#: While a referral is one of these, the body asked sees the ticket.
LIVE = frozenset({ReferralState.IN_PROGRESS, ReferralState.ACCEPTED})

#: The whole of the lifecycle of a referral: from where, and where to.
STEPS: Mapping[ReferralMove, tuple[frozenset[ReferralState], ReferralState]] = MappingProxyType(
    {
        ReferralMove.ACCEPT: (frozenset({ReferralState.IN_PROGRESS}), ReferralState.ACCEPTED),
        ReferralMove.REJECT: (frozenset({ReferralState.IN_PROGRESS}), ReferralState.REJECTED),
        ReferralMove.FINISH: (frozenset({ReferralState.ACCEPTED}), ReferralState.DONE),
        ReferralMove.REVOKE: (LIVE, ReferralState.REVOKED),
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to one referral."""

    #: Works for the unit that was asked.
    is_addressee: bool = False
    #: Made the referral, or has its ticket now.
    is_referrer: bool = False
    #: May write down what a body without accounts said.
    is_recorder: bool = False
    is_supervisor: bool = False


def may(standing: Standing, move: ReferralMove, *, has_accounts: bool) -> bool:
    """Whether a person so placed may make ``move``; ``has_accounts``: somebody of the body can log in."""
    if move is ReferralMove.REVOKE:
        return standing.is_referrer or standing.is_supervisor
    return standing.is_addressee if has_accounts else standing.is_recorder


def moves_from(state: ReferralState) -> tuple[ReferralMove, ...]:
    """The moves there are from a state."""
    return tuple(move for move, (sources, _) in STEPS.items() if state in sources)


def mermaid() -> str:
    """The table as a Mermaid state diagram, for the documents."""
    arrows = [
        f"    {source} --> {target}: {move}"
        for move, (sources, target) in STEPS.items()
        for source in sorted(sources)
    ]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {ReferralState.IN_PROGRESS}", *arrows])


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a body has."""

    answer_within: Span
    finish_within: Span
    #: Where the figures come from, shown beside the deadline.
    basis: str


@dataclass(frozen=True, slots=True)
class Body:
    """An outside body without accounts of its own."""

    slug: str
    name: str
    terms: Terms
    #: Empty when the city has not filled it in.
    phone: str
    #: A chat of the body to which notices go; empty: it is told by telephone.
    telegram_chat: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What the law allows to tell without consent."""

    slug: str
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Why this body may be told: who agreed and how, or the named ground of the law; and how much."""

    consented_by: str = ""
    ground: str = ""
    #: Parts of the case file that it may read once it has accepted (``case_parts``); without any, none.
    shows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReferralRules:
    """The bodies, the terms of our own units, and the grounds of the law."""

    bodies: Mapping[str, Body]
    #: For units with accounts.
    unit_terms: Terms
    grounds: Mapping[str, Ground]

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "ReferralRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "referrals.yml")
        bodies = {slug: _body(slug, one) for slug, one in rules.named_rows("bodies").items()}
        grounds = {
            slug: Ground(slug, one.text("name"), one.text("basis"))
            for slug, one in rules.named_rows("grounds").items()
        }
        if not bodies or not grounds:
            raise DataFault(detail="referrals.yml: no bodies or no grounds")
        return cls(bodies, _terms(rules.row("units")), grounds)

    def terms(self, target: str) -> Terms:
        """How long a body or one of our units has."""
        return self.bodies[target].terms if target in self.bodies else self.unit_terms

    def check(self, disclosure: Disclosure) -> None:
        """Raise ConsentMissing without consent or ground, BadInput for a ground that is not listed."""
        if not disclosure.consented_by.strip() and not disclosure.ground:
            raise ConsentMissing
        if disclosure.ground and disclosure.ground not in self.grounds:
            raise BadInput(field="ground")

    def name(self, target: str) -> str | None:
        """Name of a body; None for what is none."""
        return self.bodies[target].name if target in self.bodies else None

    def body(self, target: str) -> Body:
        """One body; UnitNotFound."""
        if target not in self.bodies:
            raise UnitNotFound(unit=target)
        return self.bodies[target]


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What is asked of whom, and why they may be told."""

    #: A body of the data file, or one of our units.
    target: str
    request: str
    disclosure: Disclosure


@dataclass(frozen=True, slots=True)
class Answer:
    """What the body says; ``told_by`` and ``told_at`` only when somebody else writes it down."""

    move: ReferralMove
    text: str = ""
    told_by: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """How far the notices to the body got."""

    notices: int = 0
    arrived: int = 0
    #: Tries made of those that have not arrived.
    tries: int = 0
    given_up: int = 0

    @property
    def is_sent(self) -> bool:
        """Whether there was something to carry and every notice arrived."""
        return self.notices > 0 and self.arrived == self.notices

    @property
    def is_waiting(self) -> bool:
        """Whether something is still tried."""
        return self.notices > self.arrived + self.given_up


@dataclass(frozen=True, slots=True)
class ReferralView:
    """One referral as people see it."""

    id: int
    ticket_number: str
    target: str
    target_name: str
    state: ReferralState
    request: str
    consented_by: str
    ground: str
    referred_by_id: int
    referred_by: str
    referred_at: datetime
    #: Until when the next step of the body is awaited: an answer, then the result.
    due_at: datetime
    due_basis: str
    answer: str
    answered_by: str | None
    answered_at: datetime | None
    outcome: str
    ended_by: str | None
    ended_at: datetime | None
    #: Who of the body said so, when somebody else wrote it down.
    told_by: str
    told_at: datetime | None
    is_overdue: bool
    carried: Carried = field(default_factory=Carried)
    #: Parts of the case file the body may read while it has accepted.
    shows: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether the body sees the ticket."""
        return self.state in LIVE


def _body(slug: str, data: Row) -> Body:
    return Body(
        slug=slug,
        name=data.text("name"),
        terms=_terms(data),
        phone=data.text("phone", ""),
        telegram_chat=data.text("telegram_chat", ""),
    )


def _terms(data: Row) -> Terms:
    return Terms(span_of(data.row("answer_within")), span_of(data.row("finish_within")), data.text("basis"))
