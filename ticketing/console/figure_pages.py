"""Counts for supervisors, each share with what it was divided by."""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.gate import needs
from ticketing.console.visit import Visited
from ticketing.services.reporting import Figures


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; its name is ``console.share_<name>``."""

    name: str
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Per cent, one decimal; None of nothing."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


def add_figure_pages(app: FastAPI) -> None:
    """Register the page of figures."""
    app.add_api_route("/figures", figures, methods=["GET"])


@needs("view_figures")
def figures(visit: Visited) -> Response:
    """Everything counted now, from the rows."""
    found = visit.runtime.reporting.figures_for(visit.actor)
    return visit.page("figures.html", figures=found, shares=shares_of(found))


def shares_of(figures: Figures) -> tuple[Share, ...]:
    """The shares a supervisor watches."""
    at_risk = figures.by_risk.get("emergency", 0) + figures.by_risk.get("urgent", 0)
    return (
        Share("finished", figures.finished, figures.total),
        Share("overdue", figures.overdue, figures.total - figures.finished),
        Share("at_risk", at_risk, figures.total),
    )
