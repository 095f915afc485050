"""A ledger in memory that can be away."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ticketing.domain.arrival import Arrival
from ticketing.domain.errors import StorageUnavailable
from ticketing.domain.ticket import (
    UNKNOWN_STANDING,
    BotStanding,
    Receipt,
    StoredReply,
    TicketGiven,
    TicketView,
)
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Risk

AT_REST = BotStanding(settled=True)


@dataclass(slots=True)
class FakeLedger:
    """Keeps arrivals and replies by (peer, external id)."""

    away: bool = False
    away_for_replies: bool = False
    #: A person of staff has every conversation.
    staff_has_it: bool = False
    #: A person of staff takes over while the bot thinks.
    staff_takes_over: bool = False
    #: Somebody else answers the same message and is not done yet.
    being_answered: bool = False
    open_ticket: TicketView | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    raised: list[Finding] = field(default_factory=list)
    replies: dict[int, tuple[StoredReply, ...]] = field(default_factory=dict)
    #: How the bot stood after the newest answer.
    standing: BotStanding = AT_REST
    pushed: set[int] = field(default_factory=set)
    waiting: dict[int, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, arrival: Arrival) -> Receipt:
        """Keep it, once."""
        self._check(self.away)
        with self._lock:
            known = [(one.peer, one.external_id) for one in self.arrivals]
            key = (arrival.peer, arrival.external_id)
            if key in known:
                return self._again(known.index(key))
            earlier = tuple(one.text for one in self.arrivals if one.peer == arrival.peer)
            self.arrivals.append(arrival)
            receipt = self._receipt(len(self.arrivals) - 1, self._ticket(arrival.finding))
            return replace(receipt, earlier=earlier)

    def raise_risk(self, message_id: int, *, finding: Finding) -> TicketGiven | None:
        """Note the finding."""
        self._check(self.away)
        self.raised.append(finding)
        return self._ticket(finding)

    def record_replies(
        self,
        message_id: int,
        replies: Sequence[StoredReply],
        *,
        push: bool = False,
        standing: BotStanding = UNKNOWN_STANDING,
    ) -> bool:
        """Keep the replies."""
        self._check(self.away or self.away_for_replies)
        if self.staff_takes_over:
            return False
        self.replies.setdefault(message_id, tuple(replies))
        self.standing = standing
        if push:
            self.pushed.add(message_id)
        return True

    def wait_for_person(self, message_id: int, *, reason: str) -> None:
        """Note the reason."""
        self._check(self.away)
        self.waiting[message_id] = reason

    def puts_right(self, text: str) -> bool:
        """Nothing is ever wrong here."""
        return False

    def tapped(self, conversation_id: str, text: str) -> StoredReply | None:
        """Nobody was told a result."""
        self._check(self.away)
        return None

    def current(self, conversation_id: str) -> TicketView | None:
        """The ticket the test put there."""
        return self.open_ticket

    def _again(self, message_id: int) -> Receipt:
        receipt = self._receipt(message_id, None)
        replies = None if self.being_answered else self.replies.get(message_id)
        return replace(receipt, duplicate=True, replies=replies)

    def _receipt(self, message_id: int, ticket: TicketGiven | None) -> Receipt:
        return Receipt(
            conversation_id="c-1",
            message_id=message_id,
            duplicate=False,
            replies=None,
            staff_has_it=self.staff_has_it,
            ticket=ticket,
            standing=self.standing,
        )

    def _ticket(self, finding: Finding) -> TicketGiven | None:
        if finding.risk is Risk.NONE:
            return None
        return TicketGiven("NG1", "", new=False) if self.open_ticket else TicketGiven("NG1", "CODE", new=True)

    def _check(self, away: bool) -> None:
        if away:
            raise StorageUnavailable
