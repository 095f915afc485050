"""Tickets that are likely the same matter: proposed to staff, who decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.domain.lifecycle import OPEN, Move, Status
from ticketing.domain.places import Gazetteer
from ticketing.domain.repeats import Likeness, Told, likeness, without_place
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import Field, TicketEvent, TicketView
from ticketing.domain.vocabulary import Category
from ticketing.knowledge.terms import Terms
from ticketing.services.desk_part import VIEW, DeskPart
from ticketing.services.duties import is_childs
from ticketing.services.filing import Filing
from ticketing.services.office import Office
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

#: What of a report tells the matter.
TOLD_IN = (Field.DETAIL, Field.WHAT, Field.WHO)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One ticket that may be the same matter."""

    ticket: TicketView
    likeness: Likeness
    #: A child's case, or somebody in danger: looked at and merged by hand only, never by one tap. What is
    #: merged by mistake lies in no queue until the mistake is seen.
    by_hand_only: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """How a ticket is joined to others."""

    #: The ticket worked on instead of this one.
    kept: TicketView | None
    #: Tickets that became part of this one, with what happened to each.
    parts: tuple[tuple[TicketView, tuple[TicketEvent, ...]], ...]
    proposals: tuple[Proposal, ...]


class Repeats(DeskPart):
    """Use cases of the part of a ticket's page that tells of other tickets."""

    def __init__(self, office: Office, filing: Filing, terms: Terms) -> None:
        """Compare reports by ``terms``."""
        super().__init__(office, filing)
        self._terms = terms

    def joined(self, actor: Actor, number: str) -> Joined:
        """What the ticket is joined to, and, for whoever may merge it, what it may be a repeat of."""
        with self._office.transaction() as work:
            record = self._record(work, number, locked=False)
            view = self._allowed(work, actor, record, VIEW)
            kept = work.repeats.kept_of(record)
            parts = work.repeats.merged_into(record.id)
            told = work.tickets.events_of([one.id for one in parts])
            may_merge = self._office.permissions.may(actor, Move.MERGE.value, view)
            is_asked = may_merge and Status(record.status) in OPEN
            return Joined(
                kept=None if kept is record else self._view(work, kept),
                parts=tuple((self._view(work, one), told[one.id]) for one in parts),
                proposals=self._proposals(work, record) if is_asked else (),
            )

    def say_two(self, actor: Actor, number: str, *, other: str) -> TicketView:
        """Keep that two tickets are different matters: they are not proposed to anybody again."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            record, second = self._record(work, number, locked=False), self._record(work, other, locked=False)
            for one in (record, second):
                self._allowed(work, actor, one, Move.MERGE.value)
            work.repeats.say_two(record.id, second.id, by=actor.id, at=now)
            work.tickets.add_event(record.id, Event("not_repeat", now, actor.id, data={"number": other}))
            return self._view(work, record)

    def _proposals(self, work: Work, record: TicketRecord) -> tuple[Proposal, ...]:
        rules = self._office.care.repeats
        since = record.created_at - rules.within
        one = self._told(record)
        found = [
            (likeness(one, self._told(other), rules), other)
            for other in work.repeats.alike(record, since=since)
        ]
        likely = sorted(
            (pair for pair in found if pair[0].score >= rules.threshold), key=lambda pair: -pair[0].score
        )
        return tuple(self._proposal(work, record, pair) for pair in likely[: rules.shown_max])

    def _proposal(self, work: Work, record: TicketRecord, pair: tuple[Likeness, TicketRecord]) -> Proposal:
        like, other = pair
        by_hand = any(one.risk_rank or is_childs(self._office, one) for one in (record, other))
        return Proposal(self._view(work, other), like, by_hand)

    def _told(self, record: TicketRecord) -> Told:
        texts: Sequence[str] = [record.fields[name] for name in TOLD_IN if record.fields.get(name)]
        place = place_name(self._office.gazetteer, record)
        return Told(
            category=Category(record.category),
            terms=without_place(self._terms.of("\n".join(texts)), place),
            filed_at=record.created_at,
            chat=record.conversation_id,
            contact=record.fields.get(Field.CONTACT, "").strip(),
            town=record.town,
            village=record.village,
        )


def place_name(gazetteer: Gazetteer, record: TicketRecord) -> str:
    """The place as printed; empty when unknown."""
    return gazetteer.name(town=record.town, village=record.village)
