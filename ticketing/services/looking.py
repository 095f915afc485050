"""Lists of tickets and one ticket whole, never more than the person may see."""

from dataclasses import dataclass, replace

from ticketing.domain.case_parts import tells_nothing_else
from ticketing.domain.errors import NotPermitted
from ticketing.domain.finding import words_of
from ticketing.domain.lifecycle import OPEN, WAITING, Move, Status, is_allowed
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import Page, TicketDetail, TicketEvent, TicketView
from ticketing.services.case_reading import readable
from ticketing.services.desk_part import VIEW, VIEW_ALL, DeskPart
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import PAGE_SIZE, QueueFilter
from ticketing.storage.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was searched for."""

    items: tuple[TicketView, ...]
    has_more: bool


class Looking(DeskPart):
    """Use cases that change nothing."""

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
        return replace(found, items=items)

    def search(self, actor: Actor, asked: str, *, page: int = 1) -> Found:
        """Tickets with every word asked for in number or report, newest first; only what the person may see.

        Without a word of two characters nothing is found.
        """
        if not self._office.permissions.may_ever(actor, VIEW):
            raise NotPermitted(permission=VIEW)
        words = words_of(asked)
        if not words:
            return Found((), has_more=False)
        now, units = self._office.clock.now(), self._visible_units(actor, None)
        with self._office.transaction() as work:
            found = work.search.find(words, units=units, page=max(page, 1), now=now)
        shown = tuple(self._office.named(view) for view in found[:PAGE_SIZE])
        return Found(shown, has_more=len(found) > PAGE_SIZE)

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
                events=self._events(work, actor, view, record),
                messages=tuple(work.conversations.latest_lines(chat)) if chat else (),
                moves=self._moves(actor, view, is_top=self._filing.unit_above(work, record) is None),
                referrals=self._referrals(work, actor, record),
                closures=work.closures.views(record.id),
                file_parts=readable(self._office, work, actor, (record, view)),
            )

    def _events(
        self, work: Work, actor: Actor, view: TicketView, record: TicketRecord
    ) -> tuple[TicketEvent, ...]:
        """The history; to whom it is only shown, nothing of other bodies or of hidden parts of the file."""
        events = work.tickets.events(record.id)
        if not self._is_guest(actor, view):
            return events
        parts = readable(self._office, work, actor, (record, view))
        return tuple(
            event
            for event in events
            if event.data.get("target", actor.unit) == actor.unit
            and tells_nothing_else(event.kind, event.data, parts)
        )

    def _moves(self, actor: Actor, view: TicketView, *, is_top: bool) -> tuple[Move, ...]:
        """What the person may do now; nothing is handed up from the top."""
        may = self._office.permissions.may
        moves = [move for move in Move if is_allowed(view.status, move) and may(actor, move.value, view)]
        return tuple(move for move in moves if move is not Move.ESCALATE or not is_top)
