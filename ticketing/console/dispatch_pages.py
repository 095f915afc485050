"""The dispatch catalogue: what holds, editing one matter, what each version changed, going back."""

from collections.abc import Iterator
from http import HTTPStatus

from fastapi import FastAPI
from starlette.responses import Response

from ticketing.console.errors import PageNotFound, status_of
from ticketing.console.fault_pages import sentence_of
from ticketing.console.gate import needs
from ticketing.console.typed import NOTHING, Typed, TypedForm
from ticketing.console.unit_choice import grouped
from ticketing.console.visit import Visit, Visited
from ticketing.domain.dispatch_errors import DispatchRefused
from ticketing.domain.dispatching import Local, MatterRule
from ticketing.domain.errors import TicketingError
from ticketing.domain.units import Level
from ticketing.domain.vocabulary import Category
from ticketing.services.dispatch_desk import EDIT

#: Rows of the form.
LINKS_MAX, SUPPORT_MAX, TOWNS_MAX = 5, 3, 20
#: The largest number a version can have.
VERSION_MAX = 2**31 - 1


def add_dispatch_pages(app: FastAPI) -> None:
    """Register the pages."""
    app.add_api_route("/dispatch", catalogue, methods=["GET"])
    app.add_api_route("/dispatch/matters/{matter}", edit, methods=["GET"])
    app.add_api_route("/dispatch/matters/{matter}", save, methods=["POST"])
    app.add_api_route("/dispatch/versions/{number}", version, methods=["GET"])
    app.add_api_route("/dispatch/versions/{number}", restore, methods=["POST"])


@needs(EDIT)
def catalogue(visit: Visited, done: str = "") -> Response:
    """Everything that holds now, and the versions before."""
    shelf = visit.runtime.dispatch.shelf(visit.actor)
    return visit.page("dispatch.html", shelf=shelf, departmental=departmental(visit), done=done)


@needs(EDIT)
def edit(matter: str, visit: Visited) -> Response:
    """One matter's rule as a form."""
    return matter_page(visit, category_of(matter))


@needs(EDIT)
def save(matter: str, visit: Visited, typed: TypedForm) -> Response:
    """Make a new version; refused, the form comes back as it was typed with what is wrong."""
    category = category_of(matter)
    rule = rule_typed(typed)
    try:
        visit.runtime.dispatch.save(
            visit.actor,
            category,
            rule,
            based_on=typed.number("version") or 0,
            note=typed.text("note"),
        )
    except TicketingError as fault:
        return matter_page(visit, category, fault=fault, rule=rule, typed=typed)
    return visit.go("/dispatch?done=edited")


@needs(EDIT)
def version(number: int, visit: Visited) -> Response:
    """What a version changed."""
    return version_page(visit, number)


@needs(EDIT)
def restore(number: int, visit: Visited, typed: TypedForm) -> Response:
    """Let an earlier version hold again."""
    try:
        visit.runtime.dispatch.restore(
            visit.actor, number, based_on=typed.number("version") or 0, note=typed.text("note")
        )
    except TicketingError as fault:
        return version_page(visit, number, fault=fault, typed=typed)
    return visit.go("/dispatch?done=restored")


def category_of(matter: str) -> Category:
    """The matter an address names."""
    if matter not in set(Category):
        raise PageNotFound
    return Category(matter)


def rule_typed(typed: Typed) -> MatterRule:
    """The rule as the form has it; empty rows count for nothing."""
    return MatterRule(
        chain=tuple(filled(typed, "chain", LINKS_MAX)),
        minor_chain=tuple(filled(typed, "minor", LINKS_MAX)),
        support=tuple(filled(typed, "support", SUPPORT_MAX)),
        local=tuple(local_typed(typed)),
    )


def filled(typed: Typed, name: str, rows: int) -> Iterator[str]:
    """The rows of one part that were filled in."""
    for row in range(rows):
        if value := typed.text(f"{name}_{row}"):
            yield value


def local_typed(typed: Typed) -> Iterator[Local]:
    """What was filled in for single towns."""
    for row in range(TOWNS_MAX):
        town, lead = typed.text(f"town_{row}"), typed.text(f"lead_{row}")
        if town:
            support = typed.text(f"helper_{row}")
            yield Local(town, lead, (support,) if support else ())


def departmental(visit: Visit) -> frozenset[Category]:
    """Matters of a municipal department."""
    return visit.runtime.catalogue.directory.departmental


def matter_page(
    visit: Visit,
    category: Category,
    *,
    fault: TicketingError | None = None,
    rule: MatterRule | None = None,
    typed: Typed = NOTHING,
) -> Response:
    """The form of one matter, filled with what holds or with what was typed."""
    runtime = visit.runtime
    shelf = runtime.dispatch.shelf(visit.actor)
    shown = rule or shelf.rules[category]
    units = runtime.catalogue
    found = fault.found.get(category, ()) if isinstance(fault, DispatchRefused) else ()
    return visit.page(
        "dispatch_matter.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        category=category,
        rule=shown,
        shelf=shelf,
        faults=found,
        is_departmental=category in departmental(visit),
        links_max=LINKS_MAX,
        support_max=SUPPORT_MAX,
        rows=min(len(shown.local) + 1, TOWNS_MAX),
        city_units=[unit for unit in units.units() if units.unit(unit).level is Level.CITY],
        towns=units.directory.towns(),
        unit_groups=grouped(units, units.units()),
        sentence="" if fault is None else sentence_of(runtime.texts, fault),
        typed=typed,
    )


def version_page(
    visit: Visit, number: int, *, fault: TicketingError | None = None, typed: Typed = NOTHING
) -> Response:
    """What a version changed against the one before."""
    if not 0 <= number <= VERSION_MAX:
        raise PageNotFound
    desk = visit.runtime.dispatch
    shelf = desk.shelf(visit.actor)
    kept = next((one for one in shelf.history if one.number == number), None)
    if kept is None:
        raise PageNotFound
    return visit.page(
        "dispatch_version.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        version=kept,
        changes=desk.difference(visit.actor, number),
        shelf=shelf,
        sentence="" if fault is None else sentence_of(visit.runtime.texts, fault),
        typed=typed,
    )
