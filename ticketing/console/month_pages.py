"""The monthly notice: on the page, as a spreadsheet, for printing."""

from urllib.parse import quote

from fastapi import FastAPI
from markupsafe import Markup
from starlette.responses import Response

from ticketing.console.gate import needs
from ticketing.console.reads import by
from ticketing.console.sheet_pages import WORKBOOK
from ticketing.console.visit import Visit, Visited
from ticketing.domain.month import Month
from ticketing.domain.paper import Bars, Paper
from ticketing.domain.reads import About, Subject, Way
from ticketing.paper.bars import svg
from ticketing.paper.pdf import pdf
from ticketing.paper.workbook import workbook

VIEW = "view_figures"
PDF = "application/pdf"


def add_month_pages(app: FastAPI) -> None:
    """Register the page and both files."""
    app.add_api_route("/figures/month", notice, methods=["GET"])
    app.add_api_route("/figures/month/sheet", spreadsheet, methods=["GET"])
    app.add_api_route("/figures/month/print", printed, methods=["GET"])


@needs(VIEW)
def notice(visit: Visited, month: str = "") -> Response:
    """One month; without a month the newest that is closed."""
    chosen = _month(visit, month)
    return visit.page(
        "month.html",
        paper=visit.runtime.monthly.paper(visit.actor, chosen),
        month=chosen,
        newest=Month.of(visit.runtime.clock.now()),
        drawn=_drawn,
    )


@needs(VIEW)
@by(Way.EXPORT)
def spreadsheet(visit: Visited, month: str = "") -> Response:
    """The same as a spreadsheet, with the rows it was reckoned from."""
    paper = _rows_of(visit, _month(visit, month))
    return _file(workbook(paper), f"{paper.file_name}.xlsx", WORKBOOK)


@needs(VIEW)
@by(Way.EXPORT)
def printed(visit: Visited, month: str = "") -> Response:
    """The same for printing."""
    paper = _rows_of(visit, _month(visit, month))
    words = visit.runtime.texts.sentences["month.page"]
    data = pdf(paper, made_at=visit.runtime.clock.now(), page_words=words)
    return _file(data, f"{paper.file_name}.pdf", PDF)


def _month(visit: Visit, text: str) -> Month:
    return Month.parse(text) if text else visit.runtime.monthly.last_closed()


def _rows_of(visit: Visit, month: Month) -> Paper:
    """The notice with its rows, which leave the house: nothing in them tells who somebody is."""
    paper = visit.runtime.monthly.paper(visit.actor, month)
    visit.showing([Subject(About.MONTH, str(month), masked=True)])
    return paper


def _drawn(bars: Bars) -> Markup:
    """The chart; its text is escaped where it is made."""
    return Markup(svg(bars))  # noqa: S704 - see above


def _file(data: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, media_type=media_type, headers=headers)
