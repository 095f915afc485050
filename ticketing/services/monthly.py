"""The monthly notice (通报): what happened before the cut-off, so that it never changes afterwards."""

from collections.abc import Mapping

from ticketing.domain.errors import NotPermitted
from ticketing.domain.month import Month
from ticketing.domain.month_report import Found, MonthReport, first_needed, report_of
from ticketing.domain.month_rules import MonthRules
from ticketing.domain.paper import Paper
from ticketing.domain.routing import Level
from ticketing.domain.staff import Actor
from ticketing.services.month_paper import paper_of
from ticketing.services.office import Office

VIEW_FIGURES = "view_figures"


class Monthly:
    """Use cases of the month; nothing in them reads or ranks a person."""

    def __init__(self, office: Office, rules: MonthRules) -> None:
        """Count by ``rules``."""
        self._office = office
        self._rules = rules
        self._reports_as = reporting_units(office)

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
                groups=work.month.groups(first_needed(month), month, rules=rules, reports_as=reports_as),
                answered_at_once=work.month.answered_at_once(month),
                rows=work.month.rows(month, rules=rules, reports_as=reports_as),
            )
        return report_of(month, found, rules, is_final=self._is_final(month))

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
