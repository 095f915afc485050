"""The monthly notice (通报): what happened before the cut-off, so that it never changes afterwards."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ticketing.domain.errors import NotPermitted
from ticketing.domain.month import MONTHS_OF_YEAR, Group, Month
from ticketing.domain.month_report import PARTS, Found, MonthReport, looked_at, report_of
from ticketing.domain.month_rules import MonthRules
from ticketing.domain.paper import Paper
from ticketing.domain.staff import Actor
from ticketing.domain.units import Level
from ticketing.services.month_paper import paper_of
from ticketing.services.office import Office
from ticketing.storage.month import counted_by
from ticketing.storage.unit_of_work import Work

VIEW_FIGURES = "view_figures"
#: So long after the cut-off no transaction that began before it is still being written.
SETTLED_AFTER = timedelta(days=1)
#: So long what was kept is taken without a look at the rows behind it.
MADE_AGAIN_AFTER = timedelta(days=1)
log = logging.getLogger(__name__)


class Monthly:
    """Use cases of the month; nothing in them reads or ranks a person."""

    def __init__(self, office: Office, rules: MonthRules) -> None:
        """Count by ``rules``."""
        self._office = office
        self._rules = rules
        self._reports_as = reporting_units(office)
        self._counted_by = counted_by(rules, self._reports_as)

    def last_closed(self) -> Month:
        """The newest month whose cut-off has passed."""
        return self._last_cut_off(self._office.clock.now())

    def report(self, actor: Actor, month: Month) -> MonthReport:
        """All figures of a month; of one that is not over yet, as far as it went."""
        if not self._office.permissions.may(actor, VIEW_FIGURES, None):
            raise NotPermitted(permission=VIEW_FIGURES)
        rules, reports_as = self._rules, self._reports_as
        with self._office.transaction() as work:
            found = Found(
                groups=self._groups(work, month),
                answered_at_once=work.month.answered_at_once(month),
                rows=work.month.rows(month, rules=rules, reports_as=reports_as),
            )
        return report_of(month, found, rules, is_final=self._is_final(month))

    def keep_settled(self) -> int:
        """Keep figures of the last settled month and the year before it; how many months were reckoned.

        What a notice needs of other months is then read. The rows still decide: every day the sum is made
        again, and another one takes the place of what was kept. Safe to run twice at once.
        """
        now, made_by = self._office.clock.now(), self._counted_by
        newest = self._last_cut_off(now - SETTLED_AFTER)
        months = [newest.plus(-back) for back in range(MONTHS_OF_YEAR + 1)]
        with self._office.transaction() as work:
            fresh = work.figures.kept_since(now - MADE_AGAIN_AFTER, months, counted_by=made_by)
            reckoned = self._reckoned(work, [month for month in months if month not in fresh])
            before = work.figures.kept(dict.fromkeys(reckoned, PARTS), counted_by=made_by)
            for month, groups in reckoned.items():
                if month in before and set(before[month]) != set(groups):
                    log.warning("the rows of %s give other figures than were kept", month)
                work.figures.keep(month, groups, counted_by=made_by, at=now)
        return len(reckoned)

    def paper(self, actor: Actor, month: Month) -> Paper:
        """The notice in words, for page, spreadsheet and print."""
        return paper_of(self.report(actor, month), self._rules, self._office)

    def _groups(self, work: Work, month: Month) -> tuple[Group, ...]:
        """Groups of the year up to ``month``: kept ones where there are any, all others from the rows."""
        wanted = looked_at(month, self._rules)
        kept = work.figures.kept(wanted, counted_by=self._counted_by)
        found = {**kept, **self._reckoned(work, [one for one in wanted if one not in kept])}
        return tuple(group for one in wanted for group in found[one])

    def _reckoned(self, work: Work, months: Sequence[Month]) -> Mapping[Month, Sequence[Group]]:
        found: dict[Month, list[Group]] = {one: [] for one in months}
        if found:
            span = (min(found), max(found))
            for group in work.month.groups(*span, rules=self._rules, reports_as=self._reports_as):
                if group.month in found:
                    found[group.month].append(group)
        return found

    def _last_cut_off(self, at: datetime) -> Month:
        month = Month.of(at)
        while month.cutoff_at(self._rules.cutoff_days) > at:
            month = month.plus(-1)
        return month

    def _is_final(self, month: Month) -> bool:
        return month.cutoff_at(self._rules.cutoff_days) <= self._office.clock.now()


def reporting_units(office: Office) -> Mapping[str, str]:
    """Under which unit each is counted: a village under its town; the notice goes to towns and city units."""
    catalogue = office.catalogue
    units = (catalogue.unit(slug) for slug in catalogue.units())
    return {unit.slug: f"town-{unit.town}" for unit in units if unit.level is Level.VILLAGE}
