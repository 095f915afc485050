"""The monthly notice (通报): what happened before the cut-off, so that it never changes afterwards."""

from collections.abc import Mapping
from datetime import timedelta

from ticketing.domain.errors import NotPermitted
from ticketing.domain.month import MONTHS_OF_YEAR, Group, Month
from ticketing.domain.month_report import Found, MonthReport, report_of
from ticketing.domain.month_rules import MonthRules
from ticketing.domain.paper import Paper
from ticketing.domain.staff import Actor
from ticketing.domain.units import Level
from ticketing.services.month_paper import paper_of
from ticketing.services.office import Office
from ticketing.storage.unit_of_work import Work

VIEW_FIGURES = "view_figures"
#: So long after the cut-off no transaction that began before it is still being written.
SETTLED_AFTER = timedelta(days=1)


class Monthly:
    """Use cases of the month; nothing in them reads or ranks a person."""

    def __init__(self, office: Office, rules: MonthRules) -> None:
        """Count by ``rules``."""
        self._office = office
        self._rules = rules
        self._reports_as = reporting_units(office)
        self._settled: dict[Month, tuple[Group, ...]] = {}

    def last_closed(self) -> Month:
        """The newest month whose cut-off has passed."""
        month = Month.of(self._office.clock.now())
        while not self._is_final(month):
            month = month.plus(-1)
        return month

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

    def _groups(self, work: Work, month: Month) -> tuple[Group, ...]:
        """Groups of the year up to ``month``; what cannot change any more is reckoned once in a process."""
        months = [month.plus(-back) for back in range(MONTHS_OF_YEAR + 1)]
        missing = [one for one in months if one not in self._settled]
        found: dict[Month, list[Group]] = {one: [] for one in missing}
        if missing:
            span = (min(missing), max(missing))
            for group in work.month.groups(*span, rules=self._rules, reports_as=self._reports_as):
                found.setdefault(group.month, []).append(group)
        settled = self._office.clock.now() - SETTLED_AFTER
        for one in missing:
            if one.cutoff_at(self._rules.cutoff_days) <= settled:
                self._settled[one] = tuple(found[one])
        return tuple(group for one in months for group in found.get(one) or self._settled.get(one, ()))

    def paper(self, actor: Actor, month: Month) -> Paper:
        """The notice in words, for page, spreadsheet and print."""
        return paper_of(self.report(actor, month), self._rules, self._office)

    def _is_final(self, month: Month) -> bool:
        return month.cutoff_at(self._rules.cutoff_days) <= self._office.clock.now()


def reporting_units(office: Office) -> Mapping[str, str]:
    """Under which unit each is counted: a village under its town; the notice goes to towns and city units."""
    catalogue = office.catalogue
    units = (catalogue.unit(slug) for slug in catalogue.units())
    return {unit.slug: f"town-{unit.town}" for unit in units if unit.level is Level.VILLAGE}
