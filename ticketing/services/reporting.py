"""Figures, counted from the rows each time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ticketing.domain.errors import NotPermitted
from ticketing.domain.lifecycle import FINISHED, Status
from ticketing.domain.staff import Actor
from ticketing.services.office import Office

VIEW_FIGURES = "view_figures"
VIEW = "view_ticket"
VIEW_ALL = "view_all"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of now."""

    by_category: Mapping[str, int]
    by_risk: Mapping[str, int]
    by_status: Mapping[str, int]
    by_unit: Mapping[str, int]
    messages: Mapping[str, int]
    total: int
    finished: int
    overdue: int
    waiting_conversations: int
    outbox_depth: int
    #: Files that residents sent, by state.
    attachments: Mapping[str, int]


class Reporting:
    """Use cases of supervisors and monitoring."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    def figures(self) -> Figures:
        """All counts in one look, without anything about a person."""
        now = self._office.clock.now()
        with self._office.transaction() as work:
            rows = work.tickets.counts()
            return Figures(
                by_category=added(rows, 0),
                by_risk=added(rows, 1),
                by_status=added(rows, 2),
                by_unit=added(rows, 3),
                messages=dict(work.conversations.count_messages()),
                total=sum(row[4] for row in rows),
                finished=sum(row[4] for row in rows if Status(row[2]) in FINISHED),
                overdue=work.tickets.count_overdue(now),
                waiting_conversations=work.conversations.count_waiting(),
                outbox_depth=work.outbox.depth(),
                attachments=work.attachments.counts(),
            )

    def figures_for(self, actor: Actor) -> Figures:
        """The same, for a person who may see them."""
        if not self._office.permissions.may(actor, VIEW_FIGURES, None):
            raise NotPermitted(permission=VIEW_FIGURES)
        return self.figures()

    def overdue_by_unit(self, actor: Actor) -> Mapping[str, int]:
        """How many tickets of each unit the person sees are past a deadline, each counted to a bound."""
        permissions = self._office.permissions
        if not permissions.may_ever(actor, VIEW):
            raise NotPermitted(permission=VIEW)
        sees_all = permissions.may(actor, VIEW_ALL, None)
        seen = self._office.catalogue.units() if sees_all else self._office.units_under(actor.unit)
        with self._office.transaction() as work:
            return work.tickets.count_overdue_by_unit(seen, self._office.clock.now())


def added(rows: list[tuple[str, str, str, str, int]], column: int) -> Mapping[str, int]:
    """Counts summed up over one column."""
    totals: Counter[str] = Counter()
    for row in rows:
        totals[str(row[column])] += row[4]
    return dict(sorted(totals.items()))
