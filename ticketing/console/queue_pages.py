"""The lists a person works from."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, FastAPI
from starlette.responses import Response

from ticketing.console.gate import LOGGED_IN, needs
from ticketing.console.reads import by
from ticketing.console.unit_choice import grouped
from ticketing.console.visit import Visit, Visited
from ticketing.domain.lifecycle import Move, is_allowed
from ticketing.domain.reads import Way
from ticketing.domain.ticket import Page, TicketView
from ticketing.domain.vocabulary import Category

VIEW = "view_ticket"
SCOPES = ("unit", "mine", "overdue", "all")
#: Beyond the last counted page nobody turns pages: there is the search.
PAGES_MAX = 50
#: The last second of the year 9998.
SINCE_MAX = 253_370_764_799
#: Where a person starts, by the first permission of these they have.
STARTS = ((VIEW, "/queue"), ("take_order", "/pool"), ("manage_staff", "/staff"), ("view_figures", "/figures"))


@dataclass(frozen=True, slots=True)
class Look:
    """Which list is looked at, as the address says it."""

    scope: str = "unit"
    category: str = ""
    unit: str = ""
    page: int = 1
    #: Since when, in seconds of the epoch, so that what came later is marked as new; 0: from now.
    since: int = 0

    def __post_init__(self) -> None:
        """A word that names no list means the first one; numbers stay where dates and pages are."""
        if self.scope not in SCOPES:
            object.__setattr__(self, "scope", SCOPES[0])
        object.__setattr__(self, "page", min(max(self.page, 1), PAGES_MAX))
        object.__setattr__(self, "since", min(max(self.since, 0), SINCE_MAX))

    def query(self, **changes: str | int) -> str:
        """The address's query with some parts changed."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__} | changes
        return urlencode({name: value for name, value in parts.items() if value})


#: The address's query; FastAPI reads it into the fields by their names.
Asked = Annotated[Look, Depends()]


def add_queue_pages(app: FastAPI) -> None:
    """Register the start page and the lists."""
    app.add_api_route("/", start, methods=["GET"])
    app.add_api_route("/queue", queue, methods=["GET"])
    app.add_api_route("/queue/list", refreshed, methods=["GET"])
    app.add_api_route("/search", search, methods=["GET"])


@needs(LOGGED_IN)
def start(visit: Visited) -> Response:
    """To where the person's work begins."""
    return visit.go(next((path for permission, path in STARTS if visit.may_ever(permission)), "/account"))


@needs(VIEW)
@by(Way.LIST)
def queue(visit: Visited, look: Asked, done: str = "") -> Response:
    """The page with tabs, filters and list; ``done`` names what was just finished."""
    look = replace(look, since=int(visit.runtime.clock.now().timestamp()))
    own_units = visible_units(visit)
    groups = grouped(visit.runtime.catalogue, own_units)
    return visit.page(
        "queue.html",
        shared=list_parts(visit, look),
        done=done,
        scopes=SCOPES,
        categories=tuple(Category),
        unit_groups=groups if len(own_units) > 1 else (),
        late_by_unit=late_by_unit(visit) if look.scope == "overdue" else {},
    )


@needs(VIEW)
@by(Way.LIST, is_refresh=True)
def refreshed(visit: Visited, look: Asked) -> Response:
    """The list alone, whole, so that nothing is missed however long the page was out of touch."""
    return visit.page("queue_list.html", shared=list_parts(visit, look))


@needs(VIEW)
@by(Way.SEARCH)
def search(visit: Visited, q: str = "", page: int = 1) -> Response:
    """Tickets by number or by words of the report."""
    page = min(max(page, 1), PAGES_MAX)
    found = visit.runtime.tickets.search(visit.actor, q, page=page)
    more = urlencode({"q": q, "page": page + 1}) if found.has_more and page < PAGES_MAX else ""
    return visit.page("search.html", asked=q, found=found, page=page, more=more)


def list_parts(visit: Visit, look: Look) -> dict[str, object]:
    """What the list shows."""
    found = visit.runtime.tickets.queue(
        visit.actor,
        scope=look.scope,
        category=look.category or None,
        unit=look.unit or None,
        page=look.page,
    )
    may = visit.runtime.permissions.may
    since = datetime.fromtimestamp(look.since, UTC)
    return {
        "look": look,
        "found": found,
        "pages": pages_of(found),
        "claimable": {
            one.number
            for one in found.items
            if is_allowed(one.status, Move.CLAIM) and may(visit.actor, Move.CLAIM, one)
        },
        "fresh": {one.number for one in found.items if one.created_at > since},
    }


def pages_of(found: Page[TicketView]) -> int:
    """How many pages the list has, at least one."""
    return max(-(-found.total // found.page_size), 1)


def visible_units(visit: Visit) -> tuple[str, ...]:
    """The units whose tickets the person may see, in the order of the directory."""
    catalogue = visit.runtime.catalogue
    if visit.may_ever("view_all"):
        return catalogue.units()
    return tuple(unit for unit in catalogue.units() if catalogue.covers(visit.actor.unit, unit))


def late_by_unit(visit: Visit) -> dict[str, int]:
    """How many tickets of each visible unit are past a deadline, most first; units without are left out."""
    counts = visit.runtime.reporting.overdue_by_unit(visit.actor)
    return dict(sorted(counts.items(), key=lambda entry: -entry[1]))
